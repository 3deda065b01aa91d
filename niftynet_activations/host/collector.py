# -*- coding: utf-8 -*-
"""
Python's garbage collector, and the 300,000 objects of TensorFlow's modules.

They live as long as the process, and looking through them takes a quarter of a second each time.
"""

import atexit
import gc


def spare() -> None:
    """
    Leave all objects that there are out of garbage collection, until :func:`collect_all` or the
    end of the process, which takes leave of objects as always.
    """
    gc.freeze()
    atexit.unregister(collect_all)
    atexit.register(collect_all)


def collect_all() -> None:
    """Take all objects into garbage collection again."""
    gc.unfreeze()
