# -*- coding: utf-8 -*-
"""
Stands in for ``get_data`` of nibabel's images, which raises an error from nibabel 5 on.
"""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from nibabel.dataobj_images import DataobjImage


def supply() -> None:
    """Put the old behaviour back: the array in the type that the file's scaling gives."""
    import nibabel
    from nibabel.dataobj_images import DataobjImage

    if int(nibabel.__version__.split('.')[0]) >= 5:
        setattr(DataobjImage, 'get_data', get_data)  # noqa: B010  a method of another signature


def get_data(self: 'DataobjImage', caching: str = 'fill') -> np.ndarray:
    """
    :param self: an image
    :param caching: ``fill`` to keep the array in memory, ``unchanged`` to read only
    :return: the image's array, of the dtype that reading gives
    """
    if caching not in ('fill', 'unchanged'):
        raise ValueError("caching is '{}'; expected 'fill' or 'unchanged'".format(caching))
    cached = self.__dict__.get('_niftynet_data')
    if cached is None:
        cached = np.asanyarray(self._dataobj)
        if caching == 'fill':
            self.__dict__['_niftynet_data'] = cached
    return cached
