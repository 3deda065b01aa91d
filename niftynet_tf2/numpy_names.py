# -*- coding: utf-8 -*-
"""
Stands in for ``numpy.int``, ``numpy.float`` and ``numpy.bool``, which were the built-in types and
are gone from numpy 1.24; NumPy 2 has a ``bool`` of its own, which stays.
"""


def supply() -> None:
    """Add the names that are missing."""
    import numpy as np

    for name, builtin in (('int', int), ('float', float), ('bool', bool)):
        if name not in np.__dict__:
            setattr(np, name, builtin)
