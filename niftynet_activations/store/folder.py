# -*- coding: utf-8 -*-
"""
The folder that maps are written to, held by one run at a time.

The *lock* is an advisory lock on a hidden file, which the system drops when the process ends in
whatever way; the file names its holder. *Scratch* is a hidden folder of the run in which files
grow until they are complete. Both are removed at the end; what a killed run left is removed by
the next one that gets the lock.
"""

import atexit
import contextlib
import errno
import fcntl
import glob
import hashlib
import itertools
import logging
import os
import platform
import threading
from typing import Optional

from niftynet_activations.errors import WriteError
from niftynet_activations.store import files

LOCK = '.activations-lock'
SCRATCH = '.activations-scratch-'
SCRATCH_VARIABLE = 'NIFTYNET_ACTIVATIONS_SCRATCH'  # of the environment
NO_LOCKS_HERE = (errno.ENOSYS, errno.ENOTSUP, errno.ENOLCK, errno.EINVAL)


def scratch_folder() -> Optional[str]:
    """
    :return: folder for the large scratch files, where the environment names one: absolute path
    """
    named = os.environ.get(SCRATCH_VARIABLE)
    return os.path.abspath(named) if named else None


class OutputFolder:
    """
    Owner of an output folder; a context manager.

    path: absolute path of the folder.
    changing: a lock that threads take while they change what lies under final names.
    """

    def __init__(self, path: str, scratch_dir: Optional[str] = None) -> None:
        """
        :param path: the folder, made by ``open`` where it does not exist
        :param scratch_dir: a folder for the large scratch files; None: the output folder
        """
        self.path = os.path.abspath(path)
        self.changing = threading.Lock()
        self._scratch_dir = self.path if scratch_dir is None else os.path.abspath(scratch_dir)
        digest = hashlib.sha256(os.path.realpath(self.path).encode('utf-8')).hexdigest()[:12]
        self._prefix = '{}{}-'.format(SCRATCH, digest)
        self._staging = os.path.join(self.path, self._prefix + str(os.getpid()))
        self._spools = os.path.join(self._scratch_dir, self._prefix + str(os.getpid()))
        self._descriptor: Optional[int] = None
        self._owner: Optional[int] = None
        self._numbers = itertools.count()

    def open(self) -> 'OutputFolder':
        """
        Make the folder, take the lock, remove what killed runs left, make the scratch folder.

        :return: self
        :raises WriteError: the folder cannot be written, or another run holds it
        """
        self._owner = os.getpid()
        atexit.register(self.close)
        try:
            self._open()
        except BaseException:  # SIGTERM may come in between
            self.close()
            atexit.unregister(self.close)
            raise
        return self

    def close(self) -> None:
        """
        Remove the scratch folder and give the lock back; a second call does nothing.
        """
        if self._descriptor is None or self._owner != os.getpid():
            return
        atexit.unregister(self.close)
        for path in {self._staging, self._spools}:
            # renamed first, so that a thread which is being stopped adds nothing meanwhile
            gone = path + '-gone'
            if os.path.isdir(path):
                os.rename(path, gone)
            files.remove(gone)
        # while the lock is held, so that no other run's file goes
        files.remove(os.path.join(self.path, LOCK))
        os.close(self._descriptor)
        self._descriptor = None

    def __enter__(self) -> 'OutputFolder':
        return self.open()

    def __exit__(self, *_: object) -> None:
        self.close()

    def scratch(self, name: str) -> str:
        """
        :param name: what the scratch file's name is to end with
        :return: path for a new scratch file on the output's file system
        """
        return os.path.join(self._staging, self._unique(name))

    def spool(self, name: str) -> str:
        """
        :param name: what the scratch file's name is to end with
        :return: path for a new, large scratch file that will not be renamed
        """
        return os.path.join(self._spools, self._unique(name))

    def publish(self, temporary: str, name: str) -> None:
        """
        Give a complete scratch file its name in the folder.

        :param temporary: path from ``scratch``
        :param name: name relative to the folder
        """
        files.publish(temporary, os.path.join(self.path, name))

    def publish_text(self, text: str, name: str) -> None:
        """
        Write a small text file.

        :param text: its content
        :param name: name relative to the folder
        :raises WriteError: it cannot be written
        """
        with files.disk_errors('writing {}'.format(name)):
            self.publish(self.stage_text(text), name)

    def stage_text(self, text: str) -> str:
        """
        Write a small text file that is to be published later.

        :param text: its content
        :return: path of a new scratch file
        :raises OSError: it cannot be written
        """
        path = self.scratch('text')
        files.write_text(text, path)
        return path

    def _unique(self, name: str) -> str:
        # the end of the name only: a long one would be refused with a number in front of it
        return '{}-{}'.format(next(self._numbers), name[-200:])

    def _open(self) -> None:
        try:
            os.makedirs(self.path, exist_ok=True)
            os.makedirs(self._scratch_dir, exist_ok=True)
            self._take_lock()
        except OSError as error:
            if isinstance(error, WriteError):
                raise
            raise WriteError(
                "the output folder '{}' cannot be written ({}): set activation_dir to a folder "
                'that can'.format(self.path, error.strerror or error)
            ) from error
        with files.disk_errors('preparing the folder {}'.format(self.path)):
            os.makedirs(self._staging, exist_ok=True)
            os.makedirs(self._spools, exist_ok=True)

    def _take_lock(self) -> None:
        """
        :raises WriteError: another run holds the lock
        :raises OSError: the lock file cannot be made
        """
        path = os.path.join(self.path, LOCK)
        while True:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
            try:
                locked = _lock(descriptor, self.path)
                if not _is_at(descriptor, path):
                    # the run that held it removed the file between the two calls
                    os.close(descriptor)
                    continue
                self._descriptor = descriptor
                if locked:
                    self._remove_leftovers()
                os.ftruncate(descriptor, 0)
                os.pwrite(descriptor, _whoami().encode('utf-8'), 0)
                return
            except BaseException:
                if self._descriptor is None:
                    _leave(descriptor, path)
                raise

    def _remove_leftovers(self) -> None:
        """
        Remove the scratch folders of killed runs; the lock says that no live one is among them.
        """
        for place, prefix in ((self.path, SCRATCH), (self._scratch_dir, self._prefix)):
            for path in glob.glob(os.path.join(glob.escape(place), prefix + '*')):
                files.remove(path)


def _lock(descriptor: int, path: str) -> bool:
    """
    :param descriptor: the open lock file
    :param path: the output folder, for messages
    :return: False if the file system has no locks
    :raises WriteError: another run holds the lock
    """
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.pread(descriptor, 200, 0).decode('utf-8', 'replace') or 'an unknown process'
        raise WriteError(
            "another run ({}) is writing into '{}': wait for its end, or set activation_dir to "
            'another folder'.format(holder, path)
        ) from None
    except OSError as error:
        if error.errno not in NO_LOCKS_HERE:
            raise
        logging.getLogger(__name__).warning(
            "the file system of '%s' has no locks: make sure that no other run writes there", path
        )
        return False
    return True


def _leave(descriptor: int, path: str) -> None:
    """
    Close a lock file that has not become ours, and remove it where no other run holds it.

    :param descriptor: the open lock file
    :param path: where it is
    """
    with contextlib.suppress(OSError):
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if _is_at(descriptor, path):
            files.remove(path)
    os.close(descriptor)


def _is_at(descriptor: int, path: str) -> bool:
    """
    :param descriptor: an open file
    :param path: where it should be
    :return: True if it is
    """
    try:
        return os.path.samestat(os.fstat(descriptor), os.stat(path))
    except FileNotFoundError:
        return False


def _whoami() -> str:
    return 'process {} on {}'.format(os.getpid(), platform.node())
