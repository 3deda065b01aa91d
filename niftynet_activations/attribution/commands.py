# -*- coding: utf-8 -*-
"""
The subcommand ``attribute`` of ``net_activations``.
"""

import argparse
import io
import os
import sys
from typing import Callable, List

from niftynet_activations.attribution.methods import METHODS, Question, method_named
from niftynet_activations.errors import OptionError
from niftynet_activations.hints import Commands
from niftynet_activations.host.quiet import all_output_to
from niftynet_activations.looking.maps import ActivationMaps

ATTRIBUTE_OPTIONS = ('--layers', '--label', '--method', '--mask')  # all others are NiftyNet's


def add_attribute_parser(
    commands: Commands, add_config: Callable[[argparse.ArgumentParser], None]
) -> None:
    """
    Add ``attribute`` to the command line.

    :param commands: what ``ArgumentParser.add_subparsers`` returned
    :param add_config: adds the options that name a config and its application
    """
    parser = commands.add_parser(
        'attribute',
        help='where a decision comes from: Grad-CAM, HiResCAM, saliency',
        description=run_attribute.__doc__,
        epilog="NiftyNet's own options and this package's override the config: --border 12,12,12 "
        '--activation_dir maps',
    )
    add_config(parser)
    parser.add_argument(
        '--layers', metavar='LIST', help="selectors; the config's activation_layers if not given"
    )
    parser.add_argument('--label', metavar='K', required=True, help='a label of the segmentation')
    parser.add_argument(
        '--method', metavar='|'.join(METHODS), default='gradcam', help='%(default)s if not given'
    )
    parser.add_argument(
        '--mask',
        metavar='SECTION|FILE_OR_DIR',
        default='',
        help='voxels to explain: an input section, or images as of --labels, not 0 where they '
        'count; those that the network itself gives the label if not given',
    )
    parser.set_defaults(run=run_attribute)


def run_attribute(arguments: argparse.Namespace) -> int:
    """
    Write maps of where the network's decision for a label comes from, over all windows of each
    subject: Grad-CAM or HiResCAM of layers, or the saliency of the input.
    """
    method = method_named(arguments.method)
    try:
        label = int(arguments.label)
    except ValueError:
        raise OptionError(
            "--label '{}': expected a whole number, a label of the segmentation".format(
                arguments.label
            )
        ) from None
    words: List[str] = list(arguments.overrides)
    if arguments.layers is not None:
        if not method.of_layers:
            raise OptionError(
                '--method {} asks the input, and not layers: leave --layers out'.format(
                    arguments.method
                )
            )
        words.append('--activation_layers={}'.format(arguments.layers))
    question = Question(arguments.method, label, arguments.mask)
    os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '2')
    said = io.StringIO()
    with all_output_to(said):
        from niftynet_activations.attribution.attribute import attribute_config
        from niftynet_activations.extraction import load_application

        load_application()
        made = attribute_config(arguments.conf, question, words, arguments.application, said)
    sys.stdout.write(''.join(line + '\n' for line in _lines(made)))
    return 0


def _lines(maps: ActivationMaps) -> List[str]:
    lines = []
    for (subject, layer), one in maps.items():
        told = one.info['attribution']
        voxels = '' if told['voxels'] is None else ' over {:.0f} voxels'.format(told['voxels'])
        lines.append(
            "subject '{}', '{}': score of label {}{}: {:.6g}".format(
                subject, layer, told['label'], voxels, told['score']
            )
        )
    lines.append('{} maps in {}'.format(len(lines), maps.folder))
    return lines
