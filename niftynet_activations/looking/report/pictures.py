# -*- coding: utf-8 -*-
"""
The report's pictures, drawn by matplotlib and held in the page itself.

Vocabulary of this module:

data URI
    a picture as text, so that the page needs no other file: WebP where Pillow can write
    it, PNG otherwise.
"""

import base64
import io
from typing import List, NamedTuple, Optional, Sequence, Tuple

import numpy as np
from matplotlib import cm
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.transforms import Transform
from PIL import Image, features

from niftynet_activations.hints import Artist, Axes
from niftynet_activations.looking.figures.planes import Plane
from niftynet_activations.looking.figures.scales import UNITS, Scale, draw_values, ends_of
from niftynet_activations.looking.report.mosaics import GAP, columns_of_montage, mosaic

DOTS_PER_INCH = 100
# Noise in many channels takes much room: such pictures lose quality, so that the page of 3 subjects
# and 10 layers stays under 15 MB whatever the maps hold.
QUALITIES = (82, 60, 40, 20)
BYTES = 240000  # size of a picture, before it becomes text, above which its quality is reduced
# inches of three planes and their colour bar; the page shows them at two thirds of that
WIDTH, HIGHEST, HEAD, BETWEEN, FOR_BAR, BAR_WIDTH = 9.0, 8.6, 0.24, 0.08, 0.72, 0.11


class View(NamedTuple):
    """One plane: pictures of the map and of its input, NaN outside of them, and the centre."""

    plane: Plane
    values: np.ndarray  # (rows, columns), or (rows, columns, 4) of colours and opacity
    source: Optional[np.ndarray]  # (rows, columns), or (rows, columns, 3) in colours from 0 to 255
    cross: Tuple[float, float]  # column and row


def triplanar(views: Sequence[View], scale: Scale, source_scale: Tuple[float, float]) -> str:
    """
    Draw the planes of a map over its input, and the input alone below them (beside, for one plane).

    :param views: the planes
    :param scale: which colours the map's values get
    :param source_scale: the input's values that are black and white
    :return: data URI
    """
    both = views[0].source is not None
    maps = [(view, True) for view in views]
    inputs = [(view, False) for view in views] if both else []
    rows = [maps + inputs] if len(views) == 1 else [row for row in (maps, inputs) if row]
    # inches for each pixel, the same for all planes, so that sizes can be compared by eye
    broad = sum(view.values.shape[1] for view, _ in rows[0])
    highest = max(view.values.shape[0] for view in views)
    inch = min((WIDTH - FOR_BAR - BETWEEN * len(rows[0])) / broad, HIGHEST / highest)
    high = highest * inch + HEAD
    figure = _figure(WIDTH, len(rows) * high)
    drawn: List[Artist] = []
    for number, row in enumerate(rows):
        left, top = 0.0, (len(rows) - number) * high - HEAD
        for view, mapped in row:
            tall, wide = (inch * n for n in view.values.shape[:2])
            axes = figure.add_axes(_shares(figure, left, top - tall, wide, tall))
            left += wide + BETWEEN
            _draw_source(axes, view, source_scale)
            if mapped:
                drawn.append(draw_values(axes, view.values, scale, view.source is not None))
            _finish_axes(axes, view, view.plane.name if mapped else 'input')
    seen = np.concatenate([view.values.ravel() for view in views])
    bar = _shares(figure, left, BETWEEN, BAR_WIDTH, len(rows) * high - HEAD - BETWEEN)
    _colour_bar(figure, drawn[-1], bar, ends_of(seen, scale))
    return _as_uri(figure)


def small(view: View, scale: Scale, source_scale: Tuple[float, float]) -> str:
    """
    Draw one small plane, for the table of all maps.

    :param view: the plane
    :param scale: which colours the map's values get
    :param source_scale: the input's values that are black and white
    :return: data URI
    """
    height, breadth = view.values.shape
    figure = _figure(1.5, 1.5 * height / breadth)
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    _draw_source(axes, view, source_scale)
    draw_values(axes, view.values, scale, view.source is not None)
    axes.set_axis_off()
    return _as_uri(figure)


def coloured(views: Sequence[View], source_scale: Tuple[float, float]) -> str:
    """
    Draw the planes of a picture in colours over its input.

    :param views: the planes, their values (rows, columns, 4): red, green, blue, opacity, 0 to 1
    :param source_scale: the input's values that are black and white
    :return: data URI
    """
    height, breadth = views[0].values.shape[:2]
    high = 3.1 if len(views) > 1 else min(9.0, 4.2 * height / breadth + 0.3)
    figure = _figure(9.0 if len(views) > 1 else 4.5, max(1.0, high))
    for place, view in enumerate(views):
        axes = figure.add_subplot(1, len(views), place + 1)
        _draw_source(axes, view, source_scale)
        axes.imshow(view.values, interpolation='nearest')
        _finish_axes(axes, view, view.plane.name)
    figure.subplots_adjust(0.005, 0.01, 0.995, 0.92, wspace=0.02)
    return _as_uri(figure)


def montage(pictures: Sequence[np.ndarray], names: Sequence[str], scale: Scale) -> str:
    """
    Draw channels side by side with one colour scale.

    :param pictures: one picture (rows, columns) per channel, all of one size, NaN outside
    :param names: what to write into their corners
    :param scale: which colours the values get
    :return: data URI
    """
    per_row = columns_of_montage(pictures)
    whole = mosaic(pictures, per_row)
    width = 9.0
    figure = _figure(width, max(0.6, width * 0.91 * whole.shape[0] / whole.shape[1]))
    axes = figure.add_axes((0.0, 0.0, 0.91, 1.0))
    shown = axes.imshow(
        np.ma.masked_invalid(whole),
        cmap=scale.colours,
        vmin=scale.low,
        vmax=scale.high,
        interpolation='nearest',
        aspect='auto',
    )
    axes.set_axis_off()
    height, breadth = pictures[0].shape
    for place, name in enumerate(names):
        row, column = divmod(place, per_row)
        x = column * (breadth + GAP) + 0.03 * breadth
        y = row * (height + GAP) + 0.03 * height
        _label(axes, x, y, name, axes.transData)
    _colour_bar(figure, shown, (0.92, 0.05, 0.012, 0.9), ends_of(whole, scale))
    return _as_uri(figure)


def histogram(edges: np.ndarray, counts: np.ndarray, scale: Scale) -> str:
    """
    Draw the distribution of a map's values; counts are on a logarithmic axis.

    :param edges: (bins + 1,)
    :param counts: (bins,)
    :param scale: colour scale, whose ends are marked
    :return: data URI
    """
    figure = _figure(4.2, 2.2)
    axes = figure.add_axes((0.12, 0.2, 0.85, 0.75))
    axes.bar(edges[:-1], counts, width=np.diff(edges), align='edge', color='#33638d')
    axes.set_yscale('symlog', linthresh=1)
    axes.set_xlabel('value', fontsize=8)
    axes.set_ylabel('samples', fontsize=8)
    axes.tick_params(labelsize=7)
    for value in (scale.low, scale.high):
        axes.axvline(value, color='#b5403a', linewidth=1, linestyle='--')
    return _as_uri(figure)


def source_range(pictures: List[Optional[np.ndarray]]) -> Tuple[float, float]:
    """
    Choose the input's values to show as black and white.

    :param pictures: the input's pictures, or None where there is no input
    :return: 1st and 99.5th percentile of the pixels in these pictures
    """
    seen = [
        picture[np.isfinite(picture)]
        for picture in pictures
        if picture is not None and picture.ndim == 2
    ]
    values = np.concatenate(seen) if seen else np.zeros(0)
    if not values.size:
        return 0.0, 1.0
    low, high = (float(v) for v in np.percentile(values, [1, 99.5]))
    return (low, high) if high > low else (low, low + 1.0)


def grey(picture: np.ndarray, scale: Tuple[float, float]) -> np.ndarray:
    """
    :param picture: of an input, (rows, columns), or (rows, columns, 3) in colours from 0 to 255
    :param scale: the values that are black and white
    :return: (rows, columns, 3) uint8; black where there is no value
    """
    if picture.ndim == 3:
        return np.nan_to_num(picture).astype(np.uint8)
    share = (np.nan_to_num(picture, nan=scale[0]) - scale[0]) / (scale[1] - scale[0])
    levels = (255 * np.clip(share, 0, 1)).astype(np.uint8)
    return np.repeat(levels[..., np.newaxis], 3, axis=2)


def _figure(width: float, height: float) -> Figure:
    return Figure(figsize=(width, height), dpi=DOTS_PER_INCH)


def _shares(
    figure: Figure, left: float, bottom: float, width: float, height: float
) -> Tuple[float, float, float, float]:
    """Turn inches into shares of the figure: left, bottom, width, height."""
    across, up = figure.get_size_inches()
    return left / across, bottom / up, width / across, height / up


def _colour_bar(
    figure: Figure, drawn: Artist, box: Tuple[float, float, float, float], ends: str
) -> None:
    bar = figure.colorbar(drawn, cax=figure.add_axes(box), extend=ends)
    bar.ax.tick_params(labelsize=9)
    # beside a short bar there is no room for its label
    if box[3] * figure.get_figheight() > 1.5:
        bar.set_label(UNITS, fontsize=9)


def _draw_source(axes: Axes, view: View, source_scale: Tuple[float, float]) -> None:
    axes.set_facecolor('black')
    if view.source is None:
        return
    if view.source.ndim == 3:
        axes.imshow(np.nan_to_num(view.source).astype(np.uint8))
        return
    grey = cm.ScalarMappable(cmap='gray')
    grey.set_clim(*source_scale)
    axes.imshow(grey.to_rgba(np.nan_to_num(view.source, nan=source_scale[0])))


def _finish_axes(axes: Axes, view: View, title: str) -> None:
    axes.set_anchor('N')
    axes.set_title(title, fontsize=10, pad=3)
    axes.set_xticks([])
    axes.set_yticks([])
    column, row = view.cross
    axes.axvline(column, color='white', linewidth=0.5, alpha=0.5)
    axes.axhline(row, color='white', linewidth=0.5, alpha=0.5)
    places = [(0.02, 0.53), (0.93, 0.53), (0.48, 0.98), (0.48, 0.09)]
    for letter, (x, y) in zip(view.plane.letters, places):
        _label(axes, x, y, letter, axes.transAxes)


def _label(axes: Axes, x: float, y: float, text: str, transform: Transform) -> None:
    axes.text(
        x,
        y,
        text,
        transform=transform,
        color='white',
        fontsize=10,
        fontweight='bold',
        verticalalignment='top',
        bbox={'facecolor': 'black', 'alpha': 0.5, 'pad': 1, 'linewidth': 0},
    )


def _as_uri(figure: Figure) -> str:
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return as_uri(np.ascontiguousarray(np.asarray(canvas.buffer_rgba())[..., :3]))


def as_uri(pixels: np.ndarray) -> str:
    """
    :param pixels: (rows, columns, 3) uint8
    :return: data URI
    """
    kind = 'webp' if features.check('webp') else 'png'
    for quality in QUALITIES:
        stream = io.BytesIO()
        Image.fromarray(pixels).save(stream, kind, quality=quality)
        if stream.tell() <= BYTES:
            break
    return 'data:image/{};base64,{}'.format(kind, base64.b64encode(stream.getvalue()).decode())
