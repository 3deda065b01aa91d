# -*- coding: utf-8 -*-
"""
An OME-Zarr store before its first chunk: the descriptions of its arrays, and the NIfTI header.
"""

import os
from typing import Dict, Tuple

import numpy as np
import zarr

from niftynet_activations.hints import Codec, GroupOf2, Stored
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
    make = _files_by_2 if int(zarr.__version__.split('.')[0]) < 3 else _files_by_3
    for name, content in make(shape, chunks, dtype, codec, header).items():
        target = os.path.join(path, *name.split('/'))
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(target, 'wb') as stream:
            stream.write(content)


def _files_by_2(
    shape: Tuple[int, ...], chunks: Tuple[int, ...], dtype: np.dtype, codec: Codec, header: bytes
) -> Dict[str, bytes]:
    from zarr.hierarchy import open_group  # which version 3 does not have

    made: Dict[str, bytes] = {}
    group: GroupOf2 = open_group(made, mode='w')
    group.create_dataset(
        ARRAY,
        shape=shape,
        chunks=chunks,
        dtype=dtype,
        fill_value=np.nan,
        compressor=codec,
        dimension_separator='/',
    )
    head = group.create_dataset(
        NIFTI, shape=(len(header),), chunks=(len(header),), dtype='u1', compressor=None
    )
    head[:] = np.frombuffer(header, np.uint8)
    return made


def _files_by_3(
    shape: Tuple[int, ...], chunks: Tuple[int, ...], dtype: np.dtype, codec: Codec, header: bytes
) -> Dict[str, bytes]:
    made: Dict[str, Stored] = {}
    group = zarr.open_group(zarr.storage.MemoryStore(made), mode='w', zarr_format=2)
    group.create_array(
        ARRAY,
        shape=shape,
        chunks=chunks,
        dtype=dtype,
        fill_value=np.nan,
        compressors=codec,
        chunk_key_encoding={'name': 'v2', 'separator': '/'},
    )
    head = group.create_array(
        NIFTI, shape=(len(header),), chunks=(len(header),), dtype='u1', compressors=None
    )
    head[:] = np.frombuffer(header, np.uint8)
    return {name: content.to_bytes() for name, content in made.items()}
