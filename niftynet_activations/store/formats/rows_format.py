# -*- coding: utf-8 -*-
"""
The format of a layer without spatial axes: a CSV table with one row for each window (see
:mod:`niftynet_activations.store.vectors`).
"""

import os
from typing import Optional, Sequence

from niftynet_activations.errors import ReadError
from niftynet_activations.store.formats.contract import Format
from niftynet_activations.store.lazy_arrays import LazyArray
from niftynet_activations.store.spec import MapSpec

NAME = 'csv'


class Rows(Format):
    """CSV. Maps with spatial axes are never written to it."""

    name = NAME
    holds_volumes = False

    def is_whole(self, path: str, spec: MapSpec) -> bool:
        return os.path.isfile(path) and os.path.getsize(path) > 0

    def open(self, paths: Sequence[str], missing_value: Optional[float] = None) -> LazyArray:
        raise ReadError('{} is a table of rows, and no volume: read it as CSV'.format(paths[0]))
