# -*- coding: utf-8 -*-
"""
Run NiftyNet's segmentation networks in this Python, for ``compare_stacks.py``.

    python scripts/stacks_runs.py FOLDER TASK...

A *task* is ``ACTION:NETWORK:VARIANT``. Action ``make`` writes a config, a random volume and a
checkpoint of seeded random weights in ``FOLDER/NETWORK-VARIANT``; action ``run:..:NAME`` runs the
inference there, with its probabilities and activation maps, into the folder's ``NAME``. The
network ``mni152_tissue`` is the demonstration's, with its trained weights and a part of its volume.
Each completed task is a line on standard output; NiftyNet's own output goes to standard error.
"""

import os
import pathlib
import shutil
import sys
import traceback
from typing import Sequence

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path[:0] = [ROOT, os.path.join(ROOT, 'trials')]

TISSUE = 'mni152_tissue'
TISSUE_PART = slice(70, 126), slice(90, 154), slice(60, 132)
TISSUE_WINDOW = 96, 104, 112
LAYERS = 'top,penultimate,logits,probabilities'
MEMORY = '4'  # GiB; for unet's smallest window all maps together need more than the default
INNER_LAYERS = {
    'highres3dnet': ',res_2_1/*,res_3_0/*',
    'highres3dnet_small': ',res_3_0/*',
    'highres3dnet_large': ',res_2_0/*',
    'scalenet': ',HighRes3DNet/res_2_0,**/res_3_1/*',
    'holisticnet': ',res_4_0/conv_1',
    'dense_vnet': ',dense_feature_stack_block_1/**',
}


def main(arguments: Sequence[str]) -> int:
    """
    :param arguments: the folder, then the tasks
    :return: exit status: 0, or 1 if a task failed
    """
    folder, tasks = os.path.abspath(arguments[0]), arguments[1:]
    report, sys.stdout = sys.stdout, sys.stderr
    status = 0
    for task in tasks:
        try:
            carry_out(folder, *task.split(':'))
        except Exception:  # any error: the other networks are still compared
            traceback.print_exc()
            status = 1
        else:
            print(task, file=report, flush=True)
    return status


def carry_out(folder: str, action: str, network: str, variant: str, name: str = '') -> None:
    """
    :param folder: the folder of all runs
    :param action: ``make`` or ``run``
    :param network: name of a config, or ``mni152_tissue``
    :param variant: name of the weights, which is part of the folder's name
    :param name: name of the folder that a run writes to
    """
    place = pathlib.Path(folder) / '{}-{}'.format(network, variant)
    if action == 'run':
        _run(network, place, name)
    elif network == TISSUE:
        place.mkdir(parents=True)
        _make_tissue(place)
    else:
        place.mkdir(parents=True)
        _make(network, place)


def _make(network: str, place: pathlib.Path) -> None:
    import random_checkpoint
    from small_configs import DEFAULT, SMALL, small_config

    shape, window, border = SMALL.get(network, DEFAULT)
    config_file = small_config(network, place, shape, window, border)
    random_checkpoint.write_checkpoint(config_file, str(place / 'model'), window)


def _make_tissue(place: pathlib.Path) -> None:
    import runpy

    import nibabel as nib
    from random_checkpoint import read_config

    extension = os.path.join(ROOT, 'extensions', TISSUE)
    data = runpy.run_path(os.path.join(extension, 'data.py'))
    image = nib.Nifti1Image.from_filename(data['make_subject'](str(place / 'whole'))[0])
    (place / 'data').mkdir()
    nib.save(image.slicer[TISSUE_PART], str(place / 'data' / 'subject_T1.nii.gz'))
    shutil.copytree(os.path.join(extension, 'models'), str(place / 'model' / 'models'))
    config = read_config(os.path.join(extension, 'config.ini'))
    config.remove_section('label')
    config.remove_option('SEGMENTATION', 'label')
    config['T1']['path_to_search'] = str(place / 'data')
    config['T1']['spatial_window_size'] = str(TISSUE_WINDOW)
    config['SYSTEM']['model_dir'] = str(place / 'model')
    config['INFERENCE']['spatial_window_size'] = str(TISSUE_WINDOW)
    with open(str(place / 'small.ini'), 'w') as target:
        config.write(target)


def _run(network: str, place: pathlib.Path, name: str) -> None:
    from inference_runs import run_activations

    run_activations(
        place / 'small.ini',
        place / name,
        '--output_prob',
        'True',
        '--activation_layers',
        LAYERS + INNER_LAYERS.get(network, ''),
        '--activation_format',
        'nii',
        '--activation_memory',
        MEMORY,
    )


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
