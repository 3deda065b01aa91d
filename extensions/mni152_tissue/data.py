# -*- coding: utf-8 -*-
"""
The images of the demonstration: the MNI152 T1 template and its tissue labels.

Vocabulary: *template* is the MNI152 T1 average of 152 heads without the skull, 197 x 233 x 189
voxels of 1 mm, as the package nilearn ships it, with a *map* of grey and one of white matter
(probabilities from 0 to 255). *Labels* are 0 for the rest, 1 for grey, 2 for white matter.

Nilearn is not imported, only its files are read, so that it may be installed without its
dependencies.
"""

import importlib.util
import os
import shutil

import nibabel as nib
import numpy as np

PATTERN = 'mni_icbm152_{}_tal_nlin_sym_09a_converted.nii.gz'
CERTAIN = 255
GREY, WHITE = 1, 2
IMAGE_FILE = 'mni152_T1.nii.gz'
LABEL_FILE = 'mni152_label.nii.gz'


def template_files():
    """
    Find the template and its tissue maps in the installed nilearn.

    :return: dictionary from ``t1``, ``gm`` and ``wm`` to the path of a NIfTI file
    :raises IOError: where nilearn is not installed, or ships no such file
    """
    spec = importlib.util.find_spec('nilearn')
    if spec is None or not spec.submodule_search_locations:
        raise IOError(
            'The package nilearn, whose MNI152 template is needed, is not installed: '
            'pip install nilearn (--no-deps is enough).'
        )
    folder = os.path.join(list(spec.submodule_search_locations)[0], 'datasets', 'data')
    files = {kind: os.path.join(folder, PATTERN.format(kind)) for kind in ('t1', 'gm', 'wm')}
    absent = [path for path in sorted(files.values()) if not os.path.isfile(path)]
    if absent:
        raise IOError(
            'The installed nilearn has no {}: install nilearn 0.8.1 or newer.'.format(absent[0])
        )
    return files


def tissue_labels(grey, white):
    """
    Label each voxel with the most probable class of grey matter, white matter and the rest.

    :param grey: (x, y, z) uint8, probability of grey matter times 255
    :param white: (x, y, z) uint8, the same of white matter
    :return: (x, y, z) uint8 of 0, 1 and 2; where grey and white are equal, grey is taken, and
        where one of them equals the rest, the rest
    """
    grey = np.asarray(grey, dtype=np.int16)
    white = np.asarray(white, dtype=np.int16)
    rest = CERTAIN - grey - white
    labels = np.zeros(grey.shape, dtype=np.uint8)
    labels[(grey >= white) & (grey > rest)] = GREY
    labels[(white > grey) & (white > rest)] = WHITE
    return labels


def make_subject(folder):
    """
    Write the template and its labels into a folder.

    :param folder: made where it is missing
    :return: paths of the image and of the label file, which NiftyNet matches as one subject
    :raises IOError: where the template is not found
    """
    files = template_files()
    os.makedirs(folder, exist_ok=True)
    image_file = os.path.join(folder, IMAGE_FILE)
    label_file = os.path.join(folder, LABEL_FILE)
    shutil.copyfile(files['t1'], image_file)
    grey, white = (nib.load(files[kind]) for kind in ('gm', 'wm'))
    labels = tissue_labels(np.asanyarray(grey.dataobj), np.asanyarray(white.dataobj))
    nib.save(nib.Nifti1Image(labels, grey.affine), label_file)
    return image_file, label_file


def dice(labels, reference, label):
    """
    The overlap of one label in two label volumes: 2 |A and B| / (|A| + |B|) (Dice, 1945).

    :param labels: array of whole numbers
    :param reference: array of the same shape
    :param label: the label whose regions A and B are compared
    :return: float from 0 to 1; NaN where neither holds the label
    """
    first, second = labels == label, reference == label
    total = np.count_nonzero(first) + np.count_nonzero(second)
    if total == 0:
        return float('nan')
    return 2.0 * np.count_nonzero(first & second) / total
