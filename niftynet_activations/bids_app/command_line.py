# -*- coding: utf-8 -*-
"""
The BIDS App: ``net_activations_bids BIDS_DIR OUTPUT_DIR participant|group``.

The level ``participant`` finds the images of each input section of a NiftyNet config in a BIDS
dataset, runs inference, and writes segmentations and activation maps as a BIDS derivative dataset.
The level ``group`` makes lists and tables over all participants in OUTPUT_DIR. NiftyNet's options
and those of this package follow as on NiftyNet's command line: ``--activation_layers penultimate``.
"""

import argparse
import os
import sys
import traceback
from typing import List, Optional

from niftynet_activations import __version__
from niftynet_activations.command_line import OneLineParser, split_overrides
from niftynet_activations.errors import ActivationError, OptionError
from niftynet_activations.host.application_names import APPLICATION

PROGRAM = 'net_activations_bids'
LEVELS = ('participant', 'group')


def main(args: Optional[List[str]] = None) -> int:
    """
    :param args: the words behind the command's name; those of the process where not given
    :return: the exit status: 0, or 2 with one line on standard error
    """
    parser = get_parser()
    options = [option for action in parser._actions for option in action.option_strings]
    own, overrides = split_overrides(sys.argv[1:] if args is None else list(args), options)
    arguments = parser.parse_args(own, argparse.Namespace(overrides=overrides))
    try:
        return _run(arguments)
    except ActivationError as error:
        sys.stderr.write('{}: error: {}\n'.format(PROGRAM, error))
        return 2
    except Exception:
        traceback.print_exc()  # a fault of this program
        return 2


def get_parser() -> argparse.ArgumentParser:
    """
    :return: the parser of the command
    """
    parser = OneLineParser(prog=PROGRAM, description=(__doc__ or '').replace('``', ''))
    parser.add_argument('--version', action='version', version='%(prog)s ' + __version__)
    parser.add_argument('bids_dir', metavar='BIDS_DIR', help='a BIDS dataset')
    parser.add_argument('output_dir', metavar='OUTPUT_DIR', help='the derivative dataset')
    parser.add_argument('level', choices=LEVELS, help='of the analysis')
    _add_inputs(parser)
    parser.add_argument(
        '-w',
        '--work-dir',
        '--work_dir',
        metavar='DIR',
        help='for maps and records under way; a hidden folder in OUTPUT_DIR if not given',
    )
    _add_cohort(parser)
    group = parser.add_argument_group('group')
    group.add_argument('--statistics', metavar='LIST', help='of features: mean,std,p10,...')
    group.add_argument(
        '--labels', metavar='WHAT', help='regions: segmentation, an image, a folder of images'
    )
    return parser


def _add_inputs(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group('participant')
    group.add_argument('-c', '--config', '--conf', metavar='CONFIG', help="NiftyNet's config")
    group.add_argument('-a', '--application', default=APPLICATION, help='as for net_run')
    group.add_argument(
        '--participant-label',
        '--participant_label',
        nargs='+',
        metavar='LABEL',
        help='with or without sub-; all if not given',
    )
    group.add_argument(
        '--session-label',
        '--session_label',
        nargs='+',
        metavar='LABEL',
        help='with or without ses-; all if not given',
    )
    group.add_argument(
        '--bids-filter-file',
        '--bids_filter_file',
        metavar='FILE',
        help='JSON: input section of the config -> BIDS entities of its files, as for fMRIPrep',
    )
    group.add_argument(
        '-d',
        '--derivatives',
        nargs='+',
        metavar='DIR',
        help='further datasets in which a filter with "scope": "derivatives" looks',
    )
    group.add_argument(
        '--skip-bids-validation',
        '--skip_bids_validation',
        action='store_true',
        help='taken and without effect: the dataset is not validated',
    )


def _add_cohort(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group('many participants, as for net_activations cohort')
    group.add_argument('--part', metavar='K/N', help='the K-th of N parts of the participants')
    group.add_argument('--workers', type=int, metavar='N', help='N processes at a time')
    group.add_argument('--scheduler', metavar='ADDRESS', help='of a Dask cluster')
    group.add_argument(
        '--slurm', nargs='?', const='', metavar='NAME=VALUE,...', help='Dask workers as SLURM jobs'
    )
    group.add_argument('--gpus', type=int, default=0, metavar='N', help='GPUs that workers share')
    group.add_argument(
        '--retries', type=int, default=0, metavar='N', help='try what fails so often again'
    )


def _run(arguments: argparse.Namespace) -> int:
    if arguments.level == 'group':
        from niftynet_activations.bids_app.group import run_group
        from niftynet_activations.looking.answers.statistics import DEFAULT

        given = arguments.statistics
        statistics = list(DEFAULT) if given is None else given.split(',')
        return run_group(os.path.abspath(arguments.output_dir), statistics, arguments.labels)
    if arguments.config is None:
        raise OptionError('--config is missing: give the NiftyNet config of the network')
    from niftynet_activations.bids_app.participant import run_participants

    return run_participants(arguments)


if __name__ == '__main__':
    sys.exit(main())
