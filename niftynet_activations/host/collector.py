# -*- coding: utf-8 -*-
"""
Python's garbage collector, and the 300,000 objects of TensorFlow's modules.

They live as long as the process, and looking through them takes a quarter of a second each time.
"""

import atexit
import functools
import gc


@functools.lru_cache(maxsize=None)
def spare() -> None:
    """
    Leave all objects that there are out of garbage collection, until :func:`collect_all` or the
    end of the process, which takes leave of objects as always. Only the first call does so: later
    on there may be graphs of earlier runs, whose memory is to be had again.
    """
    gc.freeze()
    atexit.register(collect_all)


def collect_all() -> None:
    """Take all objects into garbage collection again."""
    gc.unfreeze()
