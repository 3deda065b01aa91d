# -*- coding: utf-8 -*-
"""
An OME-Zarr store before its first chunk: the descriptions of its arrays, and the NIfTI header.
"""

import json
import os
from typing import Optional, Sequence, Union

import numpy as np

from niftynet_activations.hints import Codec, JsonObject
from niftynet_activations.store.formats import nifti
from niftynet_activations.store.naming import ARRAY, NIFTI
from niftynet_activations.store.spec import MapSpec, placed


def nifti_header(spec: MapSpec) -> bytes:
    """
    Describe the map as a NIfTI file would: both forms travel with the store.

    :param spec: a MapSpec
    :return: bytes of the header, without what follows it in a file
    """
    shape = tuple(spec.shape_xyz) + (1, len(spec.channels))
    head = nifti.header_bytes(shape, 'float32', placed(spec))  # NIfTI has no float16
    return head[: int.from_bytes(head[:4], 'little')]


def create_store(
    path: str,
    shape: Sequence[int],
    chunks: Sequence[int],
    dtype: np.dtype,
    codec: Codec,
    header: bytes,
) -> None:
    """
    Make the store without its chunks, as Zarr format 2 describes it:
    https://zarr-specs.readthedocs.io/en/latest/v2/v2.0.html.

    :param path: its folder
    :param shape: (channel, z, y, x)
    :param chunks: likewise
    :param dtype: type of the numbers
    :param codec: the chunks' compressor, of numcodecs
    :param header: bytes of a NIfTI header, which says where the samples lie
    :raises OSError: the disk is full, or the like
    """
    # The few lines of text are written here, since importing the zarr package takes longer than
    # writing a small map. On a full disk its version 3 would go on making files, too.
    maps = _array(shape, chunks, dtype, 'NaN', codec.get_config())
    head = _array([len(header)], [len(header)], np.dtype('u1'), 0, None)
    _write(os.path.join(path, '.zgroup'), _text({'zarr_format': 2}))
    _write(os.path.join(path, ARRAY, '.zarray'), _text(maps))
    _write(os.path.join(path, NIFTI, '.zarray'), _text(head))
    _write(os.path.join(path, NIFTI, '0'), header)


def _array(
    shape: Sequence[int],
    chunks: Sequence[int],
    dtype: np.dtype,
    fill: Union[int, str],
    compressor: Optional[JsonObject],
) -> JsonObject:
    """The description of an array, whose chunks lie in nested folders."""
    return {
        'zarr_format': 2,
        'shape': list(shape),
        'chunks': list(chunks),
        'dtype': dtype.str,
        'order': 'C',
        'fill_value': fill,
        'compressor': compressor,
        'filters': None,
        'dimension_separator': '/',
    }


def _text(described: JsonObject) -> bytes:
    return json.dumps(described, indent=1).encode('utf-8')


def _write(path: str, content: bytes) -> None:
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'wb') as stream:
        stream.write(content)
