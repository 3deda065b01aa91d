# -*- coding: utf-8 -*-
"""Locks between processes, which end with the process."""

import errno
import fcntl
import os
from functools import partial

import pytest

from niftynet_activations.store import locks
from niftynet_activations.store.locks import FileLock, is_held

HOLD = """
import sys
from niftynet_activations.store.locks import FileLock
assert FileLock(sys.argv[1]).take(shared=sys.argv[2] == 'shared')
print('held', flush=True)
sys.stdin.read()
"""


@pytest.fixture
def hold(tmp_path, holding):
    """
    :return: function that lets another process hold the lock ``tmp_path / 'lock'``
    """
    return partial(holding, HOLD, tmp_path / 'lock')


def test_one_holder_or_several_that_share(tmp_path, hold):
    path = str(tmp_path / 'lock')
    assert not is_held(path)
    process = hold('alone')
    assert is_held(path)
    lock = FileLock(path)
    assert not lock.take() and not lock.take(shared=True) and not lock.held
    assert lock.holder().startswith('process {} on'.format(process.pid))
    process.kill()
    process.wait()
    # the file is still there, and nobody holds it
    assert os.path.exists(path) and not is_held(path)
    process = hold('shared')
    assert not is_held(path)
    assert not lock.take() and lock.take(shared=True)
    lock.release()
    assert os.path.exists(path)  # the other holds it
    process.kill()
    process.wait()
    assert lock.take() and lock.share()
    other = FileLock(path)
    assert other.take(shared=True)
    lock.release()
    lock.release()
    assert os.path.exists(path)
    other.release()
    assert not os.path.exists(path)


def test_a_file_that_its_holder_removes_meanwhile_is_no_lock(tmp_path, monkeypatch):
    path = str(tmp_path / 'lock')
    lock, calls = fcntl.flock, []

    def remove_first(descriptor, operation):
        calls.append(operation)
        if len(calls) == 1:
            os.unlink(path)
        lock(descriptor, operation)

    monkeypatch.setattr(fcntl, 'flock', remove_first)
    one = FileLock(path)
    assert one.take() and len(calls) > 1
    monkeypatch.undo()
    assert not FileLock(path).take()


def test_file_system_without_locks(tmp_path, monkeypatch, caplog):
    def refuse(*unused):
        raise OSError(errno.ENOLCK, 'no locks')

    monkeypatch.setattr(locks.fcntl, 'flock', refuse)
    path = str(tmp_path / 'lock')
    lock = FileLock(path)
    assert lock.take() and not lock.sure
    assert 'has no locks' in caplog.text
    assert is_held(path)  # nobody can tell, and what may be alive is left alone
    lock.release()
    assert not os.path.exists(path)
