# -*- coding: utf-8 -*-
"""
NIfTI files of maps as arrays that read only what is asked for.

*Layouts*: 4-D (x, y, z, channel), 5-D (x, y, z, 1, channel), one 3-D file per channel (*split*).
"""

from typing import Optional, Sequence, Tuple

import nibabel as nib
import numpy as np

from niftynet_activations.errors import ReadError
from niftynet_activations.hints import Proxy
from niftynet_activations.store.lazy_arrays import LazyArray, Slices, load_nifti


def load_own(path: str, keep_open: bool = False) -> Tuple[nib.Nifti1Pair, Proxy]:
    """
    Open a NIfTI file without reading its voxels.

    :param path: a .nii or .nii.gz file
    :param keep_open: hold the file open between reads
    :return: the image, and the proxy that reads its voxels
    :raises ReadError: if the file is not there or is not NIfTI
    """
    image = load_nifti(path, keep_open)
    if not isinstance(image, nib.Nifti1Pair):
        raise ReadError('{} is a {}; expected a NIfTI file'.format(path, type(image).__name__))
    return image, voxels_of(image)


def voxels_of(image: nib.Nifti1Pair) -> Proxy:
    """
    :param image: from a file
    :return: the proxy that reads its voxels
    """
    voxels = image.dataobj
    assert isinstance(voxels, nib.arrayproxy.ArrayProxy)  # only an image in memory has an array
    return voxels


class NiftiArray(LazyArray):
    """One NIfTI file: 3-D (one channel), 4-D, or 5-D with a fourth axis of length 1."""

    def __init__(
        self, path: str, missing_value: Optional[float] = None, keep_open: bool = False
    ) -> None:
        """
        :param path: a .nii or .nii.gz file
        :param missing_value: what missing samples read back as; None where they are NaN
        :param keep_open: hold the file open between reads
        :raises ReadError: if the file is not there, not NIfTI, or has other axes
        """
        image, self._proxy = load_own(path, keep_open)
        self._path = path
        self._missing_value = missing_value
        self._stored = tuple(image.shape)
        floating = np.issubdtype(image.get_data_dtype(), np.floating)
        # An unscaled integer file (an argmax) still gives floats, so that NaN has a place.
        dtype = image.get_data_dtype().newbyteorder('=') if floating else np.dtype(np.float32)
        super().__init__(four_axes(self._stored, path), dtype)

    def read(self, slices: Slices) -> np.ndarray:
        extra = len(self._stored) - 3
        key = slices[:3] + {0: (), 1: slices[3:], 2: (slice(None),) + slices[3:]}[extra]
        try:
            block = np.asarray(self._proxy[key])
        except (OSError, EOFError, ValueError) as error:
            raise ReadError(
                '{} cannot be read to its end ({}); write the map again'.format(self._path, error)
            ) from error
        if extra == 0:
            block = block[..., np.newaxis][..., slices[3]]
        elif extra == 2:
            block = block[:, :, :, 0, :]
        return self._with_nan(block)

    def _with_nan(self, block: np.ndarray) -> np.ndarray:
        if self._missing_value is None:
            return block.astype(self.dtype, copy=False)
        # Only missing samples have the code for missing: no value is nearer than one slope to it.
        near = 0.5 * abs(float(self._proxy.slope))
        lost = np.abs(block - self._missing_value) < near
        return np.where(lost, np.nan, block).astype(self.dtype)

    def streaming(self) -> 'NiftiArray':
        return NiftiArray(self._path, self._missing_value, keep_open=True)


class SplitArray(LazyArray):
    """One 3-D NIfTI file per channel."""

    def __init__(self, paths: Sequence[str], missing_value: Optional[float] = None) -> None:
        """
        :param paths: the files, in the order of the channels
        :param missing_value: what missing samples read back as; None where they are NaN
        :raises ReadError: if a file is not there, or their sizes differ
        """
        self._files = [NiftiArray(path, missing_value) for path in paths]
        shapes = sorted({one.shape for one in self._files})
        if len(shapes) != 1 or shapes[0][3] != 1:
            raise ReadError(
                'the files of one map, one channel each, should have one size; {} and the '
                'others have {}; write the map again'.format(paths[0], shapes)
            )
        super().__init__(shapes[0][:3] + (len(paths),), self._files[0].dtype)

    def read(self, slices: Slices) -> np.ndarray:
        chosen = self._files[slices[3]]
        one = (slice(0, 1),)
        if not chosen:
            return self._files[0].read(slices[:3] + (slice(0, 0),))
        return np.concatenate([part.read(slices[:3] + one) for part in chosen], axis=3)


def four_axes(stored: Sequence[int], path: str) -> Tuple[int, ...]:
    """
    The lengths (x, y, z, channel) of a NIfTI file.

    :param stored: the file's own shape
    :param path: the file, for the message
    :return: four lengths
    :raises ReadError: if the file has other axes than the three layouts
    """
    stored = tuple(stored)
    if len(stored) == 3:
        return stored + (1,)
    if len(stored) == 4:
        return stored
    if len(stored) == 5 and stored[3] == 1:
        return stored[:3] + stored[4:]
    raise ReadError(
        '{} has shape {}, expected (x, y, z), (x, y, z, channel) or (x, y, z, 1, channel)'.format(
            path, stored
        )
    )
