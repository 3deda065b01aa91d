# -*- coding: utf-8 -*-
"""
Arrays and files without a name, for maps that belong to no folder.

A file without a name has no entry in any folder. The system deletes it when no process has it open
or mapped any more, however the program ends. In ``/dev/shm`` it lies in memory. While it is open,
this process alone can reach it by a path such as ``/proc/self/fd/7``.
"""

import os
import tempfile
from typing import IO, List, Optional, Sequence

import nibabel as nib
import numpy as np

from niftynet_activations.errors import WriteError
from niftynet_activations.hints import Image
from niftynet_activations.store import files

MEMORY_FOLDER = '/dev/shm'  # a folder in memory, on systems that have it
NIFTI2_HEADER = 540  # bytes of a NIfTI-2 header; the file's first number
OPEN_FILES = '/proc/self/fd', '/dev/fd'  # folders of the paths of a process's open files


def memory_folder() -> Optional[str]:
    """
    :return: a folder for files in memory; None where there is none, for the system's temporary
        folder
    """
    return MEMORY_FOLDER if os.access(MEMORY_FOLDER, os.W_OK | os.X_OK) else None


class NamelessFiles(object):
    """Opens files without a name; a context manager, which closes them in the end."""

    def __init__(self) -> None:
        self._open: List[IO[bytes]] = []

    def __enter__(self) -> 'NamelessFiles':
        return self

    def __exit__(self, *_: object) -> None:
        while self._open:
            self._open.pop().close()

    def new(self) -> IO[bytes]:
        """
        :return: a new, empty file, in memory where the system allows
        """
        self._open.append(tempfile.TemporaryFile(dir=memory_folder()))
        return self._open[-1]


def path_of(stream: IO[bytes]) -> str:
    """
    :param stream: an open file without a name
    :return: a path that leads to it in this process, until it is closed
    """
    (folder, *_) = [each for each in OPEN_FILES if os.path.isdir(each)]
    return os.path.join(folder, str(stream.fileno()))


def is_nameless(path: str) -> bool:
    """
    :param path: of a file
    :return: whether it was made by :func:`path_of`
    """
    return os.path.dirname(path) in OPEN_FILES


def load_nameless(path: str) -> Image:
    """
    :param path: of an uncompressed NIfTI file without a name
    :return: its image; voxels are read when they are asked for
    """
    with open(path, 'rb') as stream:
        size = stream.read(4)
    second = NIFTI2_HEADER in (int.from_bytes(size, 'little'), int.from_bytes(size, 'big'))
    # nibabel's own look at the name would find no suffix that it knows
    kind = nib.Nifti2Image if second else nib.Nifti1Image
    return kind.from_file_map({'image': nib.FileHolder(path)})


class NamelessArrays(object):
    """
    Makes arrays that need no name: in memory, or in files without a name.

    :param folder: for the files; None: memory
    """

    def __init__(self, folder: Optional[str] = None) -> None:
        self._folder = folder

    @property
    def in_memory(self) -> bool:
        """Whether new arrays are in memory and not in files."""
        return self._folder is None

    def zeros(self, shape: Sequence[int], order: str = 'C') -> np.ndarray:
        """
        :param shape: of the array
        :param order: of its numbers in memory, as numpy has it
        :return: float32 array of zeros, which lives as long as somebody has it
        :raises OSError: if the disk has no room
        :raises WriteError: if the memory has no room
        """
        size = int(np.prod(shape, dtype=np.int64)) * np.dtype(np.float32).itemsize
        if self._folder is None:
            try:
                return np.zeros(tuple(shape), np.float32, 'F' if order == 'F' else 'C')
            except MemoryError as error:
                raise WriteError(
                    'a map of {:.1f} GiB finds no room in memory: give a smaller in_memory, and '
                    'it goes to the disk'.format(size / (1 << 30))
                ) from error
        with tempfile.TemporaryFile(dir=self._folder) as stream:
            # space is reserved first: writing to a mapped file with holes ends the process (SIGBUS)
            # when the disk is full
            files.reserve(stream.fileno(), size)
            return np.memmap(
                stream,  # type: ignore[call-overload]
                np.float32,
                'r+',
                shape=tuple(shape),
                order=order,
            )
