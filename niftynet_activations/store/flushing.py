# -*- coding: utf-8 -*-
"""
Flushes: waiting until what was written is on the disk, and not only in the system's memory.

All functions are for POSIX systems.
"""

import contextlib
import ctypes
import errno
import os
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Iterator, List, Tuple

# Up to so many files of a folder are flushed one by one. For more of them the whole file system is
# flushed, which includes what other programs wrote.
MANY_FILES = 64
TELLING_LINUX = (5, 8)  # the first version whose syncfs reports errors of writing
_C_LIBRARY = ctypes.CDLL(None, use_errno=True)
_BEGIN_WRITING = 2  # SYNC_FILE_RANGE_WRITE of Linux


@contextlib.contextmanager
def _opened(path: str) -> Iterator[int]:
    """Open a file or folder for the body of a ``with`` block, which gets its descriptor."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def begin(descriptor: int) -> None:
    """
    Have the system begin to write what a file holds, without waiting; a flush behind it then has
    little left to wait for, and tells what could not be written. Where the system has no such call
    (sync_file_range), nothing happens: the flush does it all.

    :param descriptor: of a file that is open for writing
    """
    call = getattr(_C_LIBRARY, 'sync_file_range', None)
    if call is not None:
        # from byte 0 to the end
        call(descriptor, ctypes.c_int64(0), ctypes.c_int64(0), ctypes.c_uint(_BEGIN_WRITING))


def flush_file(path: str) -> None:
    """
    Wait until a file's bytes are on the disk.

    :param path: an existing file
    """
    with _opened(path) as descriptor:
        os.fsync(descriptor)


def flush_folder(path: str) -> None:
    """
    Wait until a folder's names are on the disk.

    :param path: an existing folder
    """
    with _opened(path) as descriptor:
        try:
            os.fsync(descriptor)
        except OSError as error:
            # some network file systems write folders at once, and refuse to flush them
            if error.errno not in (errno.EINVAL, errno.ENOTSUP):
                raise


def flush_file_system(path: str) -> bool:
    """
    Wait until all that was written to a file system is on its disk, where the system can: a
    thousand files then take a third of the time that they take one by one.

    :param path: an existing folder on it
    :return: False where nothing was flushed: the system has no such call (syncfs), or is a Linux
        before 5.8, whose syncfs does not report what could not be written
    :raises OSError: something could not be written
    """
    call = getattr(_C_LIBRARY, 'syncfs', None)
    if call is None or _linux_version() < TELLING_LINUX:
        return False
    with _opened(path) as descriptor:
        if call(descriptor) != 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number), path)
    return True


def _linux_version() -> Tuple[int, ...]:
    """The kernel's (major, minor) numbers; (0, 0) for another system."""
    found = re.match(r'(\d+)\.(\d+)', os.uname().release)
    if sys.platform != 'linux' or found is None:
        return 0, 0
    return int(found.group(1)), int(found.group(2))


def flush_tree(path: str) -> None:
    """
    Wait until all files and folders below a folder are on the disk.

    :param path: an existing folder
    """
    folders: List[str] = []
    inside: List[str] = []
    for root, _, names in os.walk(path):
        folders.append(root)
        inside.extend(os.path.join(root, name) for name in names)
    if len(inside) > MANY_FILES and flush_file_system(path):
        return
    # several at a time share the waiting: a thousand files take an eighth of the time
    with ThreadPoolExecutor(8) as pool:
        for _ in pool.map(flush_file, inside):
            pass
        for _ in pool.map(flush_folder, folders):
            pass


def flush(path: str) -> None:
    """
    Wait until a file, or a folder with all it holds, is on the disk.

    :param path: an existing file or folder
    """
    if os.path.isdir(path):
        flush_tree(path)
    else:
        flush_file(path)
