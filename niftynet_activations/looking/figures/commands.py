# -*- coding: utf-8 -*-
"""
``net_activations figure``: one picture file at print resolution.
"""

import argparse
import os
import sys
from typing import List, Optional, Sequence, Union

import numpy as np

from niftynet_activations.errors import OptionError, WriteError
from niftynet_activations.hints import Commands, Figure
from niftynet_activations.looking.activation_map import ActivationMap
from niftynet_activations.looking.commands import FOLDER_HELP
from niftynet_activations.looking.input_images import (
    Source,
    is_picture,
    read_source,
    sides_known,
)
from niftynet_activations.store.files import replacing

SUFFIXES = ('.png', '.svg', '.pdf')
DOTS_PER_INCH = 300


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
    from niftynet_activations.looking.maps import open_activations

    check_figure_path(arguments.output)
    at, limits = numbers(arguments.at, 3, '--at'), numbers(arguments.limits, 2, '--range')
    maps = open_activations(arguments.folder)
    subject = _subject(arguments.subject, maps.subjects, maps.folder)
    chosen = [maps[subject, layer] for layer in _words(arguments.layers)]
    channels = [_channels(arguments.channels, one) for one in chosen]
    figure = draw(chosen, channels, at, limits, not arguments.no_image, maps.folder)
    write_figure(figure, arguments.output)
    sys.stdout.write('{}\n'.format(arguments.output))
    return 0


def draw(
    chosen: Sequence[ActivationMap],
    channels: Sequence[Sequence[int]],
    at: Optional[Sequence[float]] = None,
    limits: Optional[Sequence[float]] = None,
    image: Union[bool, Source] = True,
    folder: str = '.',
) -> Figure:
    """
    :param chosen: maps of one subject
    :param channels: of each map, places from 0
    :param at: a point (3,) in mm, or None
    :param limits: lowest and highest value of the colours, or None
    :param image: what is drawn beneath; True for the first input image, where it can be read
    :param folder: what relative paths of input images start from
    :return: a matplotlib figure: planes of a single channel, else a montage
    """
    from niftynet_activations.looking.figures.drawing import montage_figure, planes_figure

    source = _beneath(chosen[0], image, folder)
    if len(chosen) == 1 and len(channels[0]) == 1:
        return planes_figure(chosen[0], channels[0][0], source, at, limits)
    return montage_figure(chosen, channels, source, at, limits)


def _beneath(one: ActivationMap, image: Union[bool, Source], folder: str) -> Source:
    """What a figure is drawn over; without a volume where the maps are drawn alone."""
    if isinstance(image, Source):
        return image
    info = one.info
    picture = is_picture(info, folder)
    if not image:
        return Source(None, np.eye(4), '', picture, sided=sides_known(info, folder))
    source = read_source(info, folder)
    if source.volume is None:
        sys.stderr.write('net_activations: {} The maps are drawn alone.\n'.format(source.note))
    return source._replace(picture=source.picture or picture)


def check_figure_path(path: str) -> None:
    """
    :param path: of the file to be written
    :raises OptionError: if its ending is not known or its folder not there
    """
    if not path.lower().endswith(SUFFIXES):
        raise OptionError("'{}': expected a name that ends in {}".format(path, ', '.join(SUFFIXES)))
    folder = os.path.dirname(os.path.abspath(path))
    if not os.path.isdir(folder):
        raise OptionError("'{}': the folder {} is not there; make it first".format(path, folder))


def write_figure(figure: Figure, path: str) -> None:
    """
    Write a figure, which appears under its name only when it is whole.

    :param figure: a matplotlib figure
    :param path: its ending says which kind
    :raises WriteError: if it cannot be written
    """
    kind = os.path.splitext(path)[1][1:].lower()
    try:
        with replacing(path) as whole:
            figure.savefig(whole, format=kind, dpi=DOTS_PER_INCH)
    except OSError as error:
        raise WriteError('the figure {} cannot be written: {}'.format(path, error)) from error


def numbers(text: Optional[str], count: int, option: str) -> Optional[List[float]]:
    """
    :param text: numbers separated by commas, or None
    :param count: how many there have to be
    :param option: for the message
    :return: the numbers, or None
    :raises OptionError: if they are others
    """
    if text is None:
        return None
    try:
        found = [float(word) for word in text.split(',')]
    except ValueError:
        found = []
    if len(found) != count or (count == 2 and found[0] >= found[1]):
        wanted = 'low,high with low below high' if count == 2 else 'x,y,z in mm'
        raise OptionError("{} = '{}': expected {}".format(option, text, wanted))
    return found


def _subject(given: Optional[str], known: List[str], folder: str) -> str:
    if given is None and len(known) == 1:
        return known[0]
    if given is None:
        raise OptionError(
            '{} has several subjects; choose with --subject: {}'.format(folder, ', '.join(known))
        )
    return given


def _words(text: str) -> List[str]:
    found = [word.strip() for word in text.split(',') if word.strip()]
    if not found:
        raise OptionError("--layers '{}': expected names of layers".format(text))
    return found


def _channels(text: Optional[str], one: ActivationMap) -> List[int]:
    """Give the places of the channels that the user names by the network's numbers."""
    own = one.channels
    if text is None:
        return list(range(min(16, len(own))))
    wanted: List[int] = []
    for part in text.split(','):
        low, colon, high = part.partition(':')
        try:
            first = int(low or 0)
            wanted.extend(range(first, int(high) if high else max(own) + 1) if colon else [first])
        except ValueError:
            raise OptionError("--channels '{}': expected 0:8 or 0,3,5".format(text)) from None
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
