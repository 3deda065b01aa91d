# -*- coding: utf-8 -*-
"""
Maps over the anatomy, drawn by matplotlib.

- *planes*: three planes of one channel through one place;
- *montage*: one axial plane of many channels, at one place and with one scale a layer.

Planes are those of space, not of a voxel grid, and the patient's right is on the left side of
axial and coronal ones. Samples show as they are: nothing is interpolated.
"""

from typing import List, NamedTuple, Optional, Sequence

import numpy as np
from matplotlib.figure import Figure

from niftynet_activations.hints import ArrayLike, Artist, Axes
from niftynet_activations.looking.figures import planes
from niftynet_activations.looking.figures.scales import Scale, scale_of
from niftynet_activations.looking.maps import ActivationMap
from niftynet_activations.space import interpolation

PIXELS = 320  # along the longest side of what is shown
INCHES = 2.4  # width of a picture
OPACITY = 0.75
FULLY_SHOWN = 0.25  # of the scale
BAR_LENGTHS = (1, 2, 5, 10, 20, 50, 100, 200)  # mm
INK = 'black'


class Anatomy(NamedTuple):
    """What lies beneath the maps."""

    volume: np.ndarray  # (x, y, z)
    affine: np.ndarray  # (4, 4), voxels to mm


class Panel(NamedTuple):
    """One picture of a figure."""

    plane: planes.Plane
    values: np.ndarray  # (rows, columns), NaN outside
    beneath: Optional[np.ndarray]
    title: str


class Place(NamedTuple):
    """What part of space is shown."""

    centre: np.ndarray  # (3,), mm
    box: planes.Box  # corners, mm
    pixel: float  # side, mm


def planes_figure(
    one: ActivationMap,
    channel: int,
    anatomy: Optional[Anatomy],
    at: Optional[Sequence[float]] = None,
    limits: Optional[Sequence[float]] = None,
) -> Figure:
    """
    Three planes of one channel.

    :param one: the map
    :param channel: its place in the map, from 0
    :param anatomy: drawn beneath; None for the map alone
    :param at: a point (3,) in mm; the centre of the map's strongest responses where not given
    :param limits: the lowest and highest value of the scale, where chosen
    :return: a matplotlib figure
    """
    volume = np.asarray(one.data[..., channel])
    place = _place(one, anatomy, at, volume)
    panels = [_panel(plane, place, volume, one, anatomy, plane.name) for plane in planes.PLANES]
    number = one.channels[channel]
    title = '{}, channel {}, {}'.format(one.layer, number, one.subject)
    return _draw([panels], [scale_of(volume, limits)], place, [title])


def montage_figure(
    maps: Sequence[ActivationMap],
    channels: Sequence[Sequence[int]],
    anatomy: Optional[Anatomy],
    at: Optional[Sequence[float]] = None,
    limits: Optional[Sequence[float]] = None,
    per_row: int = 8,
) -> Figure:
    """
    Channels of one or several layers side by side in one axial plane.

    :param maps: of one subject, one a layer
    :param channels: of each map, places from 0
    :param anatomy: drawn beneath; None for the maps alone
    :param at: a point (3,) in mm; the centre of the first map's strongest responses where not given
    :param limits: the lowest and highest value of every scale, where chosen
    :param per_row: pictures in a row at the most
    :return: a matplotlib figure
    """
    first = np.asarray(maps[0].data[..., channels[0][0]])
    place = _place(maps[0], anatomy, at, first)
    rows: List[List[Panel]] = []
    scales, titles = [], []
    for one, chosen in zip(maps, channels):
        data = one.data.streaming()
        shown = []
        for channel in chosen:
            volume = np.asarray(data[..., channel])
            title = 'channel {}'.format(one.channels[channel])
            shown.append(_panel(planes.PLANES[0], place, volume, one, anatomy, title))
        scale = scale_of(np.stack([panel.values for panel in shown]), limits)
        for start in range(0, len(shown), per_row):
            rows.append(shown[start : start + per_row])
            scales.append(scale)
            titles.append('{}, {}'.format(one.layer, one.subject) if start == 0 else '')
    return _draw(rows, scales, place, titles)


def _place(
    one: ActivationMap,
    anatomy: Optional[Anatomy],
    at: Optional[Sequence[float]],
    volume: np.ndarray,
) -> Place:
    if anatomy is None:
        box = interpolation.bounding_box(one.affine, volume.shape)
    else:
        box = interpolation.bounding_box(anatomy.affine, anatomy.volume.shape)
    centre = strongest_centre(volume, one.affine) if at is None else np.asarray(at, np.float64)
    return Place(centre, box, planes.pixel_size(box, PIXELS))


def strongest_centre(volume: np.ndarray, affine: np.ndarray) -> np.ndarray:
    """
    :param volume: (x, y, z), missing samples NaN
    :param affine: (4, 4), samples to mm
    :return: (3,) in mm, the mean place of the one percent of samples farthest from 0
    """
    strength = np.abs(np.where(np.isfinite(volume), volume, 0.0))
    least = np.percentile(strength, 99)
    index = np.argwhere(strength >= least).mean(axis=0)
    return affine[:3, :3] @ index + affine[:3, 3]


def _panel(
    plane: planes.Plane,
    place: Place,
    volume: np.ndarray,
    one: ActivationMap,
    anatomy: Optional[Anatomy],
    title: str,
) -> Panel:
    points = planes.plane_points(plane, place.centre, place.box, place.pixel)
    beneath = None
    if anatomy is not None:
        beneath = planes.volume_picture(anatomy.volume, anatomy.affine, points)
    return Panel(plane, planes.volume_picture(volume, one.affine, points), beneath, title)


def _draw(
    rows: Sequence[Sequence[Panel]], scales: Sequence[Scale], place: Place, titles: Sequence[str]
) -> Figure:
    """Lay the rows under each other, each with a colour bar at its right end."""
    widest = max(len(row) for row in rows)
    ratios = [max(panel.values.shape[0] / panel.values.shape[1] for panel in row) for row in rows]
    figure = Figure(
        figsize=(widest * INCHES + 1.1, sum(INCHES * ratio + 0.45 for ratio in ratios)),
        facecolor='white',
    )
    parts: ArrayLike = figure.subfigures(
        len(rows), 1, height_ratios=[r * INCHES + 0.45 for r in ratios]
    )
    for part, row, scale, title in zip(np.atleast_1d(parts), rows, scales, titles):
        _draw_row(part, row, widest, scale, place, title)
    return figure


def _draw_row(
    part: Figure, row: Sequence[Panel], widest: int, scale: Scale, place: Place, title: str
) -> None:
    width = widest * INCHES + 1.1
    drawn: Artist = None
    for number, panel in enumerate(row):
        box = (number * INCHES / width + 0.01, 0.03, (INCHES - 0.08) / width, 0.82)
        axes = part.add_axes(box)
        drawn = _draw_panel(axes, panel, scale)
        if number == 0:
            _scale_bar(axes, panel, place.pixel)
    bar = part.add_axes((1 - 0.85 / width, 0.08, 0.1 / width, 0.72))
    colours = part.colorbar(drawn, cax=bar)
    # a network's activations have no unit of measurement
    colours.set_label('activation (arbitrary units)', fontsize=7)
    bar.tick_params(labelsize=6)
    if title:
        part.text(0.01, 0.985, title, fontsize=8, va='top', color=INK)


def _draw_panel(axes: Axes, panel: Panel, scale: Scale) -> Artist:
    axes.set_facecolor('black')
    if panel.beneath is not None:
        known = panel.beneath[np.isfinite(panel.beneath)]
        low, high = np.percentile(known, [1, 99.5]) if known.size else (0, 1)
        axes.imshow(
            np.ma.masked_invalid(panel.beneath),
            cmap='gray',
            vmin=low,
            vmax=max(high, low + 1e-6),
            interpolation='nearest',
        )
    drawn = axes.imshow(
        np.ma.masked_invalid(panel.values),
        cmap=scale.colours,
        vmin=scale.low,
        vmax=scale.high,
        alpha=None if panel.beneath is None else opacity(panel.values, scale),
        interpolation='nearest',
    )
    axes.set_xticks([])
    axes.set_yticks([])
    axes.set_title(panel.title, fontsize=7, pad=2)
    letters = zip(panel.plane.letters[:2], (0.03, 0.97), ('left', 'right'))
    for letter, across, side in letters:
        axes.text(
            across,
            0.5,
            letter,
            transform=axes.transAxes,
            ha=side,
            va='center',
            color='white',
            fontsize=7,
            fontweight='bold',
        )
    return drawn


def opacity(values: np.ndarray, scale: Scale) -> np.ndarray:
    """
    How much of the anatomy a map hides: nothing where it does not respond.

    :param values: (rows, columns), NaN outside
    :param scale: of the picture
    :return: (rows, columns), from 0 at rest to OPACITY from a quarter of the scale on
    """
    rest = 0.0 if scale.signed else scale.low
    response = np.abs(np.nan_to_num(values, nan=rest) - rest) / (scale.high - rest)
    return OPACITY * np.clip(response / FULLY_SHOWN, 0.0, 1.0)


def bar_length(width: float) -> int:
    """
    :param width: of the picture, mm
    :return: the longest of BAR_LENGTHS that is no longer than a third of it, mm
    """
    fitting = [length for length in BAR_LENGTHS if length <= width / 3.0]
    return fitting[-1] if fitting else BAR_LENGTHS[0]


def _scale_bar(axes: Axes, panel: Panel, pixel: float) -> None:
    rows, columns = panel.values.shape
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
        start, down - 0.02 * rows, '{} mm'.format(length), color='white', fontsize=6, va='bottom'
    )
