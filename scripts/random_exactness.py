#!/usr/bin/env python
# -*- coding: utf-8 -*-
"""
Run random combinations of network, window, border, volume and padding, and compare every map with
one pass over the whole volume.

    python scripts/random_exactness.py 200
    python scripts/random_exactness.py 20 --seed 5000 --folder tried

A *draw* is one random combination, given by its seed. Each draw's result is kept in a file of its
own in ``--folder`` and not repeated, so that the work can be interrupted; the number counts draws
that NiftyNet ran, without those that were refused. The table is written from all files in the
folder. The exit status is 1 if a map that is marked as exact is not.
"""

import argparse
import json
import os
import pathlib
import sys
import tempfile
from types import ModuleType
from typing import Dict, List, Optional, Sequence, Tuple

from measurements import add_places

from niftynet_activations.hints import TypedDict

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TOLERANCE = 1e-4  # of a map's range

Case = TypedDict(
    'Case', {'recipe': object, 'network': str, 'window': List[int], 'grid': str}, total=False
)
Outcome = TypedDict(
    'Outcome', {'exact': Optional[bool], 'difference': Optional[float], 'because': str}
)
Draw = TypedDict(
    'Draw', {'case': Case, 'outcomes': List[Outcome], 'refused': Optional[str], 'tensorflow': str}
)

INTRODUCTION = """\
# Exact, at random

{ran} random combinations of network, window, border, volume, padding and its mode, batch size,
grid, stitch mode and reduction, run by `scripts/random_exactness.py` through the application with
TensorFlow {versions}. Every map is compared with one pass of the network over its reference
volume, sample by sample: a difference up to {tolerance:g} of the map's range counts as equal.

The random networks are made of NiftyNet's layers: convolutions (kernels 1 to 5, strides 1 to 3,
dilated, SAME and VALID), dilated blocks, pooling, skip connections around lower resolutions that
come back by transposed convolution, repetition, linear resizing or subpixels, branches, crops,
lopsided padding, and now and then instance normalisation; some of them work on slices. {refused}
more draws were refused, because the network takes no such window or the window leaves no step
between its borders.

**{violations} maps call themselves exact and differ.**

The last columns tell how cautious the program is: what it says is not exact, and what of that was
equal all the same. {means} of these {equal} are means of several windows (`average`, `gaussian`)
that all happened to see enough.
"""


def main(args: Optional[Sequence[str]] = None) -> int:
    """
    :param args: words of the command line
    :return: exit status
    """
    options = _get_parser().parse_args(args)
    os.makedirs(options.folder, exist_ok=True)
    run_draws(options.draws, options.seed, options.folder)
    draws = read_draws(options.folder)
    with open(options.write, 'w') as page:
        page.write(page_of(draws))
    print('written:', options.write)
    found = violations(draws)
    for case, outcome in found:
        print('NOT EXACT:', json.dumps(dict(case, **outcome)))
    print('{} of {} maps call themselves exact and differ'.format(len(found), len(_maps(draws))))
    return 1 if found else 0


def _get_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.strip().splitlines()[0])
    parser.add_argument('draws', type=int, help='that NiftyNet is to run')
    parser.add_argument('--seed', type=int, default=0, help='of the first draw')
    add_places(parser, 'random_exactness')
    return parser


def run_draws(wanted: int, seed: int, folder: str) -> None:
    """
    :param wanted: how many draws to have in the end; draws of earlier calls count, refused ones do
        not
    :param seed: seed of the first draw
    :param folder: folder for the results, one file for each draw
    """
    sys.path[:0] = [ROOT, os.path.join(ROOT, 'trials')]
    import random_runs

    ran = 0
    while ran < wanted:
        path = os.path.join(folder, '{}.json'.format(seed))
        if not os.path.exists(path):
            _run_draw(random_runs, seed, path)
        with open(path) as lines:
            ran += not json.load(lines)['refused']
        seed += 1


def _run_draw(random_runs: ModuleType, seed: int, path: str) -> None:
    case = random_runs.draw_case(seed)
    with tempfile.TemporaryDirectory() as scratch:
        outcomes, refused = random_runs.run_case(case, pathlib.Path(scratch))
    version = random_runs.tf.__version__
    draw = dict(case=case, outcomes=outcomes, refused=refused, tensorflow=version)
    with open(path + '.part', 'w') as output:
        json.dump(draw, output, indent=1)
    os.replace(path + '.part', path)
    print('{}: {} maps {}'.format(seed, len(outcomes), (refused or '')[:100]), flush=True)


def read_draws(folder: str) -> List[Draw]:
    """
    :param folder: folder of the results
    :return: the draws, in the order of their seeds
    """
    names = [name for name in os.listdir(folder) if name.endswith('.json')]
    draws = []
    for name in sorted(names, key=lambda name: int(name[: -len('.json')])):
        with open(os.path.join(folder, name)) as lines:
            draws.append(json.load(lines))
    return draws


def violations(draws: Sequence[Draw]) -> List[Tuple[Case, Outcome]]:
    """
    :param draws: draws that were read
    :return: (case, outcome) of each map that is marked as exact and differs
    """
    return [
        (draw['case'], outcome)
        for draw in draws
        for outcome in draw['outcomes']
        if outcome['exact'] and not _equal(outcome)
    ]


def _equal(outcome: Outcome) -> bool:
    return outcome['difference'] is None or outcome['difference'] <= TOLERANCE


def page_of(draws: Sequence[Draw]) -> str:
    """
    :param draws: draws, of which NiftyNet ran at least one
    :return: the page, in Markdown
    """
    ran = [draw for draw in draws if not draw['refused']]
    versions = ' and '.join(sorted({draw['tensorflow'] for draw in ran}))
    equal = [each for each in _maps(ran) if each['exact'] is False and _equal(each)]
    lines = [
        INTRODUCTION.format(
            ran=len(ran),
            refused=len(draws) - len(ran),
            versions=versions,
            tolerance=TOLERANCE,
            violations=len(violations(draws)) or 'No',
            equal=len(equal),
            means=sum('means of up to' in each['because'] for each in equal),
        )
    ]
    lines.append('| network | grid | runs | maps | exact | largest difference | not exact | ')
    lines[-1] += 'equal all the same | not told |'
    lines.append('| --- | --- |' + ' ---: |' * 7)
    groups: Dict[Tuple[str, str], List[Draw]] = {}
    for draw in ran:
        groups.setdefault((_kind(draw['case']), draw['case']['grid']), []).append(draw)
    lines += [_row([*key, *_figures(groups[key])]) for key in sorted(groups)]
    lines.append(_row(['all', '', *_figures(ran)]))
    return '\n'.join(lines) + '\n'


def _kind(case: Case) -> str:
    if case['recipe'] is None:
        return case['network']
    return 'random, slices' if case['window'][2] == 1 else 'random'


def _maps(draws: Sequence[Draw]) -> List[Outcome]:
    return [outcome for draw in draws for outcome in draw['outcomes']]


def _figures(draws: Sequence[Draw]) -> List[object]:
    maps = _maps(draws)
    exact = [each for each in maps if each['exact']]
    inexact = [each for each in maps if each['exact'] is False]
    largest = max([each['difference'] or 0.0 for each in exact] or [0.0])
    return [
        len(draws),
        len(maps),
        len(exact),
        '{:.1g}'.format(largest) if exact else '',
        len(inexact),
        sum(_equal(each) for each in inexact),
        len(maps) - len(exact) - len(inexact),
    ]


def _row(cells: Sequence[object]) -> str:
    return '| ' + ' | '.join(str(cell) for cell in cells) + ' |'


if __name__ == '__main__':
    sys.exit(main())
