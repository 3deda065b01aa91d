# -*- coding: utf-8 -*-
"""What waits for the disk: many files at once, few one by one, errors told."""

import ctypes
import errno

import pytest

from niftynet_activations.store import flushing


@pytest.mark.parametrize(
    'version, one_by_one', [((6, 1), False), ((5, 8), False), ((5, 7), True), ((0, 0), True)]
)
def test_many_files_are_flushed_at_once_where_errors_are_told(
    tmp_path, monkeypatch, version, one_by_one
):
    for number in range(flushing.MANY_FILES + 1):
        (tmp_path / str(number)).write_text('x')
    flushed = []
    monkeypatch.setattr(flushing, 'flush_file', flushed.append)
    monkeypatch.setattr(flushing, '_linux_version', lambda: version)
    flushing.flush(str(tmp_path))
    every = sorted(str(path) for path in tmp_path.iterdir())
    # a C library without the call flushes them one by one, too
    one_by_one = one_by_one or not hasattr(flushing._C_LIBRARY, 'syncfs')
    assert sorted(flushed) == (every if one_by_one else [])


def test_few_files_are_flushed_one_by_one(tmp_path, monkeypatch):
    (tmp_path / 'a').write_text('x')
    flushed = []
    monkeypatch.setattr(flushing, 'flush_file', flushed.append)
    flushing.flush(str(tmp_path))
    assert flushed == [str(tmp_path / 'a')]


@pytest.mark.parametrize('called', [True, False])
def test_writing_begins_where_the_system_can(tmp_path, monkeypatch, called):
    begun = []

    class Library(object):
        if called:

            @staticmethod
            def sync_file_range(descriptor, first, size, what):
                begun.append((descriptor, first.value, size.value, what.value))

    monkeypatch.setattr(flushing, '_C_LIBRARY', Library)
    flushing.begin(7)
    assert begun == ([(7, 0, 0, 2)] if called else [])  # 2: SYNC_FILE_RANGE_WRITE


def test_a_file_system_that_fails_is_told(tmp_path, monkeypatch):
    class Failing(object):
        @staticmethod
        def syncfs(descriptor):
            ctypes.set_errno(errno.EIO)
            return -1

    monkeypatch.setattr(flushing, '_C_LIBRARY', Failing)
    monkeypatch.setattr(flushing, '_linux_version', lambda: (6, 1))
    with pytest.raises(OSError, match=str(tmp_path)):
        flushing.flush_file_system(str(tmp_path))
