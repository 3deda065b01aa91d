# -*- coding: utf-8 -*-
"""Samples of a written map that no window gave."""

import json

import nibabel as nib
import numpy as np

from niftynet_activations import open_activations


def with_missing_samples(folder: str, layer: str, subject: str) -> np.ndarray:
    """
    Take the last two planes along y, and one sample, out of a map in one plain NIfTI file.

    :param folder: of the maps
    :param layer: the layer's name
    :param subject: whose map
    :return: (x, y, z), True where samples are missing
    """
    one = open_activations(folder)[subject, layer]
    image = nib.load(one.files[0])
    values = np.asarray(image.dataobj).copy()
    missing = np.zeros(values.shape[:3], bool)
    missing[:, -2:] = True
    missing[2, 1, 4] = True
    values[missing] = np.nan
    nib.save(nib.Nifti1Image(values, image.affine, image.header), one.files[0])
    sidecar = one.files[0].replace('.nii', '.json')
    with open(sidecar) as stream:
        info = json.load(stream)
    info['missing'] = int(missing.sum()) * values.shape[3]
    with open(sidecar, 'w') as stream:
        json.dump(info, stream)
    return missing
