# -*- coding: utf-8 -*-
"""
The example extension's network on two small random subjects with labels, ready to be run.
"""

import os
import sys

import nibabel as nib
import numpy as np

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# Even sizes: all windows start at a multiple of the network's period (2), so that maps are exact.
SUBJECTS = {'one': (18, 22, 26), 'two': (20, 16, 24)}
AFFINE = np.array([[-1, 0, 0, 9], [0, 1.5, 0, -7], [0, 0, 2, 5], [0, 0, 0, 1]], dtype=float)


def make_example(folder, border=4, padding=4):
    """
    Write images, labels, a config without options of this package, and a checkpoint.

    :param folder: a ``pathlib.Path``, which is NiftyNet's model folder too
    :param border: of the windows, voxels
    :param padding: of the volume, voxels
    :return: path of the config
    """
    from small_configs import read

    if ROOT not in sys.path:
        sys.path.append(ROOT)
    import random_checkpoint

    data = folder / 'data'
    data.mkdir(parents=True)
    random = np.random.RandomState(5)
    for subject, shape in SUBJECTS.items():
        _save(random.normal(size=shape).astype(np.float32), data / (subject + '_T1.nii.gz'))
        _save(random.randint(0, 4, size=shape).astype(np.uint8), data / (subject + '_label.nii.gz'))
    config = read(os.path.join(ROOT, 'extensions', 'activation_example', 'config.ini'))
    window = '(16, 16, 16)'
    for section in ('T1', 'label'):
        config[section].update(path_to_search=str(data), spatial_window_size=window)
    config['SYSTEM'].update(model_dir=str(folder), num_threads='1')
    config['NETWORK']['volume_padding_size'] = str(padding)
    config['INFERENCE'].update(
        spatial_window_size=window,
        border=str((border,) * 3),
        save_seg_dir='segmentation',
        output_postfix='example',
    )
    for option in ('activation_layers', 'activation_reduce'):
        config.remove_option('INFERENCE', option)
    path = str(folder / 'config.ini')
    with open(path, 'w') as target:
        config.write(target)
    random_checkpoint.write_checkpoint(path, str(folder))
    return path


def _save(values, path):
    nib.save(nib.Nifti1Image(values, AFFINE), str(path))
