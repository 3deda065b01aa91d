# -*- coding: utf-8 -*-
"""
Images that a Python caller gives, as the files that NiftyNet reads.

NiftyNet's reader and this package's own look at headers want files. An image in memory is written
to an uncompressed one with its own numbers, so that what is read is the same to the bit.

- *given*: a path, a nibabel image, or an array with its affine.
"""

import os
from typing import Dict, Mapping, Sequence

import nibabel as nib
import numpy as np

from niftynet_activations.errors import InputError
from niftynet_activations.hints import ArrayLike, GivenImage, Header, Image

EXPECTED = 'a nibabel image, a path, or (array, affine)'
# of numpy, for types that NIfTI does not have
STORED = {'bool': np.uint8, 'float16': np.float32}


def check_sections(given: object, known: Sequence[str], needed: Sequence[str]) -> None:
    """
    :param given: input section -> image
    :param known: sections of the config
    :param needed: those that the network's image is made of
    :raises InputError: if one is unknown or missing, or that is no mapping
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


def as_files(given: Mapping[str, GivenImage], folder: str) -> Dict[str, str]:
    """
    :param given: input section -> image
    :param folder: for those that are not files yet
    :return: input section -> absolute path
    :raises InputError: for what is no image
    """
    found = {}
    for number, (section, image) in enumerate(given.items()):
        if isinstance(image, (str, os.PathLike)):
            found[section] = _existing(section, os.fspath(image))
        else:
            found[section] = os.path.join(folder, 'input-{}.nii'.format(number))
            _write(as_image(section, image), found[section])
    return found


def as_image(section: str, given: GivenImage) -> Image:
    """
    :param section: of the input, for messages
    :param given: a nibabel image, or (array, affine)
    :return: a nibabel image
    :raises InputError: for what is no image
    """
    if isinstance(given, nib.spatialimages.SpatialImage):
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


def _storable(values: np.ndarray) -> np.ndarray:
    return values.astype(STORED.get(values.dtype.name, values.dtype), copy=False)


def _write(image: Image, path: str) -> None:
    """
    The numbers as nibabel gives them: a scaled image would be rounded again in its own type.
    """
    values = _storable(np.asanyarray(image.dataobj))
    header = image.header.copy() if isinstance(image, nib.Nifti1Pair) else nib.Nifti1Header()
    nib.save(_image(values, image.affine, header), path)


def _image(values: np.ndarray, affine: np.ndarray, header: Header) -> Image:
    """An image of these numbers in their own type; nibabel refuses some where no header says so."""
    header.set_data_dtype(values.dtype)
    header.set_slope_inter(1, 0)
    if header['sform_code'] == 0 and header['qform_code'] == 0:
        header.set_sform(affine, 'aligned')
        header.set_qform(affine, 'unknown')  # the sizes of voxels go with it
    kind = nib.Nifti2Image if isinstance(header, nib.Nifti2Header) else nib.Nifti1Image
    return kind(values, affine, header)


def _existing(section: str, path: str) -> str:
    if not os.path.isfile(path):
        raise InputError("input section '{}': there is no file '{}'".format(section, path))
    return os.path.abspath(path)
