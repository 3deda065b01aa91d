# -*- coding: utf-8 -*-
"""
The subcommand ``net_activations ablate``. TensorFlow and NiftyNet are imported when it runs.
"""

import argparse
import io
import os
import sys
from typing import Callable

from niftynet_activations.errors import InputError
from niftynet_activations.hints import Commands
from niftynet_activations.host.quiet import all_output_to

ABLATE_OPTIONS = ('--layers', '--channels', '--by', '--labels', '--output')


def add_ablate_parser(
    commands: Commands, add_config: Callable[[argparse.ArgumentParser], None]
) -> None:
    """
    :param commands: what ``ArgumentParser.add_subparsers`` returned
    :param add_config: adds the config and the application to a parser
    """
    parser = commands.add_parser(
        'ablate',
        help='change each channel of a layer in turn, and tell what becomes of the segmentation',
        description=run_ablate.__doc__,
        epilog="NiftyNet's own options and this package's override the config: "
        '--activation_memory 4',
    )
    add_config(parser)
    parser.add_argument(
        '--layers', metavar='LIST', required=True, help='selectors as in activation_layers'
    )
    parser.add_argument(
        '--channels', metavar='LIST', default='all', help='0:8, or 0,3,5; all if not given'
    )
    parser.add_argument(
        '--by',
        metavar='zero|mean|FACTOR|module.function',
        default='zero',
        help='what a channel becomes: 0, its mean over the image, itself times a factor, or what '
        "function(layer, output) gives for it; 'zero' if not given",
    )
    parser.add_argument(
        '--labels',
        metavar='FILE_OR_DIR',
        help='a label image in the same space for all subjects, or a folder with one for each: the '
        'change of Dice with them is told too',
    )
    parser.add_argument(
        '-o',
        '--output',
        metavar='FILE',
        help='a .csv or .parquet file; CSV to standard output if not given',
    )
    parser.set_defaults(run=run_ablate)


def run_ablate(arguments: argparse.Namespace) -> int:
    """
    Change each channel of the layers in turn, let the network go on with the changed output over
    the whole volume of each subject, and write a row for each subject, layer, channel and label:
    how many voxels change their label, and Dice of the changed segmentation with the unchanged one,
    and with labels where they are given. The part of the network in front of a layer is computed
    once.
    """
    os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '2')
    from niftynet_activations.looking.answers.table_files import check_table_path, table_text

    if arguments.output is not None:
        check_table_path(arguments.output)
    with all_output_to(io.StringIO()):
        from niftynet_activations.ablation.ablate import Asked, ablate_config
    asked = Asked(arguments.layers, arguments.channels, arguments.by, arguments.labels)
    found, left_out = ablate_config(
        arguments.conf, asked, arguments.overrides, arguments.application
    )
    sys.stdout.write(table_text(found, arguments.output))
    if left_out:
        from niftynet_activations.host.left_out import message

        raise InputError(message(left_out))
    return 0
