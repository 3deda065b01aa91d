# -*- coding: utf-8 -*-
"""
The command ``net_activations``: what can be asked about a network and its maps.

Exit status 0, or 2 with one line on standard error that says what was wrong; ``verify`` gives 1
when a map that calls itself exact is not.
"""

import argparse
import io
import os
import sys
import traceback
from typing import Callable, List, NoReturn, Optional, Sequence, Tuple

from niftynet_activations import __version__
from niftynet_activations.ablation.commands import ABLATE_OPTIONS, add_ablate_parser
from niftynet_activations.attribution.commands import ATTRIBUTE_OPTIONS, add_attribute_parser
from niftynet_activations.cohort.commands import COHORT_OPTIONS, add_cohort_parsers
from niftynet_activations.errors import ActivationError, OptionError
from niftynet_activations.hints import Commands
from niftynet_activations.host.application_names import APPLICATION
from niftynet_activations.host.quiet import all_output_to
from niftynet_activations.looking.answers.commands import add_answer_parsers
from niftynet_activations.looking.commands import add_parsers
from niftynet_activations.looking.figures.commands import add_figure_parser

OWN_OPTIONS = (
    ('--conf', '--depth', '--json', '--help', '--application')
    + COHORT_OPTIONS
    + ATTRIBUTE_OPTIONS
    + ABLATE_OPTIONS
)
WITH_OVERRIDES = ('layers', 'plan', 'verify', 'cohort', 'attribute', 'ablate')


def main(args: Optional[List[str]] = None) -> int:
    """
    :param args: the words behind the command's name; those of the process where not given
    :return: the exit status
    """
    own, overrides = _split_overrides(sys.argv[1:] if args is None else list(args))
    arguments = _get_parser().parse_args(own, argparse.Namespace(overrides=overrides))
    try:
        return arguments.run(arguments)
    except ActivationError as error:
        sys.stderr.write('net_activations: error: {}\n'.format(error))
        return 2
    except Exception:
        # A fault of this program. Python would exit with 1, which `verify` uses for a map that
        # wrongly calls itself exact.
        traceback.print_exc()
        return 2


def _split_overrides(words: List[str]) -> Tuple[List[str], List[str]]:
    """
    Part this command's words from NiftyNet's options, which some commands take as overrides.

    :param words: all behind the command's name
    :return: the command's own; NiftyNet's, each as ``--option=value``
    """
    if not words or words[0] not in WITH_OVERRIDES:
        return words, []
    return split_overrides(words, OWN_OPTIONS)


def split_overrides(words: List[str], options: Sequence[str]) -> Tuple[List[str], List[str]]:
    """
    Part a command's own words from NiftyNet's options.

    :param words: all behind the command's name
    :param options: those of the command, each with its ``--``
    :return: the command's own words; NiftyNet's, each as ``--option=value``
    """
    own: List[str] = []
    overrides: List[str] = []
    pending = list(words)
    while pending:
        word = pending.pop(0)
        name = word.partition('=')[0]
        if not word.startswith('--') or name in options:
            own.append(word)
        elif '=' in word or not pending or pending[0].startswith('--'):
            overrides.append(word)
        else:
            overrides.append('{}={}'.format(word, pending.pop(0)))
    return own, overrides


class OneLineParser(argparse.ArgumentParser):
    """Says what is wrong in one line, without the usage before it; ``--help`` shows that."""

    def error(self, message: str) -> NoReturn:
        """
        :param message: what is wrong with the words
        :raises SystemExit: always, with status 2 behind one line
        """
        _, unknown, words = message.partition('unrecognized arguments: ')
        if unknown and not words.startswith('-'):
            # a shell splits a value at blanks, and replaces * by the names of matching files
            message += ': put a value of several words, or with *, in quotation marks'
        self.exit(2, '{}: error: {}; see {} --help\n'.format(self.prog, message, self.prog))


def _get_parser() -> argparse.ArgumentParser:
    parser = OneLineParser(prog='net_activations', description=__doc__)
    parser.add_argument('--version', action='version', version='%(prog)s ' + __version__)
    commands = parser.add_subparsers(dest='command', metavar='COMMAND')
    commands.required = True
    layers = commands.add_parser(
        'layers',
        help="list a network's layers, from the config alone",
        description=list_layers.__doc__,
        epilog="NiftyNet's own options override the config: --spatial_window_size 48,48,48",
    )
    _add_config(layers)
    layers.add_argument(
        'pattern', nargs='?', help='a part of the names, or selectors as in activation_layers'
    )
    layers.add_argument('--depth', type=int, help='how many scopes deep; 1 for the outermost')
    layers.add_argument('--json', action='store_true', help='write JSON, for programs')
    layers.set_defaults(run=list_layers)
    _add_run(
        commands,
        'plan',
        'tell what a run would do, without doing it',
        plan_run,
        '--activation_pass whole --activation_memory 4',
    )
    _add_run(
        commands,
        'verify',
        'compare the maps with one pass over the whole volume',
        verify_maps,
        '--activation_layers all --activation_grid aligned',
    )
    add_attribute_parser(commands, _add_config)
    add_ablate_parser(commands, _add_config)
    add_cohort_parsers(commands)
    add_parsers(commands)
    add_answer_parsers(commands)
    add_figure_parser(commands)
    return parser


def _add_config(parser: argparse.ArgumentParser) -> None:
    parser.add_argument('-c', '--conf', metavar='CONFIG', required=True, help="NiftyNet's config")
    parser.add_argument(
        '-a',
        '--application',
        metavar='APPLICATION',
        default=APPLICATION,
        help='as behind net_run -a: niftynet_activations.regression_app, module.Class of your own; '
        '%(default)s where not given',
    )


def _add_run(
    commands: Commands, name: str, told: str, run: Callable[[argparse.Namespace], int], words: str
) -> None:
    """
    Add a command that takes a config and does with it what a run would do; *words* are options for
    an example in its help.
    """
    parser = commands.add_parser(
        name,
        help=told,
        description=run.__doc__,
        epilog="NiftyNet's own options and this package's override the config: " + words,
    )
    _add_config(parser)
    parser.add_argument('--json', action='store_true', help='write JSON, for programs')
    parser.set_defaults(run=run)


def list_layers(arguments: argparse.Namespace) -> int:
    """List name, type, window output shape, channels and TensorFlow operation of each layer."""
    from niftynet_activations.inventory.layer_info import (
        terminal_width,
        to_depth,
        to_json,
        to_table,
    )

    # NiftyNet and TensorFlow print much, which would hide the one line of an error
    os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '2')
    with all_output_to(io.StringIO()):
        try:
            from niftynet_activations.inventory.listing import inventory_of_config
        except ImportError as error:
            raise OptionError('NiftyNet cannot be imported: {}'.format(error)) from error
        listed = inventory_of_config(
            arguments.conf, arguments.application, arguments.overrides, arguments.pattern or None
        )
        found = to_depth(listed.layers, arguments.depth)
    for note in listed.notes:
        sys.stderr.write('net_activations: {}\n'.format(note))
    width = terminal_width(sys.stdout)
    sys.stdout.write((to_json(found) if arguments.json else to_table(found, width)) + '\n')
    return 0


def plan_run(arguments: argparse.Namespace) -> int:
    """
    Tell what a run would write and hold, over which windows or stages the network would go, and
    what it would compute as a multiple of one pass over the volume. Nothing is computed.
    """
    from niftynet_activations.planning.outline import to_json

    os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '2')
    with all_output_to(io.StringIO()):
        from niftynet_activations.dry_run.from_config import plan_config

        found = plan_config(arguments.conf, arguments.overrides, arguments.application)
    sys.stdout.write((to_json(found) if arguments.json else '\n'.join(found.lines)) + '\n')
    return 0


def verify_maps(arguments: argparse.Namespace) -> int:
    """
    Run the first subject as the config asks, compare every selected map with one pass of the
    network over the whole volume (or over a crop that activation_memory suffices for), and print
    the largest difference of each and where it lies. The exit status is 1 when a map that calls
    itself exact differs by more than 1e-4 of its range.
    """
    from niftynet_activations.verification.table import to_json, to_table

    os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '2')
    with all_output_to(io.StringIO()):
        from niftynet_activations.verification.verify import verify_config

        found = verify_config(arguments.conf, arguments.overrides, arguments.application)
    sys.stdout.write((to_json(found) if arguments.json else to_table(found)) + '\n')
    return 1 if any(each.wrong for each in found.layers) else 0


if __name__ == '__main__':
    sys.exit(main())
