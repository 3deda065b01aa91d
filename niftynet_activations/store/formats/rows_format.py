# -*- coding: utf-8 -*-
"""
The table of a layer that has no place in space: one row a window, see ``store/vectors.py``.
"""

import os
from typing import Optional, Sequence

from niftynet_activations.errors import ReadError
from niftynet_activations.store.formats.contract import Format
from niftynet_activations.store.lazy_arrays import LazyArray
from niftynet_activations.store.spec import MapSpec

NAME = 'csv'


class Rows(Format):
    """CSV; what has a place in space is not written to it."""

    name = NAME
    holds_volumes = False

    def is_whole(self, path: str, spec: MapSpec) -> bool:
        return os.path.isfile(path) and os.path.getsize(path) > 0

    def open(self, paths: Sequence[str], missing_value: Optional[float] = None) -> LazyArray:
        raise ReadError('{} is a table of rows, and no volume: read it as CSV'.format(paths[0]))
