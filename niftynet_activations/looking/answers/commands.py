# -*- coding: utf-8 -*-
"""
The subcommands of ``net_activations`` that answer questions from a folder of maps.

Each command imports its libraries only when it runs, so that other commands start quickly.
"""

import argparse
import sys
from typing import TYPE_CHECKING, List, Optional

from niftynet_activations.errors import OptionError
from niftynet_activations.hints import Commands, Table
from niftynet_activations.looking.arguments import FOLDER_HELP, check_path, words

if TYPE_CHECKING:
    from niftynet_activations.looking.maps import ActivationMaps

LABELS_HELP = 'a label image in the same space for all subjects, or a folder with one for each'
OUTPUT_HELP = (
    'a .csv or .parquet file; CSV to standard output if not given; of features also a folder (with '
    '/ at its end) that gets a Parquet file for each subject'
)


def add_answer_parsers(subparsers: Commands) -> None:
    """
    Add ``features``, ``components``, ``units``, ``compare`` and ``sample`` to the command line.

    :param subparsers: what ``ArgumentParser.add_subparsers`` returned
    """
    parser = _folder_parser(subparsers, 'features', 'one row of features a subject or region')
    regions = parser.add_mutually_exclusive_group()
    regions.add_argument('--labels', metavar='FILE_OR_DIR', help=LABELS_HELP)
    regions.add_argument(
        '--points', metavar='FILE', help='a CSV with x, y, z in mm: a region is a box around each'
    )
    parser.add_argument('--size', type=float, default=10.0, help='edge of a box, mm (10)')
    parser.add_argument('--statistics', metavar='LIST', help='mean,std,p10,median,skewness,cov,...')
    parser.set_defaults(run=run_features)
    _add_components(subparsers)
    parser = _folder_parser(subparsers, 'units', 'which channel answers to which label')
    parser.add_argument('--labels', metavar='FILE_OR_DIR', required=True, help=LABELS_HELP)
    parser.set_defaults(run=run_units)
    parser = _folder_parser(subparsers, 'compare', 'how two folders of maps differ', ['other'])
    parser.add_argument('--figure', metavar='FILE', help='a picture of it: .png, .svg or .pdf')
    parser.set_defaults(run=run_compare)
    parser = _folder_parser(subparsers, 'sample', 'the values of the maps at points')
    parser.add_argument('--points', metavar='FILE', required=True, help='a CSV: x, y, z in mm')
    parser.set_defaults(run=run_sample)


def _add_components(subparsers: Commands) -> None:
    parser = subparsers.add_parser(
        'components',
        help='principal components, factors or clusters of layers',
        description=run_components.__doc__,
    )
    parser.add_argument('folder', metavar='DIR', help=FOLDER_HELP)
    parser.add_argument('--layers', metavar='LIST', help='names of layers; each gets its own basis')
    parser.add_argument('--number', metavar='N', type=int, help='how many components (3)')
    parser.add_argument('--method', metavar='pca|nmf|kmeans', help='pca if not given')
    parser.add_argument('--basis', metavar='FILE', help='use this saved basis, and fit none')
    parser.add_argument(
        '-o',
        '--output',
        metavar='FILE',
        help='the .npz file for the basis; components_<layer>_<method>.npz in DIR if not given',
    )
    parser.set_defaults(run=run_components)


def _folder_parser(
    subparsers: Commands, name: str, told: str, further: Optional[List[str]] = None
) -> argparse.ArgumentParser:
    run = {
        'features': run_features,
        'units': run_units,
        'compare': run_compare,
        'sample': run_sample,
    }[name]
    parser = subparsers.add_parser(name, help=told, description=run.__doc__)
    parser.add_argument('folder', metavar='DIR', help=FOLDER_HELP)
    for each in further or ():
        parser.add_argument(each, metavar='DIR', help='another such folder')
    if name != 'sample':
        parser.add_argument('--layers', metavar='LIST', help='names of layers; all if not given')
    parser.add_argument('-o', '--output', metavar='FILE', help=OUTPUT_HELP)
    return parser


def _layers(text: Optional[str], maps: 'ActivationMaps') -> Optional[List[str]]:
    """Give the names of the chosen layers, None for all; a wrong name fails before any work."""
    return None if text is None else maps.layers_named(words(text))


def _check_output(arguments: argparse.Namespace) -> None:
    from niftynet_activations.looking.answers.table_files import check_table_path

    if arguments.output is not None and not _is_dataset(arguments):
        check_table_path(arguments.output)


def _is_dataset(arguments: argparse.Namespace) -> bool:
    from niftynet_activations.looking.answers.datasets import is_dataset

    given = arguments.output is not None and is_dataset(arguments.output)
    return given and arguments.command == 'features'


def _tell(table: Table, arguments: argparse.Namespace) -> int:
    from niftynet_activations.looking.answers.table_files import table_text

    sys.stdout.write(table_text(table, arguments.output))
    return 0


def run_features(arguments: argparse.Namespace) -> int:
    """Write one row a subject, or a subject and region, with statistics of each channel."""
    from niftynet_activations.looking.answers.datasets import write_dataset
    from niftynet_activations.looking.answers.features import features
    from niftynet_activations.looking.answers.statistics import DEFAULT
    from niftynet_activations.looking.answers.table_files import write_tables
    from niftynet_activations.looking.label_files import labels_by_subject
    from niftynet_activations.looking.maps import ActivationMaps

    _check_output(arguments)
    maps = ActivationMaps(arguments.folder)
    names = DEFAULT if arguments.statistics is None else arguments.statistics.split(',')
    layers = _layers(arguments.layers, maps)
    labels = arguments.labels
    if labels is not None:
        labels = labels_by_subject(labels, maps.subjects)

    def table_of(some: ActivationMaps) -> Table:
        there = None if layers is None else [layer for layer in layers if layer in some.layers]
        return features(some, labels, names, arguments.points, arguments.size, there)

    one_by_one = ((subject, table_of(some)) for subject, some in maps.by_subject())
    if not _is_dataset(arguments):
        if arguments.output is None or not arguments.output.lower().endswith('.csv'):
            return _tell(table_of(maps), arguments)
        write_tables((table for _, table in one_by_one), arguments.output)
        sys.stdout.write(arguments.output + '\n')
        return 0
    count = write_dataset(arguments.output, one_by_one)
    sys.stdout.write('{}: {} subjects\n'.format(arguments.output, count))
    return 0


def run_components(arguments: argparse.Namespace) -> int:
    """
    Write component maps: principal components, non-negative factors or clusters of the channels of
    layers, fitted to all subjects of the folder, or made with a basis that was saved before.
    """
    from niftynet_activations.looking.answers.components import components, in_lines
    from niftynet_activations.looking.maps import ActivationMaps

    given = [
        name for name in ('number', 'method', 'output') if getattr(arguments, name) is not None
    ]
    if arguments.basis is not None and given:
        raise OptionError(
            '--basis takes a basis as it is: leave out {}'.format(
                ', '.join('--' + name for name in given)
            )
        )
    maps = ActivationMaps(arguments.folder)
    layers = _layers(arguments.layers, maps)
    number = 3 if arguments.number is None else arguments.number
    method = arguments.method or 'pca'
    bases, made = components(maps, layers, number, method, arguments.basis, arguments.output)
    sys.stdout.write(''.join(line + '\n' for line in in_lines(bases, made)))
    return 0


def run_units(arguments: argparse.Namespace) -> int:
    """
    Score every channel against every label over all subjects: area under the ROC curve, best Dice
    and its threshold, intersection over union at the 99.5th percentile. The table also marks dead
    and duplicate channels.
    """
    from niftynet_activations.looking.answers.units import units
    from niftynet_activations.looking.label_files import find_labels
    from niftynet_activations.looking.maps import ActivationMaps

    _check_output(arguments)
    maps = ActivationMaps(arguments.folder)
    layers = _layers(arguments.layers, maps)
    return _tell(units(maps, find_labels(arguments.labels, maps.subjects), layers), arguments)


def run_compare(arguments: argparse.Namespace) -> int:
    """
    Compare the maps of two folders, layer by layer: largest and mean difference, correlation, and
    linear centred kernel alignment. Layers of one name are compared, or, where --layers names
    some, each of these with each layer of the second folder.
    """
    from niftynet_activations.looking.answers.comparing import compare
    from niftynet_activations.looking.figures.commands import SUFFIXES
    from niftynet_activations.looking.figures.figure import write_figure
    from niftynet_activations.looking.maps import ActivationMaps

    _check_output(arguments)
    if arguments.figure is not None:
        check_path(arguments.figure, SUFFIXES)
    first, second = ActivationMaps(arguments.folder), ActivationMaps(arguments.other)
    layers = _layers(arguments.layers, first)
    if layers is None:
        pairs = [(name, name) for name in first.layers if name in second.layers]
        if not pairs:
            raise OptionError(
                '{} and {} have no layer of one name; choose with --layers, and each is compared '
                'with each layer of the second folder'.format(first.folder, second.folder)
            )
    else:
        pairs = [(a, b) for a in layers for b in second.layers]
    table = compare(first, second, pairs).table
    if arguments.figure is not None:
        from niftynet_activations.looking.answers.comparison_figure import comparison_figure

        figure = comparison_figure(table, first.folder, second.folder)
        write_figure(figure, arguments.figure)
    return _tell(table, arguments)


def run_sample(arguments: argparse.Namespace) -> int:
    """
    Write the values of all channels of all maps at points in mm, by linear interpolation between
    samples.
    """
    from niftynet_activations.looking.answers.points import sample_points
    from niftynet_activations.looking.maps import ActivationMaps

    _check_output(arguments)
    return _tell(sample_points(ActivationMaps(arguments.folder), arguments.points), arguments)
