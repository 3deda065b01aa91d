# -*- coding: utf-8 -*-
"""
The folder that maps are written to. One run at a time owns it, or several runs share it.

The *lock* is an advisory lock on a hidden file, which the system drops when the process ends in
whatever way; the file names its holder. *Scratch* is a hidden folder of the run in which files
grow until they are complete. Both are removed at the end; what a killed run left is removed by
the next one that gets the lock.
"""

import atexit
import contextlib
import glob
import hashlib
import itertools
import os
import threading
import time
import uuid
from typing import List, Mapping, Optional, Tuple, Union

from niftynet_activations.errors import WriteError
from niftynet_activations.store import files
from niftynet_activations.store.locks import FileLock, is_held

Cell = Union[str, int, float, bool, None]
Row = Mapping[str, Cell]  # of the list of maps: column -> value

LOCK = '.activations-lock'
SCRATCH = '.activations-scratch-'
STARTING = '.activations-starting-'
SCRATCH_VARIABLE = 'NIFTYNET_ACTIVATIONS_SCRATCH'  # of the environment
ALIVE = 'alive'  # lock file of a run, in its scratch folder, where runs share the output folder
PATIENCE = 10.0  # seconds that a run waits for a lock which other runs may share


def scratch_folder() -> Optional[str]:
    """
    :return: absolute path of the folder for large scratch files that the environment variable
        NIFTYNET_ACTIVATIONS_SCRATCH names; None where it is not set
    """
    named = os.environ.get(SCRATCH_VARIABLE)
    return os.path.abspath(named) if named else None


class OutputFolder:
    """
    Owner of an output folder; a context manager.

    - path: absolute path of the folder.
    - changing: a lock that threads take while they change what lies under final names.
    - shared: whether other runs may write into the folder at the same time, each its own subjects;
      the lists of maps are then made from what all of them have done.
    - rows_at_end: rows of ``activations.csv`` that are written at the end, each with the names of
      files whose rows are removed; None where rows are written with each map.
    """

    def __init__(self, path: str, scratch_dir: Optional[str] = None, shared: bool = False) -> None:
        """
        :param path: the folder, made by ``open`` where it does not exist
        :param scratch_dir: a folder for the large scratch files; None: the output folder
        :param shared: whether other runs that share it may write there at the same time
        """
        self.path = os.path.abspath(path)
        self.shared = shared
        self.changing = threading.Lock()
        self.rows_at_end: Optional[List[Tuple[List[Row], List[str]]]] = None
        self._scratch_dir = self.path if scratch_dir is None else os.path.abspath(scratch_dir)
        digest = hashlib.sha256(os.path.realpath(self.path).encode('utf-8')).hexdigest()[:12]
        self._prefix = '{}{}-'.format(SCRATCH, digest)
        # runs on several computers may have the same process number
        own = uuid.uuid4().hex if shared else str(os.getpid())
        self._staging = os.path.join(self.path, self._prefix + own)
        self._spools = os.path.join(self._scratch_dir, self._prefix + own)
        self._lock = FileLock(os.path.join(self.path, LOCK))
        self._alive = FileLock(os.path.join(self._staging, ALIVE))
        self._owner: Optional[int] = None
        self._numbers = itertools.count()
        self._names: Optional[List[str]] = None

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
        except BaseException:  # SIGTERM, too, must leave nothing behind
            self.close()
            atexit.unregister(self.close)
            raise
        return self

    def close(self) -> None:
        """
        Remove the scratch folder and give the lock back; a second call does nothing.
        """
        if not self._lock.held or self._owner != os.getpid():
            return
        atexit.unregister(self.close)
        for path in {self._staging, self._spools}:
            # renamed first, so that a thread that has not stopped yet adds no file meanwhile
            gone = path + '-gone'
            if os.path.isdir(path):
                os.rename(path, gone)
            files.remove(gone)
        self._alive.forget()
        self._lock.release()

    def __enter__(self) -> 'OutputFolder':
        return self.open()

    def __exit__(self, *_: object) -> None:
        self.close()

    def names(self) -> List[str]:
        """
        :return: all names that were in the folder at the first call, sorted. The folder is read
            once for all maps of a run, since reading takes long where there are many maps
        """
        if self._names is None:
            self._names = sorted(os.listdir(self.path))
        return self._names

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
        # only the end of the name, since with a number in front a long one would be too long
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
            self._make_staging()
            os.makedirs(self._spools, exist_ok=True)

    def _make_staging(self) -> None:
        if not self.shared:
            os.makedirs(self._staging, exist_ok=True)
            return
        # The folder gets its name when the lock is in it. Without a lock, another run would take it
        # for the leftover of a killed run.
        hidden = os.path.join(self.path, STARTING + uuid.uuid4().hex)
        os.makedirs(hidden)
        try:
            self._alive = FileLock(os.path.join(hidden, ALIVE))
            self._alive.take()
            os.rename(hidden, self._staging)
        finally:
            files.remove(hidden)

    def _take_lock(self) -> None:
        """
        :raises WriteError: another run holds the lock
        :raises OSError: the lock file cannot be made
        """
        deadline = time.monotonic() + (PATIENCE if self.shared else 0.0)
        while not self._lock.take():
            if self.shared and self._lock.take(shared=True):
                self._remove_leftovers(alone=False)
                return
            if time.monotonic() >= deadline:
                raise WriteError(
                    "another run ({}) is writing into '{}': wait for its end, or set "
                    'activation_dir to another folder'.format(self._lock.holder(), self.path)
                )
            # a run that ends holds the lock exclusively for a moment, to see whether it is the last
            time.sleep(0.05)
        if self._lock.sure:
            self._remove_leftovers(alone=not self.shared)
        if self.shared and not self._lock.share():
            self._take_lock()

    def _remove_leftovers(self, alone: bool) -> None:
        """
        Remove the scratch folders of killed runs.

        :param alone: whether the lock is held exclusively, so that no other run is alive
        """
        places = [(self.path, SCRATCH), (self._scratch_dir, self._prefix)]
        for place, prefix in places + [(self.path, STARTING)] * alone:
            for path in glob.glob(os.path.join(glob.escape(place), prefix + '*')):
                # A run that shares the output folder holds a lock in its scratch folder there. A
                # scratch folder without a lock is of a run that did not share, and is dead.
                alive = os.path.join(self.path, os.path.basename(path), ALIVE)
                if alone or not is_held(alive):
                    with contextlib.suppress(FileNotFoundError):  # another run is removing it
                        files.remove(path)
