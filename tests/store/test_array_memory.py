# -*- coding: utf-8 -*-
"""Large arrays of threads take memory that is there, once the library has been told."""

import ctypes
import os
import subprocess
import sys

import pytest

from niftynet_activations.store import array_memory

pytestmark = pytest.mark.skipif(
    not hasattr(ctypes.CDLL(None), 'mallopt'), reason="the C library is not Linux's (glibc)"
)
# as TensorFlow does it, then pages that 50 arrays of 1 MB in a thread take
PAGES = """
import ctypes, resource, threading
import numpy as np
from niftynet_activations.store import array_memory

ctypes.CDLL(None).mallopt(-3, 128 << 10)
{}

def fill(times):
    for _ in range(times):
        np.ones(1000000, np.uint8)

def measure():
    fill(5)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    fill(50)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)

thread = threading.Thread(target=measure)
thread.start()
thread.join()
"""


def pages(line, **environment):
    """
    :param line: what the process does before
    :return: pages of memory that were new
    """
    told = subprocess.run(
        [sys.executable, '-c', PAGES.format(line)],
        stdout=subprocess.PIPE,
        check=True,
        env=dict(os.environ, **environment),
    )
    return int(told.stdout)


def test_arrays_take_memory_that_was_let_go():
    least = 50 * (1000000 // os.sysconf('SC_PAGE_SIZE'))
    assert pages('') >= least
    assert pages('assert array_memory.reuse()') < least // 20


@pytest.mark.parametrize(
    'name, value',
    [
        ('MALLOC_MMAP_THRESHOLD_', '131072'),
        ('MALLOC_TRIM_THRESHOLD_', '131072'),
        ('GLIBC_TUNABLES', 'glibc.malloc.mmap_threshold=131072'),
    ],
)
def test_the_users_own_values_are_kept(name, value, monkeypatch):
    monkeypatch.setenv(name, value)
    assert array_memory.reuse.__wrapped__() is False
