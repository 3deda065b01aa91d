# -*- coding: utf-8 -*-
"""
Writing files so that they are either whole or not there: a file gets its final name last.

To *publish* a file is to flush it to the disk and then rename it, so that its final name
never shows half of it, not even after a power failure. All functions are for POSIX systems.
"""

import contextlib
import errno
import os
import shutil
import tempfile
from typing import IO, Iterator, Optional, Tuple

from niftynet_activations.errors import WriteError
from niftynet_activations.hints import BytesLike
from niftynet_activations.store import flushing

ZEROS_BYTES = 4 << 20
FULL_DISK = (errno.ENOSPC, errno.EDQUOT)
GZIP_SHORTEST = 20  # bytes
WAYS_TO_SHRINK = (
    'choose fewer layers (activation_layers) or channels (activation_channels), reduce the '
    'channels (activation_reduce), or write a smaller type (activation_dtype) or to another disk '
    '(activation_dir)'
)


def file_state(path: str) -> Tuple[int, int]:
    """
    :param path: of a file that is there
    :return: its size in bytes and its time of change
    """
    status = os.stat(path)
    return status.st_size, status.st_mtime_ns


def write_at(descriptor: int, offset: int, data: BytesLike) -> None:
    """
    Write all of a buffer at a position; the system may take it in several parts.

    :param descriptor: file descriptor open for writing
    :param offset: where in the file the first byte goes
    :param data: a C-contiguous buffer
    :raises OSError: the disk is full, or another error of the system
    """
    rest = memoryview(data).cast('B')
    while rest:
        count = os.pwrite(descriptor, rest, offset)
        rest = rest[count:]
        offset += count


def publish(temporary: str, final: str) -> None:
    """
    Flush a complete file or folder, and give it its name.

    :param temporary: path of the complete file or folder
    :param final: path under which it is to appear
    """
    flushing.flush(temporary)
    rename(temporary, final)


def rename(temporary: str, final: str) -> None:
    """
    Give a file or folder that has been flushed its final name, replacing what had that name.

    A folder cannot be renamed onto another one; the old one is first moved beside the temporary
    one, which must therefore lie on the same file system.

    :param temporary: path of the complete file or folder
    :param final: path under which it is to appear
    """
    old = temporary + '.old'
    if os.path.isdir(temporary) and os.path.lexists(final):
        os.replace(final, old)
    os.replace(temporary, final)
    flushing.flush_folder(os.path.dirname(final))
    remove(old)


def write_text(text: str, path: str) -> None:
    """
    Write a small text file, and wait until it is on the disk.

    :param text: its content, written as UTF-8
    :param path: of the file, which is replaced
    """
    with open(path, 'w', encoding='utf-8', newline='') as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())


@contextlib.contextmanager
def replacing(path: str) -> Iterator[str]:
    """
    Write a file that appears under its name only when it is whole and on the disk.

    :param path: the file, which is replaced
    :return: path of an empty file beside it, for the body to write; where the body fails, it is
        removed, and what was there stays
    :raises OSError: the disk is full, or the like
    """
    folder = os.path.dirname(os.path.abspath(path))
    # the suffix stays, since some libraries choose the kind of file by it
    ending = os.path.splitext(path)[1]
    handle, temporary = tempfile.mkstemp(ending, '.activations-', folder)
    os.close(handle)
    try:
        # the permissions of any new file; a temporary file can be read by its owner alone
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(temporary, 0o666 & ~umask)
        yield temporary
        publish(temporary, os.path.join(folder, os.path.basename(path)))
    except BaseException:
        remove(temporary)
        raise


def gzip_raw_size(path: str) -> Optional[int]:
    """
    Read the uncompressed size that a gzip file of one member (RFC 1952) has in its last bytes.

    :param path: of the file
    :return: bytes before compression, modulo 2**32; a wrong number, or None, where the file was
        cut short
    """
    with open(path, 'rb') as stream:
        end = stream.seek(0, os.SEEK_END)
        if end < GZIP_SHORTEST:
            return None
        stream.seek(-4, os.SEEK_END)
        return int.from_bytes(stream.read(), 'little')


def remove(path: str) -> None:
    """
    Remove a file, or a folder with all it holds; nothing there is no error.

    :param path: what is to go
    """
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path)
    else:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)


def reserve(descriptor: int, size: int) -> None:
    """
    Give a new file its size, and reserve its space on the disk where the system can.

    :param descriptor: file descriptor open for writing
    :param size: bytes
    :raises OSError: the disk has no room for them
    """
    if hasattr(os, 'posix_fallocate'):
        os.posix_fallocate(descriptor, 0, size)
    else:  # macOS
        os.ftruncate(descriptor, size)


def fill_with_zeros(descriptor: int, size: int) -> None:
    """
    Write zeros to a file that is going to be memory-mapped, so that its pages are in the system's
    cache.

    Pages that are in the cache are mapped many at a time. Without them, each page that is touched
    first costs a page fault; together these take several times as long as writing the zeros.

    :param descriptor: file descriptor open for writing, of a file with its room reserved
    :param size: bytes
    :raises OSError: the disk is full, or another error of the system
    """
    zeros = bytes(min(size, ZEROS_BYTES))
    for start in range(0, size, ZEROS_BYTES):
        write_at(descriptor, start, zeros[: size - start])


@contextlib.contextmanager
def disk_errors(doing: str) -> Iterator[None]:
    """
    Turn the system's errors inside a ``with`` block into errors that say what to do.

    :param doing: what was being done, for the message: ``writing the map of ...``
    :raises WriteError: in place of any OSError
    """
    try:
        yield
    except WriteError:
        raise
    except OSError as error:
        if error.errno in FULL_DISK:
            message = 'the disk is full, {}: free some space or {}'.format(doing, WAYS_TO_SHRINK)
        else:
            message = 'failed {}: {}'.format(doing, error)
        raise WriteError(message) from error


def scratch_file(folder: Optional[str]) -> IO[bytes]:
    """
    :param folder: made if it is not there; None for the system's temporary folder
    :return: a new, empty file, which has no name from the moment it is made
    :raises WriteError: if the folder cannot be written
    """
    with disk_errors("making a scratch file in '{}'".format(folder or tempfile.gettempdir())):
        if folder is not None:
            os.makedirs(folder, exist_ok=True)
        return tempfile.TemporaryFile(dir=folder)
