# -*- coding: utf-8 -*-
"""
Compare what two checkouts of this package write: maps, sidecars, tables, segmentations.

    python scripts/compare_checkouts.py BEFORE AFTER [--output FOLDER] [--only NAME ...]

*Before* and *after* are folders that hold the package, such as two worktrees; both run in the
Python that runs this script. NiftyNet's twelve networks run once each, and its toynet with a
handful of settings, on small random images with random weights. A *workload* is a config and its
runs. A table is printed; the exit status is 1 if any byte differs. New keys of a sidecar, table
rows in another order, and zarr stores that hold the same numbers in other files are listed, but do
not count as a difference.
"""

import argparse
import functools
import json
import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Callable, Dict, List, NamedTuple, Optional, Sequence

from checkouts_differences import Difference, compare_folders

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
sys.path[:0] = [ROOT, os.path.join(ROOT, 'trials')]
WORKER = os.path.join(HERE, 'checkouts_worker.py')
SIDES = ('before', 'after')
AT_A_TIME = 2

Runs = Dict[str, Dict[str, object]]

TOY_LAYERS = 'conv_input_bn_relu,logits,probabilities'
TOY_RUNS: Runs = {
    'nii': dict(layers=TOY_LAYERS, format='nii'),
    'nii.gz': dict(layers='all', format='nii.gz', tables='segmentation'),
    'zarr': dict(layers=TOY_LAYERS, format='zarr'),
    'zarr float16': dict(layers=TOY_LAYERS, format='zarr', dtype='float16'),
    'int16': dict(layers=TOY_LAYERS, format='nii', dtype='int16'),
    'uint8 5d': dict(layers=TOY_LAYERS, dtype='uint8', layout='5d'),
    'split channels': dict(layers='conv_input_bn_relu', layout='split', channels='0:8:3'),
    'mean': dict(layers='conv_input_bn_relu', reduce='mean', format='nii'),
    'average': dict(layers=TOY_LAYERS, stitch='average', format='nii'),
    'gaussian input': dict(layers=TOY_LAYERS, stitch='gaussian', resolution='input'),
    'input': dict(layers=TOY_LAYERS, resolution='input', tables='segmentation'),
    'aligned': dict(layers=TOY_LAYERS, grid='aligned', format='nii', border='4,4,4'),
    'batch': dict(layers=TOY_LAYERS, batch_size=3, format='nii'),
    'probabilities': dict(layers='logits', format='nii', resolution='input', output_prob=True),
}
RESIZED_RUNS: Runs = {
    'resize': dict(layers=TOY_LAYERS, format='nii', tables='segmentation'),
    'resize input': dict(layers=TOY_LAYERS, resolution='input'),
}
NETWORK_RUNS: Runs = {
    'native': dict(layers='top,penultimate,logits,probabilities', format='nii', memory=8),
    'aligned': dict(layers='penultimate', grid='aligned', reduce='l2', tables='segmentation'),
}


class Workload(NamedTuple):
    """A config and the runs that are made with it."""

    name: str
    make: Callable[[Path], str]  # writes images, checkpoint and config; gives the config's path
    runs: Runs


def workloads() -> List[Workload]:
    """
    :return: all workloads
    """
    from small_configs import NETWORKS

    found = [
        Workload('toy', lambda folder: make_toy_config(folder, 'uniform'), TOY_RUNS),
        Workload('toy resized', lambda folder: make_toy_config(folder, 'resize'), RESIZED_RUNS),
    ]
    for network in NETWORKS:
        found.append(
            Workload(
                network,
                functools.partial(make_network_config, network=network),
                NETWORK_RUNS,
            )
        )
    return found


def make_toy_config(folder: Path, sampling: str) -> str:
    """
    :param folder: a new one
    :param sampling: NiftyNet's ``window_sampling``
    :return: path of a config of toynet on three subjects
    """
    import toy_runs

    return toy_runs.make_toy(folder, sampling=sampling)


def make_network_config(folder: Path, network: str) -> str:
    """
    :param folder: a new one
    :param network: one of NiftyNet's
    :return: path of a config of it on one subject
    """
    import random_checkpoint
    from small_configs import DEFAULT, SMALL, small_config

    folder.mkdir()
    shape, window, border = SMALL.get(network, DEFAULT)
    config = small_config(network, folder, shape, window, border)
    random_checkpoint.write_checkpoint(config, str(folder / 'model'), window)
    return config


def main(arguments: Optional[Sequence[str]] = None) -> int:
    """
    :param arguments: of the command line
    :return: exit status
    """
    options = _parser().parse_args(arguments)
    folder = os.path.abspath(options.output or tempfile.mkdtemp(prefix='checkouts-'))
    os.makedirs(folder, exist_ok=True)
    home = os.path.join(folder, 'home')
    os.makedirs(home, exist_ok=True)
    with open(os.path.join(home, 'config.ini'), 'w') as target:
        target.write('[global]\nhome = {}\n'.format(home))
    os.environ['niftynet_config_home'] = home
    chosen = [each for each in workloads() if not options.only or each.name in options.only]
    places = {each.name: Path(folder) / each.name.replace(' ', '-') for each in chosen}
    configs = {}
    for each in chosen:
        shutil.rmtree(str(places[each.name]), ignore_errors=True)
        configs[each.name] = each.make(places[each.name])

    def run(workload: Workload) -> Dict[str, Difference]:
        place = places[workload.name]
        checkouts = (options.before, options.after)
        return run_workload(workload, configs[workload.name], place, checkouts)

    with ThreadPoolExecutor(AT_A_TIME) as pool:
        found = dict(zip([each.name for each in chosen], pool.map(run, chosen)))
    sys.stdout.write(table(found))
    if not options.output:
        shutil.rmtree(folder)
    return 1 if any(each.changed for runs in found.values() for each in runs.values()) else 0


def run_workload(
    workload: Workload, config: str, place: Path, checkouts: Sequence[str]
) -> Dict[str, Difference]:
    """
    Run a workload in both checkouts, one after the other, as both write into the checkpoint's
    folder.

    :param workload: the workload
    :param config: path of its config
    :param place: output folder
    :param checkouts: before and after
    :return: name of a run -> its differences; the inventory counts as a run
    """
    runs = place / 'runs.json'
    with open(str(runs), 'w') as target:
        json.dump(workload.runs, target)
    for side, checkout in zip(SIDES, checkouts):
        words = [sys.executable, WORKER, config, str(place / side), str(runs)]
        with open(str(place / (side + '.log')), 'wb') as log:
            status = subprocess.call(
                words,
                env=dict(os.environ, PYTHONPATH=os.path.abspath(checkout)),
                cwd=str(place),
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        if status:
            missing = '{}: ended with {}, see {}'.format(side, status, log.name)
            return {'all': Difference(0, [missing], set(), [], [])}
        sys.stderr.write('{}: {} done\n'.format(workload.name, side))
    found = {
        name: compare_folders(str(place / 'before' / name), str(place / 'after' / name))
        for name in workload.runs
    }
    inventories = [place / each / 'inventory' for each in SIDES]
    found['layers'] = compare_folders(*[str(each) for each in inventories])
    return found


def table(found: Dict[str, Dict[str, Difference]]) -> str:
    """
    :param found: workload -> run -> its differences
    :return: Markdown
    """
    titles = ['workload', 'run', 'files', 'differ', 'new keys', 'rows in another order']
    titles.append('same numbers in other files')
    lines = ['| {} |'.format(' | '.join(each)) for each in (titles, ['---'] * len(titles))]
    details = []
    for workload, runs in found.items():
        for run, each in runs.items():
            cells = [workload, run, each.files, len(each.changed)]
            cells += [
                ', '.join(sorted(each.new_keys)) or 'none',
                ', '.join(each.reordered) or 'none',
                len(each.restored),
            ]
            lines.append('| {} |'.format(' | '.join(str(cell) for cell in cells)))
            details += ['{}, {}: {}'.format(workload, run, text) for text in each.changed]
    return '\n'.join(lines + [''] + details) + '\n'


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.strip().splitlines()[0])
    parser.add_argument('before', help='folder that holds the package as it was')
    parser.add_argument('after', help='folder that holds the package as it is')
    parser.add_argument(
        '--output', help='folder to keep what was written; default: a temporary one'
    )
    parser.add_argument('--only', nargs='+', metavar='NAME', help='workloads; default: all')
    return parser


if __name__ == '__main__':
    sys.exit(main())
