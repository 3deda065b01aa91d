# -*- coding: utf-8 -*-
"""
One figure of one or several maps over the input image, as a picture file or for a notebook.
"""

import os
import sys
from typing import Optional, Sequence, Union

import numpy as np

from niftynet_activations.errors import WriteError
from niftynet_activations.hints import Figure
from niftynet_activations.looking.activation_map import ActivationMap
from niftynet_activations.looking.input_images import (
    Source,
    is_picture,
    read_source,
    sides_known,
)
from niftynet_activations.store.files import replacing

DOTS_PER_INCH = 300


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
    :param image: the image that is drawn beneath; True for the first input image, where it can be
        read
    :param folder: what relative paths of input images start from
    :return: a matplotlib figure: planes of a single channel, else a montage
    """
    from niftynet_activations.looking.figures.drawing import montage_figure, planes_figure

    source = _beneath(chosen[0], image, folder)
    if len(chosen) == 1 and len(channels[0]) == 1:
        return planes_figure(chosen[0], channels[0][0], source, at, limits)
    return montage_figure(chosen, channels, source, at, limits)


def _beneath(one: ActivationMap, image: Union[bool, Source], folder: str) -> Source:
    """The image that a figure is drawn over; without a volume where the maps are drawn alone."""
    info = one.info
    picture = is_picture(info, folder)
    if isinstance(image, Source):
        source = image
    elif image:
        source = read_source(info, folder)
    else:
        source = Source(None, np.eye(4), '', sided=sides_known(info, folder))
    if source.note:
        sys.stderr.write('net_activations: {} The maps are drawn alone.\n'.format(source.note))
    return source._replace(picture=source.picture or picture)


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
