# -*- coding: utf-8 -*-
"""
A map's values with another number instead of NaN, and in a type that NIfTI has.
"""

from typing import Optional

import numpy as np

from niftynet_activations.store.lazy_arrays import LazyArray, Slices


class Filled(LazyArray):
    """
    A lazy array whose blocks are changed when they are read.

    :param source: the map's values, (x, y, z, channel)
    :param missing: the number that replaces NaN; None keeps NaN
    """

    def __init__(self, source: LazyArray, missing: Optional[float] = None) -> None:
        # NIfTI has no float16, and a filling number may need more than its three digits
        super().__init__(source.shape, np.promote_types(source.dtype, np.float32))
        self._source, self._missing = source, missing

    def read(self, slices: Slices) -> np.ndarray:
        block = self._source.read(slices).astype(self.dtype, copy=False)
        if self._missing is None:
            return block
        return np.where(np.isnan(block), np.array(self._missing, self.dtype), block)

    def streaming(self) -> 'Filled':
        return Filled(self._source.streaming(), self._missing)
