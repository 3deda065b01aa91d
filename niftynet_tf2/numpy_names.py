# -*- coding: utf-8 -*-
"""
Stands in for ``numpy.int``, ``numpy.float`` and ``numpy.bool``, aliases of Python's types that are
gone since NumPy 1.24. NumPy 2 has its own ``bool``, which stays.
"""


def supply() -> None:
    """Add the names that are missing."""
    import numpy as np

    for name, builtin in (('int', int), ('float', float), ('bool', bool)):
        if name not in np.__dict__:
            setattr(np, name, builtin)
