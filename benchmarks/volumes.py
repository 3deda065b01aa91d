# -*- coding: utf-8 -*-
"""
The real volumes that all workloads read: the MNI152 T1 template, 197 x 233 x 189 voxels of 1 mm,
and for networks of two or three modalities its maps of grey and of white matter on the same voxels.

They are read from the installed package nilearn. A *cut* is a box in their middle; with *repeats*
the box is put behind itself along z, for volumes of several lengths.
"""

import os
import runpy
from typing import Optional, Sequence, Tuple

import nibabel as nib
import numpy as np

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
MODALITIES = ('T1', 'GM', 'WM')  # names of input sections, in the order in which they are used
DATA = os.path.join(ROOT, 'extensions', 'mni152_tissue', 'data.py')


def write_volume(
    path: str, cut: Optional[Sequence[int]] = None, repeats: int = 1, modality: str = MODALITIES[0]
) -> Tuple[int, ...]:
    """
    :param path: of the NIfTI file to write
    :param cut: sizes (x, y, z) in voxels of the box; None: the whole template
    :param repeats: how often the box is repeated along z
    :param modality: one of :data:`MODALITIES`
    :return: shape (x, y, z) of the written volume
    :raises IOError: where nilearn is not installed
    """
    files = runpy.run_path(DATA)['template_files']()
    template = nib.Nifti1Image.from_filename(files[modality.lower()])
    values = np.asanyarray(template.dataobj)
    if cut is not None:
        values = values[tuple(middle(size, wanted) for size, wanted in zip(values.shape, cut))]
    values = np.concatenate([values] * repeats, axis=2)
    nib.save(nib.Nifti1Image(values, template.affine), path)
    return values.shape


def modalities(number: int) -> Sequence[str]:
    """
    :param number: how many modalities a workload has
    :return: their names
    :raises ValueError: where the template has no so many images
    """
    if not 1 <= number <= len(MODALITIES):
        raise ValueError(
            '{} modalities were asked for; the template has {} images: {}'.format(
                number, len(MODALITIES), ', '.join(MODALITIES)
            )
        )
    return MODALITIES[:number]


def middle(size: int, wanted: int) -> slice:
    """
    :param size: length of an axis, voxels
    :param wanted: how many voxels to keep
    :return: slice of the voxels in the middle
    :raises ValueError: if the axis has fewer voxels
    """
    if wanted > size:
        raise ValueError('a cut of {} voxels was asked for on an axis of {}'.format(wanted, size))
    first = (size - wanted) // 2
    return slice(first, first + wanted)
