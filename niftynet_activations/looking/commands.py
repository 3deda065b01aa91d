# -*- coding: utf-8 -*-
"""
The subcommands of ``net_activations`` that work on a folder of maps after the run.

Vocabulary of this module:

DIR
    the folder that a run wrote its maps to (``activation_dir``).
subcommand
    a parser and a function from its arguments to the exit status; what is wrong with the
    folder is raised as an :class:`~niftynet_activations.errors.ActivationError`.
"""

import argparse
import sys

from niftynet_activations.errors import OptionError
from niftynet_activations.hints import Commands
from niftynet_activations.looking.arguments import FOLDER_HELP, numbers, words
from niftynet_activations.looking.viewer.addresses import LOOPBACK


def add_parsers(subparsers: Commands) -> None:
    """
    Add ``report``, ``view`` and ``table`` to the command line.

    :param subparsers: what ``ArgumentParser.add_subparsers`` returned
    """
    _add_report(subparsers)
    _add_view(subparsers)
    _add_table(subparsers)


def _add_report(subparsers: Commands) -> None:
    parser = subparsers.add_parser(
        'report', help='write an HTML report of the maps', description=run_report.__doc__
    )
    parser.add_argument('folder', metavar='DIR', help=FOLDER_HELP)
    parser.add_argument('-o', '--output', metavar='FILE', help='default: report.html in DIR')
    parser.add_argument(
        '--input',
        metavar='NAME',
        help='which input image the maps are drawn over, where there are several: a part of its '
        "file's name, or its number from 1; default: the first",
    )
    parser.add_argument('--subjects', metavar='LIST', help='names of subjects; all if not given')
    parser.add_argument('--layers', metavar='LIST', help='names of layers; all if not given')
    parser.add_argument('--channels', metavar='LIST', help='0:8 or 0,3,5; all if not given')
    parser.add_argument(
        '--at',
        metavar='X,Y,Z',
        help='a place in mm (RAS+) for all maps, --at=-10,5,0 if it begins with a minus; '
        "default: the centre of the subject's segmentation",
    )
    parser.set_defaults(run=run_report)


def _add_view(subparsers: Commands) -> None:
    parser = subparsers.add_parser(
        'view', help='look at the maps in a browser', description=run_view.__doc__
    )
    parser.add_argument(
        'folder', metavar='DIR', nargs='+', help=FOLDER_HELP + '; several are compared'
    )
    parser.add_argument(
        '--labels', metavar='FILE_OR_DIR', help='label images to show, given as for table'
    )
    parser.add_argument('--port', type=int, default=0, help='default: a free one')
    parser.add_argument(
        '--host',
        default=LOOPBACK,
        help='the address to listen on; the default can be reached from this machine alone',
    )
    parser.set_defaults(run=run_view)


def _add_table(subparsers: Commands) -> None:
    parser = subparsers.add_parser(
        'table', help='statistics of the maps per label', description=run_table.__doc__
    )
    parser.add_argument('folder', metavar='DIR', help=FOLDER_HELP)
    parser.add_argument(
        '--labels',
        metavar='FILE_OR_DIR',
        required=True,
        help='a label image in the same space for all subjects; or one for each: a folder of '
        'images or of one folder a subject, a pattern in quotation marks, or a CSV of subject and '
        'file',
    )
    parser.add_argument(
        '-o',
        '--output',
        metavar='FILE',
        help='a .csv or .parquet file, or a folder (with / at its end) that gets a Parquet file '
        'for each subject; default: activation_table_<postfix>.csv in DIR',
    )
    parser.set_defaults(run=run_table)


def run_report(arguments: argparse.Namespace) -> int:
    """Write one self-contained HTML file with pictures and facts of each map."""
    try:
        from niftynet_activations.looking.report.page import write_report
    except ImportError as error:
        raise OptionError(
            'the report needs a package that is not installed ({}); '
            'pip install matplotlib jinja2'.format(error)
        ) from error
    from niftynet_activations.looking.report.choice import Choice

    choice = Choice(
        arguments.input,
        words(arguments.subjects),
        words(arguments.layers),
        arguments.channels,
        numbers(arguments.at, 3, '--at'),
    )
    path = write_report(arguments.folder, arguments.output, choice=choice)
    sys.stdout.write('{}\n'.format(path))
    return 0


def run_view(arguments: argparse.Namespace) -> int:
    """Serve a page that shows the maps over their inputs, until Ctrl-C; its URL is printed."""
    from niftynet_activations.looking.viewer.addresses import ways_in
    from niftynet_activations.looking.viewer.server import ViewerServer

    with ViewerServer(arguments.folder, arguments.host, arguments.port, arguments.labels) as server:
        for line in ways_in(server.server_address[0], server.server_address[1]):
            sys.stdout.write('{}\n'.format(line))
        sys.stdout.write('Open it in a browser; Ctrl-C here ends it.\n')
        sys.stdout.flush()
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            # The ordinary way to end it.
            sys.stdout.write('\n')
    return 0


def run_table(arguments: argparse.Namespace) -> int:
    """
    Write mean, std, min, max and median of each channel within each label, as CSV, Parquet, or a
    folder of Parquet files.
    """
    from niftynet_activations.looking.answers.datasets import is_dataset, write_dataset
    from niftynet_activations.looking.answers.table_files import check_table_path, write_tables
    from niftynet_activations.looking.label_files import find_labels
    from niftynet_activations.looking.maps import ActivationMaps
    from niftynet_activations.looking.region_tables import region_table, table_path

    maps = ActivationMaps(arguments.folder)
    labels = find_labels(arguments.labels, maps.subjects)
    path = arguments.output or table_path(maps)
    if not is_dataset(path):
        check_table_path(path)
    # one subject after the other: the folder may hold any number of them
    by_subject = ((name, region_table(some, labels)) for name, some in maps.by_subject())
    if is_dataset(path):
        write_dataset(path, by_subject)
    else:
        write_tables((table for _, table in by_subject), path)
    sys.stdout.write('{}\n'.format(path))
    return 0
