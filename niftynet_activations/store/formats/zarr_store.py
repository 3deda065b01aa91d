# -*- coding: utf-8 -*-
"""
An OME-Zarr store before its first chunk: the descriptions of its arrays, and the NIfTI header.
"""

import os
from typing import Tuple

import numpy as np
import zarr

from niftynet_activations.hints import Codec, JsonObject, Store
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
    shape: Tuple[int, ...],
    chunks: Tuple[int, ...],
    dtype: np.dtype,
    codec: Codec,
    header: bytes,
) -> None:
    """
    Make the store without its chunks, with the zarr package's versions 2 and 3.

    In memory first: on a full disk version 3 would go on making files after the first one had
    failed, and with them the folders that have been removed meanwhile.

    :param path: its folder
    :param shape: (channel, z, y, x)
    :param chunks: likewise
    :param dtype: type of the numbers
    :param codec: what the chunks are compressed with, of numcodecs
    :param header: bytes of a NIfTI header, which says where the samples lie
    :raises OSError: the disk is full, or the like
    """
    described: JsonObject = {}
    shared: JsonObject = dict(shape=shape, chunks=chunks, dtype=dtype, fill_value=np.nan)
    plain: JsonObject = dict(shape=(len(header),), chunks=(len(header),), dtype='u1')
    if int(zarr.__version__.split('.')[0]) < 3:
        group: Store = zarr.open_group(described, mode='w')
        group.create_dataset(ARRAY, compressor=codec, dimension_separator='/', **shared)
        described_place = group.create_dataset(NIFTI, compressor=None, **plain)
    else:
        store = zarr.storage.MemoryStore(described)
        group = zarr.open_group(store, mode='w', zarr_format=2)
        group.create_array(
            ARRAY, compressors=codec, chunk_key_encoding={'name': 'v2', 'separator': '/'}, **shared
        )
        described_place = group.create_array(NIFTI, compressors=None, **plain)
    described_place[:] = np.frombuffer(header, np.uint8)
    for name, content in described.items():
        target = os.path.join(path, *name.split('/'))
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(target, 'wb') as stream:
            stream.write(content if isinstance(content, bytes) else content.to_bytes())
