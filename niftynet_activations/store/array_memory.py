# -*- coding: utf-8 -*-
"""
Memory of large arrays that is used again, in place of new memory for each.

The C library of Linux (glibc) gets a block above a threshold from the system, page by page, and
gives it back when it is let go. It raises the threshold by itself where a program makes many such
blocks, up to 32 MB, but TensorFlow fixes it at 128 KiB as soon as it reads windows: from then on
each chunk of a map would be new memory three times over, a third of the time of writing it.
"""

import ctypes
import functools
import os

THRESHOLD_BYTES = 4 << 20
# M_MMAP_THRESHOLD and M_TRIM_THRESHOLD of glibc. Twice the first is what it chooses itself for the
# second, the free memory at the end of a heap above which it gives some back.
_PARAMETERS = ((-3, THRESHOLD_BYTES), (-1, 2 * THRESHOLD_BYTES))
# of the environment, with which a user chooses for himself
_CHOSEN = ('MALLOC_MMAP_THRESHOLD_', 'MALLOC_TRIM_THRESHOLD_')


@functools.lru_cache(maxsize=None)
def reuse() -> bool:
    """
    Have the C library keep blocks of up to 4 MiB that are let go. It holds for the whole process;
    a second call does nothing. It has to be called when TensorFlow has read a first window.

    :return: True if it does so now; False where the C library has no such parameter, or the user
        has chosen its values: ``MALLOC_MMAP_THRESHOLD_``, ``MALLOC_TRIM_THRESHOLD_`` or
        ``GLIBC_TUNABLES`` in the environment
    """
    tunables = os.environ.get('GLIBC_TUNABLES', '')
    if any(name in os.environ for name in _CHOSEN) or 'glibc.malloc.' in tunables:
        return False
    call = getattr(ctypes.CDLL(None), 'mallopt', None)
    if call is None:
        return False
    return all(call(parameter, size) == 1 for parameter, size in _PARAMETERS)
