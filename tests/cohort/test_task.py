# -*- coding: utf-8 -*-
"""The process of a task, and how it ends with its worker."""

import os
import signal
import subprocess
import sys
import time

from niftynet_activations.cohort import task
from niftynet_activations.cohort.task import MARK, Order, run_task

ORDER = Order('c.ini', 'app', [], ['a'], {}, {}, os.sep, 2, 0)
POPEN = subprocess.Popen
SAY = """
import json, sys
order = json.loads(sys.stdin.readline())
print('some line')
{}
"""


def run_with(monkeypatch, code):
    """Let the process be another one."""

    def start(words, **named):
        assert words[1:] == ['-m', 'niftynet_activations.cohort.task']
        return POPEN([sys.executable, '-c', SAY.format(code)], **named)

    monkeypatch.setattr(task.subprocess, 'Popen', start)
    return run_task(ORDER)


def test_what_the_process_tells(monkeypatch):
    code = "print('{}' + json.dumps(dict(done=order['names'], threads=os.environ['T'])))"
    code = 'import os; ' + code.format(MARK).replace("['T']", "['TF_NUM_INTRAOP_THREADS']")
    assert run_with(monkeypatch, code) == dict(done=['a'], threads='2')


def test_how_a_process_ends_that_tells_nothing(monkeypatch):
    killed = 'import os, signal; os.kill(os.getpid(), signal.SIGKILL)'
    assert run_with(monkeypatch, killed)['said'] == 'its process was killed by signal 9'
    said = run_with(monkeypatch, 'sys.exit("no module of that name")')['said']
    assert said == 'its process ended with status 1: no module of that name'


def test_a_process_ends_with_its_worker():
    code = (
        'import sys, threading, time\n'
        'from niftynet_activations.cohort import task\n'
        'threading.Thread(target=task._end_with_worker, daemon=True).start()\n'
        'time.sleep(60)\n'
    )
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path))
    words = [sys.executable, '-c', code]
    process = subprocess.Popen(words, stdin=subprocess.PIPE, env=environment)
    time.sleep(0.2)
    assert process.poll() is None
    process.stdin.close()  # as when the worker is killed
    assert process.wait(30) == -signal.SIGTERM
