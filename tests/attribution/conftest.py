# -*- coding: utf-8 -*-
"""A toy network with two subjects, each with a box as its lesion."""

import os

import nibabel as nib
import numpy as np
import pytest


@pytest.fixture(scope='session')
def toy(tmp_path_factory):
    """
    :return: a folder, and the path of a config in it
    """
    pytest.importorskip('niftynet')
    from direct_attribution import RAW, read
    from toy_runs import AFFINE, change_config, make_toy

    folder = tmp_path_factory.mktemp('toy')
    config = make_toy(folder, {'a': (20, 23, 25), 'b': (17, 30, 21)})
    os.makedirs(str(folder / 'lesions'))
    for subject in 'ab':
        shape = read(folder, subject).shape
        lesion = np.zeros(shape, np.uint8)
        lesion[3:11, 8:20, 5:18] = 2
        path = str(folder / 'lesions' / '{}_lesion.nii.gz'.format(subject))
        nib.save(nib.Nifti1Image(lesion, AFFINE), path)
    section = {
        'path_to_search': folder / 'lesions',
        'filename_contains': 'lesion',
        'filename_removefromid': '_lesion',
    }
    return folder, change_config(config, dict(RAW, lesion=section))
