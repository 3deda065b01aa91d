# -*- coding: utf-8 -*-
"""
NIfTI headers of activation maps, and which channels go into which file.

*Layouts*: ``4d`` (x, y, z, channel), ``5d`` (x, y, z, 1, channel), ``split`` (one file (x, y, z)
per channel). In all of them a file's samples lie with x fastest, then y, z and the channel, so
that a file is its header and then whole channels, one after the other. NIfTI-2 is used only
where an axis is too long for NIfTI-1.
"""

import io
from typing import List, NamedTuple, Sequence, Tuple, Type

import nibabel as nib
import numpy as np

from niftynet_activations.hints import DTypeLike
from niftynet_activations.space.place import Place
from niftynet_activations.store.spec import MapSpec

VECTOR_INTENT = 1007  # NIfTI's code: the fifth axis holds the components of a vector
LONGEST_AXIS = 32767  # NIfTI-1 holds sizes in 16 bits


class NiftiFile(NamedTuple):
    """
    One file of a map.

    name: relative to the output folder.
    channels: range of positions in the stored order of channels.
    shape: the file's shape, x first.
    """

    name: str
    channels: range
    shape: Tuple[int, ...]


def plan_files(spec: MapSpec, names: Sequence[str]) -> List[NiftiFile]:
    """
    Plan a map's files.

    :param spec: a MapSpec
    :param names: of its files: one, or for the layout ``split`` one for each channel
    :return: the files, in the order of their names
    """
    count = len(spec.channels)
    shape = tuple(int(size) for size in spec.shape_xyz)
    if spec.layout == 'split':
        return [NiftiFile(name, range(i, i + 1), shape) for i, name in enumerate(names)]
    tail = (1, count) if spec.layout == '5d' else (count,)
    return [NiftiFile(names[0], range(count), shape + tail)]


def header_bytes(
    shape: Sequence[int], dtype: DTypeLike, place: Place, slope: float = 1.0, inter: float = 0.0
) -> bytes:
    """
    Make the header of a NIfTI file.

    :param shape: the file's shape, x first
    :param dtype: type of the stored numbers, written little-endian
    :param place: a Place; both its forms are written, each with its own code
    :param slope: stored number times slope plus inter is the value
    :param inter: see slope
    :return: bytes; the samples follow immediately
    """
    kind = _kind(shape)
    header = kind(endianness='<')
    header.set_data_shape(shape)
    header.set_data_dtype(np.dtype(dtype).newbyteorder('<'))
    if len(shape) == 5:
        # without this intent code ITK's programs take the fifth axis for space, or refuse the file
        header['intent_code'] = VECTOR_INTENT
    set_place(header, place)
    header.set_slope_inter(slope, inter)
    header.set_data_offset(kind.single_vox_offset)
    stream = io.BytesIO()
    header.write_to(stream)
    return stream.getvalue().ljust(kind.single_vox_offset, b'\0')


def set_place(header: nib.Nifti1Header, place: Place) -> None:
    """
    Write where samples lie, and the unit, into a header.

    :param header: of a NIfTI file; changed
    :param place: a Place
    """
    header.set_xyzt_units(place.unit, 'unknown')
    # The codes are set directly, since older releases of nibabel refuse some of them.
    if place.sform.code:
        header.set_sform(np.asarray(place.sform.affine), code=0)
    header['sform_code'] = place.sform.code
    # A header's voxel sizes belong to its qform, and are set with it. Without a qform they are
    # taken from the sform; a shear of the sform cannot stand in them.
    affine = place.qform.affine if place.qform.code else place.affine
    header.set_qform(np.asarray(affine), code=0, strip_shears=True)
    header['qform_code'] = place.qform.code


def file_bytes(shape: Sequence[int], dtype: DTypeLike) -> int:
    """
    :param shape: a file's shape, x first
    :param dtype: type of the stored numbers
    :return: bytes of the whole file before compression
    """
    samples = int(np.prod(shape, dtype=np.int64))
    return _kind(shape).single_vox_offset + samples * np.dtype(dtype).itemsize


def _kind(shape: Sequence[int]) -> Type[nib.Nifti1Header]:
    """
    :param shape: a file's shape, x first
    :return: class of the header that can hold it
    """
    return nib.Nifti1Header if max(shape) <= LONGEST_AXIS else nib.Nifti2Header
