# -*- coding: utf-8 -*-
"""
Images that a Python caller gives, as the files that NiftyNet reads.

NiftyNet's reader, and this package's checks of headers, need files. An image in memory is written
to an uncompressed NIfTI file in its own type of numbers, so that the same values are read to the
bit. That file has no name and disappears when it is closed.

- *given*: a path, a nibabel image, or an array with its affine;
- *headers*: the fields of an image's header that the reader or a map depends on.
"""

import io
import os
from typing import Dict, Mapping, Optional, Sequence, cast

import nibabel as nib
import numpy as np

from niftynet_activations.errors import InputError
from niftynet_activations.hints import ArrayLike, GivenImage, Header, Image
from niftynet_activations.store.nameless import NamelessFiles, is_nameless, load_nameless, path_of

ITS_OWN = ('', 'none', 'nibabel')  # values of ``loader`` with which NiftyNet reads NIfTI by nibabel
# fields of a NIfTI header that the reader or the place of a map depends on
FIELDS = (
    'sizeof_hdr dim datatype pixdim xyzt_units qform_code sform_code quatern_b quatern_c quatern_d '
    'qoffset_x qoffset_y qoffset_z srow_x srow_y srow_z'
).split()
EXPECTED = 'a nibabel image, a path, or (array, affine)'
# numpy's types that NIfTI does not have -> types that hold the same values
STORED = {'bool': np.uint8, 'float16': np.float32}


def check_sections(given: object, known: Sequence[str], needed: Sequence[str]) -> None:
    """
    :param given: input section -> image
    :param known: all input sections of the config
    :param needed: the input sections that the network's image is made of
    :raises InputError: if a section is unknown or missing, or *given* is no mapping
    """
    if not isinstance(given, Mapping):
        raise InputError(
            'expected a dictionary from input section to image, such as {{{!r}: image}}; got '
            '{}'.format(needed[0] if needed else 'image', type(given).__name__)
        )
    unknown = [str(name) for name in given if name not in known]
    if unknown:
        raise InputError(
            "no input section '{}': the config has {}".format(unknown[0], ', '.join(known))
        )
    missing = [name for name in needed if name not in given]
    if missing:
        raise InputError(
            "no image for input section '{}': the network's image is made of {}".format(
                missing[0], ', '.join(needed)
            )
        )


def as_files(given: Mapping[str, GivenImage], files: NamelessFiles) -> Dict[str, str]:
    """
    :param given: input section -> image
    :param files: makes and holds the files of images that are in memory
    :return: input section -> absolute path
    :raises InputError: for an object that is no image
    """
    found = {}
    for section, image in given.items():
        if isinstance(image, (str, os.PathLike)):
            found[section] = _existing(section, os.fspath(image))
        else:
            stream = files.new()
            _numbers_to(
                as_image(section, image), {'image': nib.FileHolder(fileobj=cast(io.IOBase, stream))}
            )
            stream.flush()
            found[section] = path_of(stream)
    return found


def headers_of(path: str, loader: Optional[str]) -> Optional[bytes]:
    """
    :param path: of an image
    :param loader: NiftyNet's ``loader``, as the config names it
    :return: bytes that differ if the headers of two images differ; None for a kind of file whose
        headers this does not compare
    """
    if is_nameless(path):
        header = cast(nib.Nifti1Header, load_nameless(path).header)
    elif path.endswith(('.nii', '.nii.gz')) and str(loader or '').lower() in ITS_OWN:
        try:
            header = cast(nib.Nifti1Header, nib.load(path).header)
        except Exception:  # nibabel raises many kinds; NiftyNet's reading will report it
            return None
    else:
        return None
    return b''.join(header[name].tobytes() for name in FIELDS)


def as_image(section: str, given: GivenImage) -> Image:
    """
    :param section: of the input, for messages
    :param given: a nibabel image, or (array, affine)
    :return: a nibabel image
    :raises InputError: for an object that is no image
    """
    if isinstance(given, nib.spatialimages.SpatialImage):
        _check_has_voxels(section, given.shape)
        return given
    if isinstance(given, np.ndarray):
        raise InputError(
            "input section '{}': an array does not say where it lies; give (array, affine)".format(
                section
            )
        )
    if not (isinstance(given, (tuple, list)) and len(given) == 2):
        raise InputError(
            "input section '{}': expected {}; got {}".format(
                section, EXPECTED, type(given).__name__
            )
        )
    return _placed(section, np.asarray(given[0]), given[1])


def _placed(section: str, values: np.ndarray, affine: ArrayLike) -> Image:
    if values.dtype.kind not in 'biuf' or not 2 <= values.ndim <= 5:
        raise InputError(
            "input section '{}': expected an array of numbers (x, y, z) or (x, y, z, channel); got "
            '{} of shape {}'.format(section, values.dtype, values.shape)
        )
    _check_has_voxels(section, values.shape)
    try:
        matrix = np.asarray(affine, np.float64)
    except (TypeError, ValueError):
        matrix = np.zeros(0)
    if matrix.shape != (4, 4) or not np.isfinite(matrix).all() or not np.linalg.det(matrix):
        raise InputError(
            "input section '{}': expected an affine of 4 x 4 numbers that can be inverted, from "
            'voxels to mm; got {}'.format(section, ' '.join(repr(affine).split()))
        )
    return _image(_storable(values), matrix, nib.Nifti1Header())


def _check_has_voxels(section: str, shape: Sequence[int]) -> None:
    """Refuse an image without voxels; in NIfTI an axis of length 0 would become one of length 1."""
    if 0 in shape:
        raise InputError(
            "input section '{}': an image of shape {} has no voxels".format(section, tuple(shape))
        )


def _storable(values: np.ndarray) -> np.ndarray:
    return values.astype(STORED.get(values.dtype.name, values.dtype), copy=False)


def _numbers_to(image: Image, file_map: Mapping[str, nib.FileHolder]) -> None:
    """
    Write the numbers as nibabel gives them, unscaled: scaling would round them a second time.
    """
    values = _storable(np.asanyarray(image.dataobj))
    header = image.header.copy() if isinstance(image, nib.Nifti1Pair) else nib.Nifti1Header()
    _image(values, image.affine, header).to_file_map(file_map)


def _image(values: np.ndarray, affine: np.ndarray, header: Header) -> Image:
    """An image of these numbers in their own type; nibabel wants some types set in the header."""
    header.set_data_dtype(values.dtype)
    header.set_slope_inter(1, 0)
    if header['sform_code'] == 0 and header['qform_code'] == 0:
        header.set_sform(affine, 'aligned')
        header.set_qform(affine, 'unknown')  # code 0, for the voxel sizes that nibabel sets with it
    kind = nib.Nifti2Image if isinstance(header, nib.Nifti2Header) else nib.Nifti1Image
    return kind(values, affine, header)


def _existing(section: str, path: str) -> str:
    if not os.path.isfile(path):
        raise InputError("input section '{}': there is no file '{}'".format(section, path))
    return os.path.abspath(path)
