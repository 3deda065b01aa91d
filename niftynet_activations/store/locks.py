# -*- coding: utf-8 -*-
"""
Locks between processes: advisory locks on small files, which the system drops when a process ends
in whatever way.

An *exclusive* lock has one holder. A *shared* lock has any number of holders, and excludes an
exclusive one. Where a file system has no locks, a warning says so for each file, and the lock
counts as taken.
"""

import contextlib
import errno
import fcntl
import logging
import os
import platform
from typing import Optional

from niftynet_activations.store import files

NO_LOCKS_HERE = (errno.ENOSYS, errno.ENOTSUP, errno.ENOLCK, errno.EINVAL)


class FileLock(object):
    """
    One lock, held from :meth:`take` to :meth:`release`.

    :param path: of the file, in a folder that is there; it is made, and removed by its last holder
    :ivar sure: False where the file system has no locks
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self.sure = True
        self._descriptor: Optional[int] = None

    @property
    def held(self) -> bool:
        """Whether this object holds the lock."""
        return self._descriptor is not None

    def take(self, shared: bool = False) -> bool:
        """
        Take the lock if it is free.

        :param shared: whether others may share it
        :return: False if another holds it
        :raises OSError: the lock file cannot be made
        """
        while True:
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o666)
            try:
                got = _lock(descriptor, shared)
                if got is None:
                    return False
                if not is_at(descriptor, self.path):
                    continue  # the holder removed the file between the two calls
                self.sure, self._descriptor = got, descriptor
                os.ftruncate(descriptor, 0)
                os.pwrite(descriptor, whoami().encode('utf-8'), 0)
                if not self.sure:
                    _tell_of_no_locks(self.path)
                return True
            finally:
                if self._descriptor is None:
                    _leave(descriptor, self.path)

    def share(self) -> bool:
        """
        Let others share a lock that is held exclusively.

        :return: False if another process has taken the lock meanwhile, so that this one has lost it
        """
        if self._descriptor is None or _lock(self._descriptor, True) is None:
            self.forget()
            return False
        return True

    def holder(self) -> str:
        """
        :return: who holds the lock, as far as its file tells
        """
        try:
            with open(self.path, encoding='utf-8', errors='replace') as stream:
                return stream.read(200) or 'an unknown process'
        except OSError:
            return 'an unknown process'

    def release(self) -> None:
        """Give the lock back; remove its file if nobody shares it. A second call does nothing."""
        if self._descriptor is None:
            return
        descriptor, self._descriptor = self._descriptor, None
        _leave(descriptor, self.path)
        if not self.sure:
            files.remove(self.path)

    def forget(self) -> None:
        """Give the lock back, and leave its file."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def is_held(path: str) -> bool:
    """
    :param path: of a lock's file
    :return: whether a process holds the lock exclusively now, or may hold it, since the file system
        has no locks
    """
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        # a shared lock: two processes that ask at once must not take each other for the holder
        return _lock(descriptor, True) is not True
    finally:
        os.close(descriptor)


def whoami() -> str:
    """
    :return: text by which a lock's file names this process: its number and its computer
    """
    return 'process {} on {}'.format(os.getpid(), platform.node())


def is_at(descriptor: int, path: str) -> bool:
    """
    :param descriptor: an open file
    :param path: where it should be
    :return: True if it is
    """
    try:
        return os.path.samestat(os.fstat(descriptor), os.stat(path))
    except FileNotFoundError:
        return False


def _lock(descriptor: int, shared: bool) -> Optional[bool]:
    """
    :param descriptor: the open lock file
    :param shared: whether others may share the lock
    :return: None if another holds the lock, False if the file system has none
    """
    kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return None
    except OSError as error:
        if error.errno not in NO_LOCKS_HERE:
            raise
        return False
    return True


def _leave(descriptor: int, path: str) -> None:
    """
    Close a lock file, and remove it where nobody else holds its lock.

    :param descriptor: the open lock file
    :param path: where it is
    """
    with contextlib.suppress(OSError):
        # only with the exclusive lock, so that no file is removed that another process holds
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if is_at(descriptor, path):
            files.remove(path)
    os.close(descriptor)


def _tell_of_no_locks(path: str) -> None:
    logging.getLogger(__name__).warning(
        "the file system of '%s' has no locks: make sure that no other run writes there",
        os.path.dirname(path),
    )
