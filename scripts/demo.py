# -*- coding: utf-8 -*-
"""
Show what the package does, on real data: ``make demo``, or ``python scripts/demo.py``.

A small network, which was trained on the MNI152 template, segments this template into grey and
white matter; the activation maps of several of its layers are written beside the segmentation. Then
figures of all maps are drawn. Everything is written below ``demo-output``; the user's own NiftyNet
home is not changed.
"""

import argparse
import csv
import os
import runpy
import shutil
import subprocess
import sys
import time
from typing import List, Optional, Sequence, Tuple

import nibabel as nib
import numpy as np

SCRIPTS = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(SCRIPTS)
EXTENSION = os.path.join('extensions', 'mni152_tissue')
LAYERS = 'conv_0_relu, conv_1_relu, context, merge_1_relu, penultimate, probabilities'
TISSUES = ((1, 'grey matter'), (2, 'white matter'))
PLACE = '2,-16,12'  # mm: through the thalamus
LOG_LINES = 30


def main(args: Optional[Sequence[str]] = None) -> int:
    """
    Run the whole demonstration.

    :param args: command line without the program's name; that of the process where None
    :return: the exit status
    """
    parser = argparse.ArgumentParser(description=__doc__.strip().splitlines()[0])
    parser.add_argument('--output', default=os.path.join(ROOT, 'demo-output'))
    parser.add_argument('--layers', default=LAYERS, help='default: %(default)s')
    chosen = parser.parse_args(args)
    start = time.time()
    output = os.path.abspath(chosen.output)
    home, maps = os.path.join(output, 'niftynet-home'), os.path.join(output, 'maps')
    image, labels = make_home(home)
    print('Image: the MNI152 T1 template, {}'.format(image))
    if run_inference(home, maps, chosen.layers) != 0:
        return 1
    segmentation = os.path.join(maps, 'window_seg_mni152_tissue.nii.gz')
    report_dice(home, segmentation, labels)
    pictures = draw_figures(maps, os.path.join(output, 'pictures'))
    if not pictures or call_program('net_activations', 'report', maps) != 0:
        return 1
    print_places(segmentation, maps, pictures)
    print('All of it took {:.0f} s.'.format(time.time() - start))
    return 0


def make_home(home: str) -> Tuple[str, str]:
    """
    Make a NiftyNet home that holds only the extension and the subject.

    :param home: absolute path of a folder; made anew
    :return: paths of the image and of its label file
    """
    if os.path.isdir(home):
        shutil.rmtree(home)
    shutil.copytree(
        os.path.join(ROOT, 'extensions'),
        os.path.join(home, 'extensions'),
        ignore=shutil.ignore_patterns('__pycache__', 'settings_*', '*niftynet_log'),
    )
    with open(os.path.join(home, 'config.ini'), 'w') as config:
        config.write('[global]\nhome = {}\n'.format(home))
    data = runpy.run_path(os.path.join(ROOT, EXTENSION, 'data.py'))
    return data['make_subject'](os.path.join(home, 'data', 'mni152_tissue'))


def run_inference(home: str, maps: str, layers: str) -> int:
    """
    Run ``net_run`` as a user would; its log goes to a file, its progress to the terminal.

    :param home: folder that :func:`make_home` made
    :param maps: folder for the segmentation and the maps
    :param layers: value of ``activation_layers``
    :return: the exit status of ``net_run``
    """
    command = [program_path('net_run'), 'inference', '-a', 'niftynet_activations.app']
    command += ['-c', os.path.join(EXTENSION, 'config.ini')]
    command += ['--save_seg_dir', maps, '--activation_layers', layers]
    log = os.path.join(home, 'net_run.log')
    print('Running: {}'.format(' '.join('"{}"'.format(a) if ' ' in a else a for a in command)))
    print('NiftyNet writes its log to {}'.format(log))
    sys.stdout.flush()
    environment = dict(os.environ, niftynet_config_home=home)
    environment.setdefault('TF_CPP_MIN_LOG_LEVEL', '2')
    with open(log, 'wb') as lines:
        # The progress bar needs a terminal; without one, everything goes to the log.
        errors = None if sys.stderr.isatty() else subprocess.STDOUT
        status = subprocess.call(command, cwd=home, env=environment, stdout=lines, stderr=errors)
    if status != 0:
        with open(log, errors='replace') as lines:
            sys.stderr.write(''.join(lines.readlines()[-LOG_LINES:]))
    return status


def call_program(name: str, *arguments: str) -> int:
    """
    :param name: a program that was installed beside this Python
    :param arguments: its command line
    :return: its exit status
    """
    sys.stdout.flush()
    return subprocess.call([program_path(name)] + list(arguments))


def program_path(name: str) -> str:
    """
    :param name: a program that was installed beside this Python
    :return: its absolute path
    """
    return os.path.join(os.path.dirname(sys.executable), name)


def draw_figures(maps: str, folder: str) -> List[str]:
    """
    Draw the first channels of each layer with ``net_activations figure``.

    :param maps: folder of the maps
    :param folder: where the figures are written; made where it is missing
    :return: the figures' paths; empty where one could not be drawn
    """
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(maps, 'activations.csv'), newline='') as table:
        layers = list(dict.fromkeys(row['layer'] for row in csv.DictReader(table)))
    paths = []
    for layer in layers:
        paths.append(os.path.join(folder, layer.replace('/', '.').replace(':', '-') + '.png'))
        command = ['figure', maps, '--layers', layer, '--at', PLACE, '-o', paths[-1]]
        if call_program('net_activations', *command) != 0:
            return []
    return paths


def report_dice(home: str, segmentation: str, labels: str) -> None:
    """
    Print how well the segmentation agrees with the template's own tissue maps.

    :param home: folder that :func:`make_home` made
    :param segmentation: path of the label volume that NiftyNet wrote
    :param labels: path of the labels that the network was trained with
    """
    dice = runpy.run_path(os.path.join(home, EXTENSION, 'data.py'))['dice']
    found, wanted = (
        np.asanyarray(nib.Nifti1Image.from_filename(path).dataobj).squeeze()
        for path in (segmentation, labels)
    )
    values = [dice(found, wanted, label) for label, _ in TISSUES]
    each = ', '.join('{} {:.3f}'.format(name, v) for (_, name), v in zip(TISSUES, values))
    print('Mean Dice {:.3f} ({}).'.format(np.mean(values), each))
    print('This is the image the network was trained on: no measure of how good it is elsewhere.')


def print_places(segmentation: str, maps: str, pictures: Sequence[str]) -> None:
    """
    :param segmentation: path of the label volume
    :param maps: folder of the maps
    :param pictures: list of paths
    """
    print('\nSegmentation  {}'.format(segmentation))
    print('Maps          {}'.format(maps))
    for path in pictures:
        print('Figure        {}'.format(path))
    print('Report        {}'.format(os.path.join(maps, 'report.html')))
    print('\nTo look at the maps in a browser, start the viewer:')
    print('  {} view {}'.format(program_path('net_activations'), maps))


if __name__ == '__main__':
    sys.exit(main())
