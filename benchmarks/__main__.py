# -*- coding: utf-8 -*-
"""
Measure what activation maps cost compared with plain NiftyNet, as a table and as JSON.

Run it on a machine that does nothing else. --cases chooses some of the cases, so that a long
measurement can be split; --quick tries everything out on small volumes, whose figures mean nothing.
"""

import argparse
import collections
import json
import os
import shutil
import sys
import tempfile
from typing import Dict, List, Mapping, Optional, Sequence, Tuple, TypeVar

from benchmarks import cases, results, runs, tables
from benchmarks.machine import facts
from benchmarks.workloads import Workload, quick

JSON_FILE = 'benchmarks.json'
TABLE_FILE = 'benchmarks.md'
Name = TypeVar('Name')


def main(arguments: Optional[Sequence[str]] = None) -> int:
    """
    :param arguments: of the command line
    :return: exit status: 0, also where a target is missed
    """
    options = _parser().parse_args(arguments)
    if options.repeats is None:
        options.repeats = 1 if options.quick else 5
    chosen = [case for case in tables.CASES if case.name in options.cases]
    os.makedirs(options.output, exist_ok=True)
    measured: Dict[str, Dict[str, List[runs.Run]]] = collections.OrderedDict()
    medians: Dict[str, cases.Medians] = {}
    for group in sorted({case.group for case in chosen}):
        measured[group], medians[group] = measure(group, options)
    rows = [results.judge(case, medians[case.group]) for case in chosen]
    text = results.table(rows, measured, facts(options))
    with open(os.path.join(options.output, TABLE_FILE), 'w') as target:
        target.write(text)
    with open(os.path.join(options.output, JSON_FILE), 'w') as target:
        json.dump(results.as_json(rows, measured, facts(options)), target, indent=1)
    sys.stdout.write(text)
    return 0


def measure(
    group: str, options: argparse.Namespace
) -> Tuple[Dict[str, List[runs.Run]], Dict[str, cases.Median]]:
    """
    Run a group's variants in turn, so that other work on the machine slows all of them alike. Their
    order changes from turn to turn, because a run is faster with memory that the run before it
    has just freed.

    :param group: its name
    :param options: of the command line
    :return: name of a variant -> list of Run; name of a variant -> Median
    """
    variants = tables.GROUPS[group]
    folder = tempfile.mkdtemp(prefix='benchmark-', dir=options.output)
    try:
        workloads, prepared = _prepare(variants, options, folder)
        found: Dict[str, List[runs.Run]] = collections.OrderedDict()
        found.update((name, []) for name in variants)
        for turn in range(options.repeats):
            for name in balanced_order(list(variants), turn):
                variant = variants[name]
                run = runs.run_variant(variant, prepared[variant.workload])
                found[name].append(run)
                sys.stderr.write(
                    '{}, turn {} of {}, {}: {:.2f} s, {:.0f} MB\n'.format(
                        group, turn + 1, options.repeats, name, run.seconds, run.bytes / results.MB
                    )
                )
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    medians = {}
    for name, variant in variants.items():
        step = cases.step_bytes(variant, workloads[variant.workload])
        raw = variant.channels * prepared[variant.workload].voxels * cases.FLOAT_BYTES
        medians[name] = results.median_of(found[name], step, raw)
    return found, medians


def balanced_order(names: Sequence[Name], turn: int) -> List[Name]:
    """
    Give the order of one turn in a design balanced for carry-over (Williams, 1949): over n turns (2
    n where n is odd) each of n names directly follows each other name equally often.

    :param names: the names, n of them
    :param turn: number of the turn, from 0
    :return: the names in that turn's order
    """
    count = len(names)
    zigzag = [(each + 1) // 2 if each % 2 else -(each // 2) for each in range(count)]
    order = [names[(each + turn) % count] for each in zigzag]
    return order[::-1] if count % 2 and turn // count % 2 else order


def _prepare(
    variants: Mapping[str, cases.Variant], options: argparse.Namespace, folder: str
) -> Tuple[Dict[str, Workload], Dict[str, runs.Prepared]]:
    names = sorted({variant.workload for variant in variants.values()})
    workloads = {name: tables.WORKLOADS[name] for name in names}
    if options.quick:
        workloads = {name: quick(each) for name, each in workloads.items()}
    prepared = {}
    for name, workload in workloads.items():
        layers = {each.layer for each in variants.values() if each.workload == name and each.layer}
        place = os.path.join(folder, name.replace(' ', '-'))
        prepared[name] = runs.prepare(workload, layers, place)
    return workloads, prepared


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog='python -m benchmarks',
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    names = [case.name for case in tables.CASES]
    parser.add_argument('--cases', nargs='+', choices=names, default=names, metavar='CASE')
    parser.add_argument('--repeats', type=int, help='turns of each variant; default 5, quick 1')
    parser.add_argument('--quick', action='store_true', help='small volumes, to try it out')
    parser.add_argument(
        '--output',
        default='bench-output',
        type=os.path.abspath,
        help='folder; default: %(default)s',
    )
    parser.epilog = 'cases: ' + ', '.join(names)
    return parser


if __name__ == '__main__':
    sys.exit(main())
