# -*- coding: utf-8 -*-
"""
NIfTI headers of activation maps, and which channels go into which file.

*Layouts*: ``4d`` (x, y, z, channel), ``5d`` (x, y, z, 1, channel), ``split`` (one file (x, y, z)
per channel). In all of them a file's samples lie with x fastest, then y, z and the channel, so
that a file is its header and then whole channels, one after the other. NIfTI-2 is used only
where an axis is too long for NIfTI-1.
"""

import io
import typing

import nibabel as nib
import numpy as np

from niftynet_activations.store import naming

LONGEST_AXIS = 32767  # NIfTI-1 holds sizes in 16 bits


class NiftiFile(typing.NamedTuple):
    """
    One file of a map.

    name: relative to the output folder.
    channels: range of positions in the stored order of channels.
    shape: the file's shape, x first.
    """

    name: str
    channels: range
    shape: typing.Tuple[int, ...]


def files_of(spec):
    """
    Plan a map's files.

    :param spec: a MapSpec of a NIfTI format
    :return: list of NiftiFile
    """
    count = len(spec.channels)
    shape = tuple(int(size) for size in spec.shape_xyz)
    names = naming.file_names(spec)
    if spec.layout == 'split':
        return [NiftiFile(name, range(i, i + 1), shape) for i, name in enumerate(names)]
    tail = (1, count) if spec.layout == '5d' else (count,)
    return [NiftiFile(names[0], range(count), shape + tail)]


def header_bytes(shape, dtype, affine, space_code=2, slope=1.0, inter=0.0):
    """
    Make all that stands before a file's samples.

    :param shape: the file's shape, x first
    :param dtype: type of the stored numbers, written little-endian
    :param affine: (4, 4), voxel indices to world mm; goes into the sform, and into the qform
        where that can hold it (no shear)
    :param space_code: NIfTI's code of the world space, used for each form that is set
    :param slope: stored number times slope plus inter is the value
    :param inter: see slope
    :return: bytes; the samples follow immediately
    """
    kind = _kind(shape)
    header = kind(endianness='<')
    header.set_data_shape(shape)
    header.set_data_dtype(np.dtype(dtype).newbyteorder('<'))
    header.set_xyzt_units('mm', 'unknown')
    affine = np.asarray(affine, dtype=np.float64)
    header.set_sform(affine, code=int(space_code))
    # sets the voxel sizes in any case
    header.set_qform(affine, code=int(space_code), strip_shears=True)
    if not _same_place(header.get_qform(), affine, shape):
        header.set_qform(affine, code=0, strip_shears=True)
    header.set_slope_inter(slope, inter)
    header.set_data_offset(kind.single_vox_offset)
    stream = io.BytesIO()
    header.write_to(stream)
    return stream.getvalue().ljust(kind.single_vox_offset, b'\0')


def file_bytes(shape, dtype):
    """
    :param shape: a file's shape, x first
    :param dtype: type of the stored numbers
    :return: bytes of the whole file before compression
    """
    samples = int(np.prod(shape, dtype=np.int64))
    return _kind(shape).single_vox_offset + samples * np.dtype(dtype).itemsize


def _kind(shape):
    """
    :param shape: a file's shape, x first
    :return: class of the header that can hold it
    """
    return nib.Nifti1Header if max(shape) <= LONGEST_AXIS else nib.Nifti2Header


def _same_place(one, other, shape):
    """
    :param one: (4, 4) affine
    :param other: (4, 4) affine
    :param shape: sizes of the grid, x first
    :return: True if no corner of the grid differs by more than a thousandth of a voxel
    """
    last = np.array(shape[:3], dtype=np.float64) - 1
    corners = np.stack(np.meshgrid(*[(0.0, size) for size in last], indexing='ij'), axis=-1)
    corners = corners.reshape(-1, 3)
    difference = corners @ (one - other)[:3, :3].T + (one - other)[:3, 3]
    voxel = np.sqrt((other[:3, :3] ** 2).sum(axis=0)).min()
    return bool(np.abs(difference).max() <= 1e-3 * voxel)
