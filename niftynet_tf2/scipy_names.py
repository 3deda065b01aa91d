# -*- coding: utf-8 -*-
"""
Stands in for the module ``scipy.ndimage.morphology``, deprecated since SciPy 1.8; NiftyNet's
foreground masks use its ``binary_fill_holes``.
"""

from importlib.util import find_spec

from niftynet_tf2.modules import add_module


def supply() -> None:
    """Add the module if SciPy no longer has it."""
    import scipy.ndimage

    if find_spec('scipy.ndimage.morphology') is None:
        add_module('scipy.ndimage.morphology', binary_fill_holes=scipy.ndimage.binary_fill_holes)
