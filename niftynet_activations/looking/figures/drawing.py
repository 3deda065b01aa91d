# -*- coding: utf-8 -*-
"""
Maps over the anatomy, drawn by matplotlib.

- *planes*: three planes of one channel through one place;
- *montage*: one axial plane of many channels, through one point and with one scale for each layer.

Planes are those of space, not of a voxel grid, and the patient's right is on the left side of axial
and coronal ones. A flat image (one voxel thick) is drawn only in its own plane; a picture (PNG,
JPEG) is drawn as it is. Samples are drawn without interpolation.
"""

import io
from typing import List, NamedTuple, Optional, Sequence, Tuple

import numpy as np
from matplotlib.figure import Figure
from nibabel.affines import apply_affine

from niftynet_activations.hints import Artist, Axes
from niftynet_activations.looking.figures import planes
from niftynet_activations.looking.figures.layout import Layout, lay_out, source_picture
from niftynet_activations.looking.figures.scale_bar import draw_scale_bar
from niftynet_activations.looking.figures.scales import UNITS, Scale, draw_values, ends_of, scale_of
from niftynet_activations.looking.input_images import Source
from niftynet_activations.looking.maps import ActivationMap
from niftynet_activations.space import interpolation

PIXELS = 320  # along the longest side of what is shown
INCHES = 2.4  # width of a picture; the mean width where pictures of a row differ
HEAD, FOOT, GAP = 0.36, 0.05, 0.08  # inches above, below and between pictures
FOR_BAR, BAR_WIDTH = 0.75, 0.1  # inches
INK = 'black'


class _DrawnFigure(Figure):
    """A figure that a notebook shows at the end of a cell, without pyplot."""

    def _repr_png_(self) -> bytes:
        shown = io.BytesIO()
        self.savefig(shown, format='png')
        return shown.getvalue()


class Panel(NamedTuple):
    """One picture of a figure."""

    plane: planes.Plane
    values: np.ndarray  # (rows, columns), NaN outside
    beneath: Optional[np.ndarray]  # (rows, columns), or (rows, columns, 3) in colours, 0 to 255
    title: str


class Place(NamedTuple):
    """The part of space that is shown."""

    layout: Layout
    centre: np.ndarray  # (3,), mm, in drawing space
    box: planes.Box  # corners, mm
    pixel: float  # side, mm


class Room(NamedTuple):
    """A row of a figure, in inches."""

    width: float  # of the figure
    height: float  # of the row's pictures
    inch: float  # side of a pixel

    @property
    def whole(self) -> float:
        """Height of the row."""
        return self.height + HEAD + FOOT

    def box(self, left: float, width: float, height: float) -> Tuple[float, float, float, float]:
        """
        :param left: inches
        :param width: inches
        :param height: inches, from the upper edge of the row's pictures
        :return: what matplotlib calls a box: left, bottom, width and height as shares
        """
        bottom = FOOT + self.height - height
        return (
            left / self.width,
            bottom / self.whole,
            width / self.width,
            height / self.whole,
        )


def planes_figure(
    one: ActivationMap,
    channel: int,
    source: Source,
    at: Optional[Sequence[float]] = None,
    limits: Optional[Sequence[float]] = None,
) -> Figure:
    """
    Three planes of one channel, or the plane of a flat image.

    :param one: the map
    :param channel: its place in the map, from 0
    :param source: drawn beneath; without a volume for the map alone
    :param at: a point (3,) in mm; the centre of the map's strongest responses where not given
    :param limits: the lowest and highest value of the scale, where chosen
    :return: a matplotlib figure
    """
    volume = np.asarray(one.data[..., channel])
    place = _place(one, source, at, volume)
    panels = [
        _panel(plane, place, volume, one, source, plane.name) for plane in place.layout.planes
    ]
    number = one.channels[channel]
    title = '{}, channel {}, {}'.format(one.layer, number, one.subject)
    return _draw([panels], [scale_of(volume, limits)], place, [title])


def montage_figure(
    maps: Sequence[ActivationMap],
    channels: Sequence[Sequence[int]],
    source: Source,
    at: Optional[Sequence[float]] = None,
    limits: Optional[Sequence[float]] = None,
    per_row: int = 8,
) -> Figure:
    """
    Channels of one or several layers side by side in one axial plane.

    :param maps: of one subject, one a layer
    :param channels: of each map, places from 0
    :param source: drawn beneath; without a volume for the maps alone
    :param at: a point (3,) in mm; the centre of the first map's strongest responses where not given
    :param limits: the lowest and highest value of every scale, where chosen
    :param per_row: pictures in a row at the most
    :return: a matplotlib figure
    """
    first = np.asarray(maps[0].data[..., channels[0][0]])
    place = _place(maps[0], source, at, first)
    plane = place.layout.planes[0]
    rows: List[List[Panel]] = []
    scales, titles = [], []
    for one, chosen in zip(maps, channels):
        data = one.data.streaming()
        shown = []
        for channel in chosen:
            volume = np.asarray(data[..., channel])
            title = 'channel {}'.format(one.channels[channel])
            shown.append(_panel(plane, place, volume, one, source, title))
        scale = scale_of(np.stack([panel.values for panel in shown]), limits)
        # rows of equal length, as far as possible
        length = -(-len(shown) // -(-len(shown) // per_row))
        for start in range(0, len(shown), length):
            rows.append(shown[start : start + length])
            scales.append(scale)
            titles.append('{}, {}'.format(one.layer, one.subject) if start == 0 else '')
    return _draw(rows, scales, place, titles)


def _place(
    one: ActivationMap,
    source: Source,
    at: Optional[Sequence[float]],
    volume: np.ndarray,
) -> Place:
    layout = lay_out(one.affine, volume.shape, source, source.picture)
    affine, shape = one.affine, volume.shape
    if source.volume is not None:
        affine, shape = source.affine, source.volume.shape
    box = interpolation.bounding_box(layout.from_world @ affine, shape)
    world = strongest_centre(volume, one.affine) if at is None else np.asarray(at, np.float64)
    centre = np.asarray(apply_affine(layout.from_world, world))
    return Place(layout, centre, box, planes.pixel_size(box, PIXELS))


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
    source: Source,
    title: str,
) -> Panel:
    points = planes.plane_points(plane, place.centre, place.box, place.pixel)
    affine = place.layout.from_world @ one.affine
    beneath = source_picture(source, place.layout.from_world, points)
    return Panel(plane, planes.volume_picture(volume, affine, points), beneath, title)


def _draw(
    rows: Sequence[Sequence[Panel]], scales: Sequence[Scale], place: Place, titles: Sequence[str]
) -> Figure:
    """Lay the rows under each other, each with a colour bar at its right end."""
    count = max(len(row) for row in rows)
    # all pictures have the same scale (inches per mm), so that one scale bar is right for all
    inch = count * INCHES / max(sum(panel.values.shape[1] for panel in row) for row in rows)
    heights = [max(panel.values.shape[0] for panel in row) * inch for row in rows]
    whole = [height + HEAD + FOOT for height in heights]
    width = count * (INCHES + GAP) + FOR_BAR
    figure = _DrawnFigure(figsize=(width, sum(whole)), facecolor='white')
    parts = figure.subfigures(len(rows), 1, squeeze=False, height_ratios=whole)[:, 0]
    for part, row, scale, title, height in zip(parts, rows, scales, titles, heights):
        _draw_row(part, row, Room(width, height, inch), scale, place, title)
    return figure


def _draw_row(
    part: Figure, row: Sequence[Panel], room: Room, scale: Scale, place: Place, title: str
) -> None:
    drawn: List[Artist] = []
    left = GAP
    for number, panel in enumerate(row):
        rows, columns = panel.values.shape
        axes = part.add_axes(room.box(left, columns * room.inch, rows * room.inch))
        left += columns * room.inch + GAP
        drawn.append(_draw_panel(axes, panel, scale))
        if number == 0:
            draw_scale_bar(axes, panel.values.shape, place.pixel, place.layout.picture)
    bar = part.add_axes(room.box(room.width - FOR_BAR + GAP, BAR_WIDTH, room.height))
    seen = np.concatenate([panel.values.ravel() for panel in row])
    colours = part.colorbar(drawn[-1], cax=bar, extend=ends_of(seen, scale))
    colours.set_label(UNITS, fontsize=7)
    bar.tick_params(labelsize=7)
    if title:
        part.text(GAP / room.width, 1 - 0.03 / room.whole, title, fontsize=8, va='top', color=INK)


def _draw_panel(axes: Axes, panel: Panel, scale: Scale) -> Artist:
    axes.set_facecolor('black')
    if panel.beneath is not None and panel.beneath.ndim == 3:
        axes.imshow(np.nan_to_num(panel.beneath).astype(np.uint8), interpolation='nearest')
    elif panel.beneath is not None:
        known = panel.beneath[np.isfinite(panel.beneath)]
        low, high = np.percentile(known, [1, 99.5]) if known.size else (0, 1)
        axes.imshow(
            np.ma.masked_invalid(panel.beneath),
            cmap='gray',
            vmin=low,
            vmax=max(high, low + 1e-6),
            interpolation='nearest',
        )
    drawn = draw_values(axes, panel.values, scale, panel.beneath is not None)
    axes.set_anchor('N')
    axes.set_xticks([])
    axes.set_yticks([])
    axes.set_title(panel.title, fontsize=7, pad=3)
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
