# -*- coding: utf-8 -*-
"""
Runs of NiftyNet inside the test process, and their results.
To start a TensorFlow process for each of many small runs would take longer than the runs.
"""

import glob
import json
import os

import nibabel as nib
import numpy as np

import niftynet_activations

niftynet_activations.app  # noqa: B018  registers the options, as net_run does

from niftynet_activations.host.in_process import run_niftynet  # noqa: E402


def run_plain(config_file, folder, *options):
    """Run ``net_segment inference`` into ``folder``."""
    words = ['net_segment', 'inference', '-c', str(config_file), '--save_seg_dir', str(folder)]
    run_niftynet(words + list(options))


def run_activations(config_file, folder, *options):
    """Run ``net_run inference -a niftynet_activations.app`` into ``folder``."""
    words = ['net_run', 'inference', '-a', 'niftynet_activations.app', '-c', str(config_file)]
    run_niftynet(words + ['--save_seg_dir', str(folder)] + list(options))


def segmentations(folder):
    """
    :param folder: output folder of a run
    :return: file name of a segmentation -> the header's bytes and the voxels' bytes
    """
    found = {}
    for path in sorted(glob.glob(os.path.join(str(folder), 'window_seg_*.nii.gz'))):
        image = nib.load(path)
        found[os.path.basename(path)] = image.header.binaryblock, read_voxels(path).tobytes()
    return found


def read_voxels(path):
    return np.asanyarray(nib.load(str(path)).dataobj)


def maps(folder):
    """
    :param folder: output folder of a run
    :return: (subject, layer) -> (image, sidecar), for each sidecar in the folder
    """
    found = {}
    for path in sorted(glob.glob(os.path.join(str(folder), 'activation_*.json'))):
        with open(path) as stream:
            info = json.load(stream)
        found[info['subject'], info['layer']] = nib.load(path[: -len('.json')] + '.nii.gz'), info
    return found
