# -*- coding: utf-8 -*-
"""The scale bar in a picture: a line of a round number of mm, with its length above it."""

from typing import Tuple

from niftynet_activations.hints import Axes

BAR_LENGTHS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)  # mm


def bar_length(width: float) -> int:
    """
    :param width: of the picture, mm
    :return: the longest of BAR_LENGTHS that is no longer than a third of the width, mm
    """
    fitting = [length for length in BAR_LENGTHS if length <= width / 3.0]
    return fitting[-1] if fitting else BAR_LENGTHS[0]


def draw_scale_bar(axes: Axes, shape: Tuple[int, ...], pixel: float, in_pixels: bool) -> None:
    """
    Draw a scale bar in the lower left corner.

    :param axes: of the picture
    :param shape: (rows, columns) of the picture
    :param pixel: side of a pixel, mm; for a PNG or JPEG, in pixels of that file
    :param in_pixels: whether the picture is a PNG or JPEG, whose pixels have no size in mm
    """
    rows, columns = shape
    length = bar_length(columns * pixel)
    start, down = 0.05 * columns, 0.95 * rows
    axes.plot(
        [start, start + length / pixel],
        [down, down],
        color='white',
        linewidth=1.5,
        solid_capstyle='butt',
    )
    axes.text(
        start,
        down - 0.02 * rows,
        '{} {}'.format(length, 'pixels' if in_pixels else 'mm'),
        color='white',
        fontsize=6,
        va='bottom',
    )
