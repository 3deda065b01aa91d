# -*- coding: utf-8 -*-
"""
Thumbnails and statistics of all channels of a layer, for the viewer.

Vocabulary of this module:

overview
    statistics and a thumbnail of each channel, and one colour range for all of them. The map is
    read once for it, channel by channel; it is kept until the map's files change.
sheet
    one picture that holds the thumbnails of all channels, row by row.
thumbnail
    a channel's plane through the middle of the map: the axial plane, or the only plane of a flat
    map. Each thumbnail has its own colour range, so that the pattern of a weak channel is seen
    too.
units
    a table that ``net_activations units`` has written into the folder.
"""

import io
import threading
from typing import Dict, List, NamedTuple, Optional, Tuple

import matplotlib
import numpy as np
from PIL import Image

from niftynet_activations.hints import TypedDict
from niftynet_activations.looking.activation_map import ActivationMap
from niftynet_activations.looking.figures import planes
from niftynet_activations.looking.figures.scales import scale_of
from niftynet_activations.looking.report import statistics
from niftynet_activations.looking.report.best_channels import read_units
from niftynet_activations.space import interpolation

PIXELS = 72  # side of a thumbnail
PER_ROW = 16


ChannelEntry = TypedDict(
    'ChannelEntry',
    {
        'number': int,
        'variance': Optional[float],
        'lowest': Optional[float],
        'highest': Optional[float],
        'state': str,
        'auc': Dict[str, float],
    },
    total=False,
)
OverviewKeys = TypedDict(
    'OverviewKeys',
    {'range': List[float], 'pixels': int, 'per_row': int, 'channels': List[ChannelEntry]},
)


class Overview(NamedTuple):
    """What the page gets: statistics as JSON can hold them, and the sheet as a PNG file."""

    told: OverviewKeys
    sheet: bytes


class Overviews:
    """The overviews of the maps that were asked for."""

    def __init__(self) -> None:
        self._made: Dict[str, Tuple[object, Overview]] = {}
        self._locks: Dict[str, threading.Lock] = {}
        self._lock = threading.Lock()

    def of(self, one: ActivationMap, turn: np.ndarray, folder: str) -> Overview:
        """
        :param one: the map
        :param turn: matrix (4, 4) by which the map's affine is multiplied from the left, the same
            as for the volumes that the page gets
        :param folder: folder that may hold tables of units
        :return: its overview; two requests at the same time compute it once
        :raises ReadError: if the map cannot be read
        """
        key = one.files[0]
        with self._lock:
            lock = self._locks.setdefault(key, threading.Lock())
        with lock:
            state = one.state
            if key not in self._made or self._made[key][0] != state:
                self._made[key] = state, make_overview(one, turn)
        made = self._made[key][1]
        scores = label_scores(folder, one.layer)
        told = made.told.copy()
        told['channels'] = [each.copy() for each in told['channels']]
        for each in told['channels']:
            each['auc'] = scores.get(each['number'], {})
        return made._replace(told=told)


def make_overview(one: ActivationMap, turn: np.ndarray) -> Overview:
    """
    :param one: the map
    :param turn: matrix (4, 4) by which the map's affine is multiplied from the left
    :return: its overview, without the scores from tables of units
    :raises ReadError: if the map cannot be read
    """
    shape = one.data.shape
    affine = turn @ one.affine
    index = _thumbnail_index(affine, shape)
    pictures: List[np.ndarray] = []

    def visit(_: int, volume: np.ndarray) -> None:
        values = planes.nearest_picture(lambda box: volume[box], volume.shape, index)
        pictures.append(colour_picture(values))

    facts = statistics.describe(one, visit)
    told: OverviewKeys = {
        'range': [facts.scale.low, facts.scale.high],
        'pixels': PIXELS,
        'per_row': PER_ROW,
        'channels': [_channel_entry(each) for each in facts.channels],
    }
    return Overview(told, _sheet(pictures))


def _thumbnail_index(affine: np.ndarray, shape: Tuple[int, ...]) -> np.ndarray:
    """Give the map's (fractional) indices (rows, columns, 3) at the pixels of a thumbnail."""
    low, high = interpolation.bounding_box(affine, shape)
    thin = [axis for axis in range(3) if shape[axis] == 1]
    through = int(np.argmax(np.abs(affine[:3, thin[0]]))) if len(thin) == 1 else 2
    plane = next(each for each in planes.PLANES if each.through == through)
    middle = (np.array(low) + np.array(high)) / 2.0
    half = max(high[plane.across] - low[plane.across], high[plane.down] - low[plane.down]) / 2.0
    box = middle - half, middle + half
    points = planes.plane_points(plane, middle, box, 2.0 * half / PIXELS)
    return interpolation.world_to_index(points.reshape(-1, 3), affine).reshape(points.shape)


def colour_picture(values: np.ndarray) -> np.ndarray:
    """
    :param values: (rows, columns), NaN outside
    :return: (rows, columns, 3) uint8; black outside
    """
    scale = scale_of(values)
    shares = np.clip((values - scale.low) / (scale.high - scale.low), 0, 1)
    colours = matplotlib.colormaps[scale.colours](np.nan_to_num(shares), bytes=True)[..., :3]
    colours[np.isnan(values)] = 0
    return np.asarray(colours)


def _sheet(pictures: List[np.ndarray]) -> bytes:
    rows = -(-len(pictures) // PER_ROW)
    sheet = np.zeros((rows * PIXELS, PER_ROW * PIXELS, 3), np.uint8)
    for place, picture in enumerate(pictures):
        row, column = divmod(place, PER_ROW)
        high, wide = picture.shape[:2]
        top, left = row * PIXELS, column * PIXELS
        sheet[top : top + high, left : left + wide] = picture[:PIXELS, :PIXELS]
    stream = io.BytesIO()
    Image.fromarray(sheet).save(stream, 'png')
    return stream.getvalue()


def _channel_entry(facts: statistics.ChannelFacts) -> ChannelEntry:
    def number(value: float) -> Optional[float]:
        return float(value) if np.isfinite(value) else None

    return {
        'number': facts.number,
        'variance': number(facts.std**2),
        'lowest': number(facts.lowest),
        'highest': number(facts.highest),
        'state': facts.state,
    }


def label_scores(folder: str, layer: str) -> Dict[int, Dict[str, float]]:
    """
    Give how well the channels of a layer tell labels apart, where ``net_activations units`` was
    run.

    :param folder: of the maps
    :param layer: its name
    :return: channel number -> label -> area under the ROC curve
    :raises ReadError: if a table of units cannot be read to its end
    """
    table = read_units(folder)
    chosen = table[(table['layer'] == layer) & table['auc'].notna()]
    found: Dict[int, Dict[str, float]] = {}
    for number, label, auc in zip(chosen['channel'], chosen['label'], chosen['auc']):
        found.setdefault(int(number), {})[str(label)] = round(float(auc), 4)
    return found
