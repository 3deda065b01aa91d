# -*- coding: utf-8 -*-
"""
Measure the commands that answer questions from a folder of maps: ``python -m benchmarks.answers``.

A folder with one map of 80 channels and 8.7 million voxels is made, then each command is run in a
process of its own. The table gives its wall time, this time divided by that of a process that only
reads all channels, and its peak memory less that of a process that only imports the same modules.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from typing import List, NamedTuple, Optional, Sequence, Tuple

import nibabel as nib
import numpy as np

from benchmarks.memory import PeakMemory
from niftynet_activations.hints import TypedDict
from niftynet_activations.space.place import place_of_affine
from niftynet_activations.store.description import MapDescription
from niftynet_activations.store.folder import OutputFolder
from niftynet_activations.store.spec import MapSpec
from niftynet_activations.store.tables import write_layers
from niftynet_activations.store.writer import MapWriter

SHAPE, CHANNELS = (197, 233, 189), 80
QUICK_SHAPE, QUICK_CHANNELS = (40, 45, 50), 8
POINTS = 100
LAYER = 'conv'
MEBI = 1 << 20

IMPORTS = (
    'import sys, resource\n'
    'import niftynet_activations.looking.answers.components\n'
    'import niftynet_activations.looking.answers.features\n'
    'import sklearn.cluster, sklearn.decomposition\n'
)
READ = (
    IMPORTS + 'from niftynet_activations import open_activations\n'
    'for one in open_activations(sys.argv[1]).values():\n'
    '    for volume in one.channel_volumes():\n'
    '        volume.max()\n'
)
COMMAND = (
    IMPORTS + 'from niftynet_activations.command_line import main\nsys.exit(main(sys.argv[1:]))\n'
)


class Cost(NamedTuple):
    """What a process took."""

    seconds: float
    processor: float  # seconds, of all threads
    bytes: int  # largest memory of its own, without pages of mapped files


def make_folder(folder: str, shape: Sequence[int], channels: int, file_format: str) -> None:
    """
    Write one map, and labels.

    :param folder: output folder
    :param shape: (x, y, z)
    :param channels: how many
    :param file_format: value of ``activation_format``
    """
    size_x, size_y, _ = shape
    with OutputFolder(folder) as output:
        write_layers(output, [dict(name=LAYER, channels=channels)])
        write_map(output, ('a', LAYER), shape, channels, file_format)
    middle = np.zeros(shape, np.uint8)
    middle[size_x // 4 : -size_x // 4, size_y // 4 : -size_y // 4] = 1
    middle[size_x // 3 : -size_x // 3, size_y // 3 : -size_y // 3] = 2
    nib.save(nib.Nifti1Image(middle, np.eye(4)), os.path.join(folder, 'labels.nii.gz'))
    with open(os.path.join(folder, 'points.csv'), 'w') as stream:
        stream.write('x,y,z\n')
        for place in np.random.RandomState(1).uniform(0.1, 0.9, (POINTS, 3)) * shape:
            stream.write('{:.2f},{:.2f},{:.2f}\n'.format(*place))


def write_map(
    output: OutputFolder,
    key: Tuple[str, str],
    shape: Sequence[int],
    channels: int,
    file_format: str,
    step: int = 1,
) -> None:
    """
    Write a map of smooth values behind a ReLU, with noise.

    :param output: output folder
    :param key: subject and layer
    :param shape: (x, y, z)
    :param channels: how many
    :param file_format: value of ``activation_format``
    :param step: distance of its samples, in mm
    """
    random = np.random.RandomState(0)
    size_x, size_y, size_z = (int(n) for n in shape)
    place = place_of_affine(np.diag([step, step, step, 1.0]))
    spec = MapSpec(*key, 'x', (size_x, size_y, size_z), tuple(range(channels)), place)
    mixing = random.normal(size=(6, channels)).astype(np.float32)
    along = [np.linspace(0, 7, n, dtype=np.float32) for n in shape]
    writer = MapWriter(output, spec._replace(format=file_format))
    for first in range(0, size_z, 8):
        x, y, z = np.meshgrid(along[0], along[1], along[2][first : first + 8], indexing='ij')
        sources = [np.sin(x), np.cos(y), np.sin(z + x), np.cos(x * y / 7), x / 7, y * z / 49]
        block = np.stack(sources, axis=-1) @ mixing
        block += random.normal(0, 0.1, block.shape).astype(np.float32)
        writer.write((0, 0, first), np.maximum(block, 0))
    writer.finish(MapDescription(exact=True, network='none', reduce='none'))


def cost_of(program: str, words: Sequence[str]) -> Cost:
    """
    :param program: Python code
    :param words: its arguments
    :return: time and memory of its process
    :raises subprocess.CalledProcessError: if it failed
    """
    begun = time.time()
    child = subprocess.Popen(
        [sys.executable, '-c', program] + list(words), stdout=subprocess.DEVNULL
    )
    with PeakMemory(child.pid) as memory:
        _, status, used = os.wait4(child.pid, 0)
    seconds = time.time() - begun
    if status:
        raise subprocess.CalledProcessError(status, list(words))
    return Cost(seconds, used.ru_utime + used.ru_stime, memory.peak)


def questions(folder: str) -> List[Tuple[str, int, List[str]]]:
    """
    :param folder: of the map
    :return: the commands: name, how often it reads the map, and its words on the command line
    """
    labels = os.path.join(folder, 'labels.nii.gz')
    table = os.path.join(folder, 'table.csv')
    few = ['--statistics', 'mean,std,min,max,skewness,kurtosis']
    layers = ['--layers', LAYER, '--number']
    basis = os.path.join(folder, 'components_{}_pca.npz'.format(LAYER))
    points = ['--points', os.path.join(folder, 'points.csv'), '-o', table]
    figure = ['-o', table, '--figure', os.path.join(folder, 'differences.png')]
    return [
        # first, while the folder has no component maps, which these commands would read too
        ('units', 1, ['units', folder, '--layers', LAYER, '--labels', labels, '-o', table]),
        ('compare with itself', 2, ['compare', folder, folder] + figure),
        ('sample at 100 points', 1, ['sample', folder] + points),
        (
            'features around 100 points',
            1,
            ['features', folder, '--layers', LAYER, '--size', '20'] + points,
        ),
        ('features', 1, ['features', folder, '--layers', LAYER, '-o', table]),
        ('features, no percentiles', 1, ['features', folder, '--layers', LAYER, '-o', table] + few),
        (
            'features of two labels',
            1,
            ['features', folder, '--layers', LAYER, '--labels', labels, '-o', table],
        ),
        (
            'features: covariances',
            1,
            ['features', folder, '--layers', LAYER, '--statistics', 'cov', '-o', table],
        ),
        ('components, pca', 2, ['components', folder] + layers + ['3']),
        ('components, saved basis', 1, ['components', folder, '--basis', basis]),
        ('components, kmeans', 4, ['components', folder] + layers + ['5', '--method', 'kmeans']),
        ('components, nmf', 4, ['components', folder] + layers + ['4', '--method', 'nmf']),
    ]


# of the table
Row = TypedDict(
    'Row',
    {
        'name': str,
        'passes': float,
        'seconds': float,
        'processor': float,
        'ratio': float,
        'mebibytes': float,
    },
)


def measure(folder: str, wanted: Optional[Sequence[str]] = None) -> List[Row]:
    """
    :param folder: of the map
    :param wanted: beginnings of the names of questions; all where not given
    :return: rows of the table
    """
    idle, read = cost_of(IMPORTS, []), cost_of(READ, [folder])
    reading = max(read.seconds - idle.seconds, 1e-3)
    rows = [
        Row(
            name='reading all channels',
            passes=1,
            seconds=reading,
            processor=read.processor - idle.processor,
            ratio=1.0,
            mebibytes=(read.bytes - idle.bytes) / MEBI,
        )
    ]
    for name, passes, words in questions(folder):
        if wanted and not name.startswith(tuple(wanted)):
            continue
        found = cost_of(COMMAND, words)
        seconds = found.seconds - idle.seconds
        rows.append(
            Row(
                name=name,
                passes=passes,
                seconds=seconds,
                processor=found.processor - idle.processor,
                ratio=seconds / reading / passes,
                mebibytes=(found.bytes - idle.bytes) / MEBI,
            )
        )
    return rows


def as_table(rows: Sequence[Row]) -> str:
    """
    :param rows: of :func:`measure`
    :return: Markdown
    """
    titles = ('question', 'passes', 'seconds', 'of reading, a pass', 'processor seconds', 'MiB')
    lines = ['| {} |'.format(' | '.join(titles)), '| --- ' * len(titles) + '|']
    lines += [
        '| {name} | {passes} | {seconds:.1f} | {ratio:.2f} | {processor:.1f} | {mebibytes:.0f} '
        '|'.format(**row)
        for row in rows
    ]
    return '\n'.join(lines) + '\n'


def main(arguments: Optional[Sequence[str]] = None) -> int:
    """
    :param arguments: of the command line
    :return: exit status
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--quick', action='store_true', help='a small map; its figures say nothing')
    parser.add_argument('--format', default='nii.gz', help='of the map')
    parser.add_argument('--folder', help='one that was made before, by make_folder')
    parser.add_argument('--only', nargs='*', help='beginnings of the names of questions')
    options = parser.parse_args(arguments)
    if options.folder:
        sys.stdout.write(as_table(measure(options.folder, options.only)))
        return 0
    shape, channels = (QUICK_SHAPE, QUICK_CHANNELS) if options.quick else (SHAPE, CHANNELS)
    with tempfile.TemporaryDirectory(prefix='answers-') as folder:
        make_folder(folder, shape, channels, options.format)
        sys.stdout.write(as_table(measure(folder, options.only)))
    return 0


if __name__ == '__main__':
    sys.exit(main())
