# -*- coding: utf-8 -*-
"""
Compare NiftyNet's segmentation networks under TensorFlow 1.15 and under TensorFlow 2.

    python scripts/compare_stacks.py --reference PYTHON_3_7 --current PYTHON [--networks NAMES]

A *stack* is a Python with its TensorFlow: the *reference* has version 1.15, the *current* one
version 2. Both run the same inference with the same checkpoint on the same volume; probabilities,
labels and activation maps are compared. Every checkpoint of random weights is written by the
reference and read by both; some networks run a second time with a checkpoint written by the
current stack. The table is printed, and written to ``docs/stacks.md`` where all networks ran. The
exit status is 1 where a limit is missed or a comparison could not be made.
"""

import argparse
import os
import shutil
import subprocess
import sys
from typing import Dict, List, Optional, Sequence, Tuple, Union

from stacks_differences import Comparison, compare
from stacks_runs import TISSUE

Found = Union[Comparison, str]  # a comparison, or the text of what went wrong
Row = Tuple[str, str, Found]  # network, stack that wrote the checkpoint, result
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
TABLE = os.path.join(ROOT, 'docs', 'stacks.md')
NETWORKS = (
    'toynet highres3dnet_small highres3dnet highres3dnet_large deepmedic dense_vnet scalenet '
    'holisticnet unet_2d nonewnet vnet unet'
).split()
BOTH_WAYS = ('toynet', 'highres3dnet_small', 'nonewnet', 'vnet')
LIMIT_TRAINED = 1e-4
LIMIT_RANDOM = 1e-3
# Outputs of random weights that are more one-sided than this would hide differences.
LARGEST_CLASS = 0.9
LARGEST_CONFIDENCE = 0.9
FROM_REFERENCE, FROM_CURRENT = 'checkpoint_1', 'checkpoint_2'
VERSIONS = (
    'import platform, niftynet, tensorflow, numpy; '
    'print("Python {}, TensorFlow {}, numpy {}".format('
    'platform.python_version(), tensorflow.__version__, numpy.__version__))'
)


def main(arguments: Optional[Sequence[str]] = None) -> int:
    """
    :param arguments: of the command line
    :return: exit status: 0, or 1 if a comparison missed its limit or could not be made
    """
    options = _parser().parse_args(arguments)
    folder = os.path.abspath(options.folder)
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    with open(os.path.join(folder, 'config.ini'), 'w') as config:
        config.write('[global]\nhome = {}\n'.format(folder))
    networks = options.networks.split(',') if options.networks else [TISSUE] + NETWORKS
    wanted = variants(networks)
    for number, (python, tasks) in enumerate(phases(options.reference, options.current, wanted)):
        _run(python, folder, tasks, os.path.join(folder, 'log-{}.txt'.format(number + 1)))
    rows = [_compare(folder, *each) for each in wanted]
    stacks = [_versions(python, folder) for python in (options.reference, options.current)]
    text = table(rows, stacks)
    print(text)
    if not options.networks:
        with open(TABLE, 'w') as target:
            target.write(text + '\n')
    return 1 if any(fault(*row) for row in rows) else 0


def variants(networks: Sequence[str]) -> List[Tuple[str, str]]:
    """
    :param networks: names
    :return: list of (network, stack that writes the checkpoint)
    """
    here = [(network, FROM_REFERENCE) for network in networks]
    return here + [(network, FROM_CURRENT) for network in networks if network in BOTH_WAYS]


def phases(
    reference: str, current: str, wanted: Sequence[Tuple[str, str]]
) -> List[Tuple[str, List[str]]]:
    """
    :param reference: path of a Python
    :param current: path of the other Python
    :param wanted: list that :func:`variants` returned
    :return: list of (Python, tasks), in the order in which they run; see ``stacks_runs.py``
    """
    tasks: Dict[str, List[str]] = {FROM_REFERENCE: [], FROM_CURRENT: []}
    for network, variant in wanted:
        tasks[variant] += ['make:{}:{}'.format(network, variant)]
        tasks[variant] += ['run:{}:{}:own'.format(network, variant)]
    others = [
        [task[: -len('own')] + 'other' for task in tasks[variant] if task.endswith(':own')]
        for variant in (FROM_REFERENCE, FROM_CURRENT)
    ]
    found = [
        (current, tasks[FROM_CURRENT]),
        (reference, tasks[FROM_REFERENCE] + others[1]),
        (current, others[0]),
    ]
    return [(python, its) for python, its in found if its]


def fault(network: str, variant: str, found: Found) -> str:
    """
    :param network: its name
    :param variant: the stack that wrote the checkpoint
    :param found: a Comparison, or the text of an error
    :return: the fault as text; empty if no label changed, no difference is above the network's
        limit, and the outputs would show a difference
    """
    if isinstance(found, str):
        return found
    limit = LIMIT_TRAINED if network == TISSUE else LIMIT_RANDOM
    if found.labels_changed:
        return '{} labels changed'.format(found.labels_changed)
    if max(found.probability, found.map) > limit:
        return 'beyond the limit'
    if network != TISSUE and found.largest_class > LARGEST_CLASS:
        return 'one class nearly everywhere, which shows nothing'
    if network != TISSUE and found.mean_confidence > LARGEST_CONFIDENCE:
        return 'saturated, which shows nothing'
    return ''


def table(rows: Sequence[Row], stacks: Sequence[str]) -> str:
    """
    :param rows: list of (network, variant, comparison)
    :param stacks: text for each stack
    :return: text, a table in Markdown
    """
    lines = [
        '# The same networks under TensorFlow 1.15 and 2',
        '',
        'Written by `make test-stacks`.',
        '',
        '- Reference: {}'.format(stacks[0]),
        '- Current: {}'.format(stacks[1]),
        '',
        'Weights are random, balanced so that the outputs are neither saturated nor of one class;',
        'only those of `{}` are trained. *Confidence* is the mean of the largest'.format(TISSUE),
        'probability. *Probability* is the largest difference of one, *map* the largest difference',
        'of an activation map relative to its range, with its layer. No label may change. Limits:',
        '{:.0e}, and {:.0e} for the trained network.'.format(LIMIT_RANDOM, LIMIT_TRAINED),
        '',
        '| network | checkpoint by | voxels | largest class | confidence | labels changed '
        '| probability | maps | map | its layer | |',
        '|' + ' --- |' * 11,
    ]
    return '\n'.join(lines + [_line(*row) for row in rows])


def _line(network: str, variant: str, found: Found) -> str:
    cells = [network, 'reference' if variant == FROM_REFERENCE else 'current']
    if not isinstance(found, str):
        cells += [
            str(found.voxels),
            '{:.0%}'.format(found.largest_class),
            '{:.2f}'.format(found.mean_confidence),
            str(found.labels_changed),
            '{:.1e}'.format(found.probability),
            str(found.maps),
            '{:.1e}'.format(found.map),
            '`{}`'.format(found.layer),
        ]
    return '| {} | {} |'.format(' | '.join(cells), fault(network, variant, found) or 'passed')


def _compare(folder: str, network: str, variant: str) -> Row:
    place = os.path.join(folder, '{}-{}'.format(network, variant))
    reference, current = ('own', 'other') if variant == FROM_REFERENCE else ('other', 'own')
    found: Found
    try:
        found = compare(os.path.join(place, reference), os.path.join(place, current))
    except IOError as error:
        found = 'not compared: {}'.format(error)
    return network, variant, found


def _run(python: str, folder: str, tasks: Sequence[str], log_file: str) -> None:
    command = [python, os.path.join(HERE, 'stacks_runs.py'), folder, *tasks]
    with open(log_file, 'w') as log:
        done = subprocess.run(command, env=_environment(folder), cwd=folder, stderr=log)
    if done.returncode:
        print('{} ended with status {}; see {}'.format(python, done.returncode, log_file))


def _versions(python: str, folder: str) -> str:
    output = subprocess.check_output(
        [python, '-c', VERSIONS], env=_environment(folder), cwd=folder, stderr=subprocess.DEVNULL
    )
    return output.decode().strip().splitlines()[-1]


def _environment(folder: str) -> Dict[str, str]:
    quiet = {'TF_CPP_MIN_LOG_LEVEL': '2', 'PYTHONUNBUFFERED': '1'}
    return dict(os.environ, niftynet_config_home=folder, HOME=folder, **quiet)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.strip().splitlines()[0])
    parser.add_argument(
        '--reference', required=True, type=os.path.abspath, help='Python with TensorFlow 1.15'
    )
    parser.add_argument(
        '--current', required=True, type=os.path.abspath, help='Python with TensorFlow 2'
    )
    parser.add_argument('--networks', help='some of them, with commas between; default all')
    parser.add_argument(
        '--folder',
        default=os.path.join(ROOT, 'test-output', 'stacks'),
        help='of the runs; emptied at the start',
    )
    return parser


if __name__ == '__main__':
    sys.exit(main())
