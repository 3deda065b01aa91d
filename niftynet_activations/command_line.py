# -*- coding: utf-8 -*-
"""
The command ``net_activations``: what can be asked about a network and its maps.

Exit status 0, or 2 with one line on standard error that says what was wrong.
"""

import argparse
import contextlib
import sys
from typing import List, Optional

from niftynet_activations.errors import ActivationError
from niftynet_activations.look_commands import add_parsers


def main(args: Optional[List[str]] = None) -> int:
    """
    :param args: the words behind the command's name; those of the process where not given
    :return: the exit status
    """
    arguments = _get_parser().parse_args(args)
    try:
        return arguments.run(arguments)
    except ActivationError as error:
        sys.stderr.write('net_activations: error: {}\n'.format(error))
        return 2


def _get_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog='net_activations', description=__doc__)
    commands = parser.add_subparsers(dest='command', metavar='COMMAND')
    commands.required = True
    layers = commands.add_parser(
        'layers',
        help="list a network's layers, from the config alone",
        description=list_layers.__doc__,
    )
    _add_config(layers)
    layers.add_argument('pattern', nargs='?', help='a glob, re: expression or part of a name')
    layers.add_argument('--depth', type=int, help='how many scopes deep; 1 for the outermost')
    layers.add_argument('--json', action='store_true', help='write JSON, for programs')
    layers.set_defaults(run=list_layers)
    add_parsers(commands)
    return parser


def _add_config(parser: argparse.ArgumentParser) -> None:
    parser.add_argument('-c', '--conf', metavar='CONFIG', required=True, help="NiftyNet's config")


def list_layers(arguments: argparse.Namespace) -> int:
    """List name, type, window output shape, channels and TensorFlow operation of each layer."""
    from niftynet_activations.inventory import filter_layers, to_json, to_table

    # NiftyNet prints while it builds a graph; only the listing belongs on standard output
    with contextlib.redirect_stdout(sys.stderr):
        from niftynet_activations.layer_list import layers_of_config

        found = filter_layers(layers_of_config(arguments.conf), arguments.pattern, arguments.depth)
    sys.stdout.write((to_json(found) if arguments.json else to_table(found)) + '\n')
    return 0
