# -*- coding: utf-8 -*-
"""Memory of processes that hold a known amount."""

import subprocess
import sys
import time

from benchmarks import memory as watched
from benchmarks.memory import PeakMemory, descendants, memory_of

MB = 1e6
HOLD = """
import subprocess, sys
held = bytearray(int(sys.argv[1]))
for at in range(0, len(held), 4096):
    held[at] = 1
if len(sys.argv) > 2:
    words = [sys.executable, '-c'] + sys.argv[2:]
    child = subprocess.Popen(words, stdin=subprocess.PIPE)
print('held', flush=True)
sys.stdin.read()
"""


def start(*words):
    process = subprocess.Popen(
        [sys.executable, '-c', HOLD] + list(words), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout.readline() == b'held\n'
    return process


def test_memory_and_its_peak():
    process = start(str(int(150 * MB)))
    with PeakMemory(process.pid) as memory:
        assert 150 * MB < memory_of(process.pid) < 190 * MB
        deadline = time.time() + 10
        while not memory.peak and time.time() < deadline:
            time.sleep(0.01)  # the first look may come late on a busy machine
        process.communicate(b'')
    assert 150 * MB < memory.peak < 190 * MB
    assert memory_of(process.pid) == 0


def test_children_count():
    process = start(str(int(60 * MB)), HOLD, str(int(50 * MB)))
    assert process.stdout.readline() == b'held\n'  # the child's, on the same output
    try:
        assert len(descendants(process.pid)) == 2
        assert 110 * MB < sum(map(memory_of, descendants(process.pid))) < 190 * MB
    finally:
        process.communicate(b'')


def test_a_child_that_still_has_its_parent_s_memory_does_not_count(monkeypatch):
    """As between the two steps by which a process starts a program."""
    monkeypatch.setattr(watched, 'descendants', lambda pid: [pid, pid + 1, pid + 2])
    monkeypatch.setattr(watched, 'memory_of', {5: 300, 6: 300, 7: 20}.__getitem__)
    with PeakMemory(5) as memory:
        deadline = time.time() + 10
        while not memory.peak and time.time() < deadline:
            time.sleep(0.01)
    assert memory.peak == 320
