# -*- coding: utf-8 -*-
"""
One run of a variant: a NiftyNet command in a process of its own, timed and watched.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from typing import Collection, Dict, List, NamedTuple, Sequence

from benchmarks.cases import Variant
from benchmarks.memory import PeakMemory
from benchmarks.volumes import ROOT, modalities, write_volume
from benchmarks.workloads import Workload

sys.path.insert(0, os.path.join(ROOT, 'trials'))
from configs import write_config  # noqa: E402

LOG_LINES = 20
# a name, not an import, which would bring TensorFlow into the measuring program
PLAIN_WAY, PLAIN_WAY_TENSOR = 'benchmarks.plain_way.PlainWay', 'BENCHMARK_TENSOR'


class Run(NamedTuple):
    """Time and memory of one run."""

    seconds: float  # wall time
    bytes: float  # peak memory


class Prepared(NamedTuple):
    """A workload that is ready to be run."""

    folder: str
    tensors: Dict[str, str]  # layer -> the tensor that its map comes from
    voxels: int  # of the volume
    environment: Dict[str, str]


class RunFailed(Exception):
    """A command failed (exit status other than 0); the message holds the end of its log."""


def prepare(workload: Workload, layers: Collection[str], folder: str) -> Prepared:
    """
    Write the images, the config and a checkpoint of a workload.

    :param workload: a Workload
    :param layers: names of layers whose maps are saved
    :param folder: folder that is made for them
    :return: a Prepared
    :raises RunFailed: where the network cannot be built
    """
    os.makedirs(os.path.join(folder, 'data'))
    names = modalities(workload.modalities)
    for name in names:
        image = os.path.join(folder, 'data', 'mni152_{}.nii.gz'.format(name))
        shape = write_volume(image, workload.cut, workload.repeats, name)
    thick = workload.axes
    window = (workload.window,) * thick + (1,) * (3 - thick)
    border = (workload.border,) * thick + (0,) * (3 - thick)
    changes = {
        'NETWORK': dict(name=workload.network, volume_padding_size=border, whitening=True),
        'INFERENCE': dict(border=border, output_postfix='benchmark'),
        'SEGMENTATION': dict(num_classes=4, output_prob=False),
    }
    path = os.path.join(folder, 'benchmark.ini')
    write_config(path, names, window, changes)
    with open(os.path.join(folder, 'config.ini'), 'w') as config:
        config.write('[global]\nhome = {}\n'.format(folder))
    variables = dict(os.environ, niftynet_config_home=folder, HOME=folder)
    variables['PYTHONPATH'] = os.pathsep.join(
        [ROOT] + [each for each in [os.environ.get('PYTHONPATH')] if each]
    )
    variables.setdefault('TF_CPP_MIN_LOG_LEVEL', '2')
    words = [sys.executable, '-m', 'benchmarks.prepare', os.path.join(folder, 'benchmark.ini')]
    log = os.path.join(folder, 'prepare.log')
    watch(words + sorted(layers), variables, log)
    with open(log, errors='replace') as lines:
        (found,) = [line for line in lines if line.startswith('TENSORS ')]
    voxels = shape[0] * shape[1] * shape[2]
    return Prepared(folder, json.loads(found[len('TENSORS ') :]), voxels, variables)


def run_variant(variant: Variant, prepared: Prepared) -> Run:
    """
    :param variant: a Variant
    :param prepared: its workload's Prepared
    :return: a Run: wall time in seconds, peak memory in bytes
    :raises RunFailed: where the command does
    """
    output = tempfile.mkdtemp(prefix='output-', dir=prepared.folder)
    try:
        return watch(
            command(variant, prepared, output),
            environment(variant, prepared),
            os.path.join(prepared.folder, 'run.log'),
        )
    finally:
        _empty(output)


def _empty(folder: str) -> None:
    """
    Free the disk space of a run by emptying its files, without removing them. For minutes after
    thousands of files are removed, ext4 creates new ones slowly (it skips inodes that were freed
    recently), which would slow the next run.
    """
    for path, _, names in os.walk(folder):
        for name in names:
            os.truncate(os.path.join(path, name), 0)


def command(variant: Variant, prepared: Prepared, output: str) -> List[str]:
    """
    :param variant: a Variant
    :param prepared: its workload's Prepared
    :param output: folder for the segmentation and the map
    :return: list of words
    """
    program = 'net_segment' if variant.kind == 'a' else 'net_run'
    words = [os.path.join(os.path.dirname(sys.executable), program), 'inference']
    words += ['-c', os.path.join(prepared.folder, 'benchmark.ini'), '--save_seg_dir', output]
    if variant.kind == 'b':
        words += ['-a', 'niftynet_activations.app']
        for name, value in sorted(variant.options.items()):
            words += ['--activation_' + name, str(value)]
    elif variant.kind == 'c':
        words += ['-a', PLAIN_WAY]
    return words


def environment(variant: Variant, prepared: Prepared) -> Dict[str, str]:
    """
    :param variant: a Variant
    :param prepared: its workload's Prepared
    :return: dictionary of environment variables
    """
    if variant.kind != 'c':
        return prepared.environment
    return dict(prepared.environment, **{PLAIN_WAY_TENSOR: prepared.tensors[str(variant.layer)]})


def watch(words: Sequence[str], variables: Dict[str, str], log: str) -> Run:
    """
    :param words: a command
    :param variables: its environment
    :param log: path of the file for its output; the command runs in that file's folder
    :return: a Run
    :raises RunFailed: if its exit status is not 0
    """
    start = time.monotonic()
    with open(log, 'wb') as lines:
        process = subprocess.Popen(
            words,
            env=variables,
            cwd=os.path.dirname(log),
            stdin=subprocess.DEVNULL,
            stdout=lines,
            stderr=subprocess.STDOUT,
        )
        try:
            with PeakMemory(process.pid) as memory:
                status = process.wait()
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
    seconds = time.monotonic() - start
    if status != 0:
        with open(log, errors='replace') as lines:
            end = ''.join(lines.readlines()[-LOG_LINES:])
        raise RunFailed('{} ended with status {}:\n{}'.format(' '.join(words), status, end))
    return Run(seconds, memory.peak)
