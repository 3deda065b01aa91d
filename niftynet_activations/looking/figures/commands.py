# -*- coding: utf-8 -*-
"""
``net_activations figure``: one picture file at print resolution.
"""

import argparse
import sys
from typing import List, Optional

from niftynet_activations.errors import OptionError
from niftynet_activations.hints import Commands
from niftynet_activations.looking.activation_map import ActivationMap
from niftynet_activations.looking.arguments import (
    FOLDER_HELP,
    channel_numbers,
    check_path,
    numbers,
    words,
)

SUFFIXES = ('.png', '.svg', '.pdf')


def add_figure_parser(subparsers: Commands) -> None:
    """
    Add ``figure`` to the command line.

    :param subparsers: what ``ArgumentParser.add_subparsers`` returned
    """
    parser = subparsers.add_parser(
        'figure', help='draw maps over the anatomy, for a paper', description=run_figure.__doc__
    )
    parser.add_argument('folder', metavar='DIR', help=FOLDER_HELP)
    parser.add_argument('--subject', help='may be left out where there is one')
    parser.add_argument('--layers', metavar='LIST', required=True, help='names of layers')
    parser.add_argument('--channels', metavar='LIST', help='0:8 or 0,3,5; the first 16')
    parser.add_argument('--at', metavar='X,Y,Z', help='a place in mm, RAS+')
    parser.add_argument('--range', metavar='LOW,HIGH', dest='limits', help='of the colours')
    parser.add_argument('--no-image', action='store_true', help='leave the input image out')
    parser.add_argument('-o', '--output', metavar='FILE', required=True, help='.png, .svg or .pdf')
    parser.set_defaults(run=run_figure)


def run_figure(arguments: argparse.Namespace) -> int:
    """
    Draw three planes of one channel, or one axial plane of several channels and layers, over the
    input image, with a colour bar, the patient's sides and a scale bar. Signed maps have colours
    that diverge from 0.
    """
    from niftynet_activations.looking.figures.figure import draw, write_figure
    from niftynet_activations.looking.maps import ActivationMaps

    check_path(arguments.output, SUFFIXES)
    at, limits = numbers(arguments.at, 3, '--at'), numbers(arguments.limits, 2, '--range')
    maps = ActivationMaps(arguments.folder)
    subject = _subject(arguments.subject, maps.subjects, maps.folder)
    layers = words(arguments.layers)
    if not layers:
        raise OptionError("--layers '{}': expected names of layers".format(arguments.layers))
    chosen = [maps[subject, layer] for layer in layers]
    channels = [_channels(arguments.channels, one) for one in chosen]
    figure = draw(chosen, channels, at, limits, not arguments.no_image, maps.folder)
    write_figure(figure, arguments.output)
    sys.stdout.write('{}\n'.format(arguments.output))
    return 0


def _subject(given: Optional[str], known: List[str], folder: str) -> str:
    if given is None and len(known) == 1:
        return known[0]
    if given is None:
        raise OptionError(
            '{} has several subjects; choose with --subject: {}'.format(folder, ', '.join(known))
        )
    return given


def _channels(text: Optional[str], one: ActivationMap) -> List[int]:
    """Indices in the map of the channels that the user names by the network's numbers."""
    own = one.channels
    if text is None:
        return list(range(min(16, len(own))))
    wanted = channel_numbers(text, max(own))
    missing = [number for number in wanted if number not in own]
    if missing or not wanted:
        raise OptionError(
            "--channels '{}': the map of {} has channels {} to {}{}".format(
                text,
                one.layer,
                min(own),
                max(own),
                ', not {}'.format(missing[0]) if missing else '',
            )
        )
    return [own.index(number) for number in wanted]
