# -*- coding: utf-8 -*-
"""
One row of features for each subject, or for each region of a subject.

- *region*: the samples whose label in a label image is one number, or which lie in a box around a
  point. Without labels and points a subject's only region is the whole map.
- *feature*: a statistic of one channel in one region; its column is ``layer|channel|statistic``,
  with the network's number of the channel. A covariance of two channels is ``layer|a,b|cov``.

A sample has the label of the nearest voxel of the label image in space. Missing samples do not
count. A few channels are in memory at a time; for covariances each map is read a second time, a few
planes of all channels at a time.
"""

from typing import Dict, Iterator, List, Mapping, NamedTuple, Optional, Sequence, Tuple, Union

import numpy as np
import pandas as pd

from niftynet_activations.errors import GeometryError, OptionError
from niftynet_activations.hints import JsonObject, Labels, LabelSource, Points
from niftynet_activations.looking.answers.points import points_of, read_points
from niftynet_activations.looking.answers.statistics import (
    COVARIANCE,
    DEFAULT,
    Covariance,
    covariance_of,
    parse_statistics,
    statistics,
)
from niftynet_activations.looking.answers.voxel_blocks import blocks_of
from niftynet_activations.looking.answers.workers import in_workers
from niftynet_activations.looking.label_files import labels_by_subject
from niftynet_activations.looking.maps import ActivationMap, ActivationMaps
from niftynet_activations.looking.region_labels import Box, labels_at_samples, read_labels
from niftynet_activations.looking.region_tables import sort_by_label

WHOLE = 'whole'


Part = Union[slice, np.ndarray]  # of a flat volume (x fastest): all of it, or indices of samples


class Request(NamedTuple):
    """Which statistics are wanted, and of which regions."""

    statistics: Sequence[str]
    labels: Mapping[str, LabelSource]  # subject -> label image; empty where regions are not labels
    points: Optional[pd.DataFrame]  # as read; None where regions are not boxes
    size: float  # edge of the boxes, mm
    valid_boxes: Optional[Mapping[str, Box]] = None  # subject -> the part of its labels that counts
    probabilities: bool = False  # a label image's channels are probabilities


def features(
    maps: ActivationMaps,
    labels: Optional[Labels] = None,
    statistic_names: Sequence[str] = DEFAULT,
    points: Optional[Points] = None,
    size: float = 10.0,
    layers: Optional[Sequence[str]] = None,
) -> pd.DataFrame:
    """
    Compute the features of all maps, as a wide table: one row a subject, or a subject and region.

    :param maps: of one folder
    :param labels: a label image for all subjects, a folder of them, or a mapping from subject to
        a path or nibabel image; every label above 0 becomes a region
    :param statistic_names: names that :mod:`niftynet_activations.looking.answers.statistics`
        explains
    :param points: a CSV file or table with columns x, y, z in mm (RAS+) and optionally subject;
        the box of each becomes a region, named by the point's number from 0 on
    :param size: edge of the boxes along the world's axes, in mm
    :param layers: the names of the layers to take; all where not given
    :return: columns ``subject``, ``region`` (``whole``, a label, or a point's number), then
        ``layer|channel|statistic``, float64; NaN where a region has no sample
    :raises OptionError: for an unknown statistic or layer, labels and points at once, or points
        that cannot be read
    :raises GeometryError: if labels or points do not overlap a map
    """
    if labels is not None and points is not None:
        raise OptionError('regions are labels or boxes around points; give one of the two')
    wanted = set(maps.layers_named(layers))
    request = Request(
        parse_statistics(statistic_names),
        {} if labels is None else labels_by_subject(labels, maps.subjects),
        None if points is None else read_points(points),
        size,
    )
    rows: Dict[Tuple[str, object], JsonObject] = {}
    for (subject, layer), one in maps.items():
        if layer not in wanted:
            continue
        for region, found in map_features(one, request):
            rows.setdefault((subject, region), {'subject': subject, 'region': region}).update(found)
    return pd.DataFrame(list(rows.values()))


def map_features(one: ActivationMap, request: Request) -> Iterator[Tuple[object, Dict[str, float]]]:
    """
    :param one: a map
    :param request: what is wanted of it
    :return: the regions, each with its features by their columns
    :raises GeometryError: if labels or points do not overlap the map
    """
    parts, names = _regions_of(one, request)
    if not names:
        return
    found: List[Dict[str, float]] = [{} for _ in names]
    singles = [name for name in request.statistics if name != COVARIANCE]
    if singles:

        def of_parts(volume: np.ndarray) -> List[Dict[str, float]]:
            flat = volume.ravel(order='F')
            return [statistics(flat[part], singles) for part in parts]

        for number, told in zip(one.channels, in_workers(of_parts, one.channel_volumes())):
            for values, statistic in zip(found, told):
                for name, value in statistic.items():
                    values['{}|{}|{}'.format(one.layer, number, name)] = value
    if COVARIANCE in request.statistics:
        for place, covariance in enumerate(_covariances(one, parts)):
            found[place].update(covariance)
    for region, values in zip(names, found):
        yield region, values


def _regions_of(one: ActivationMap, request: Request) -> Tuple[List[Part], List[object]]:
    """Give an index of each region's samples into a flat volume, and the regions' names."""
    if request.points is not None:
        return _boxes(one, points_of(request.points, one.subject), request.size)
    if not request.labels:
        return [slice(None)], [WHOLE]
    if one.subject not in request.labels:
        return [], []
    try:
        image = read_labels(request.labels[one.subject], request.probabilities)
        box = (request.valid_boxes or {}).get(one.subject)
        labels = labels_at_samples(image, one.affine, one.data.shape, box)
    except GeometryError as error:
        raise GeometryError('{}, {}: {}'.format(one.subject, one.layer, error)) from error
    regions = sort_by_label(labels)
    places = [place for place, label in enumerate(regions.labels) if label > 0]
    parts: List[Part] = [
        regions.order[regions.bounds[place] : regions.bounds[place + 1]] for place in places
    ]
    return parts, [int(regions.labels[place]) for place in places]


def _boxes(
    one: ActivationMap, points: pd.DataFrame, size: float
) -> Tuple[List[Part], List[object]]:
    """Give the samples and the number of each box; a sample may belong to several boxes."""
    parts: List[Part] = [
        _samples_in_box(one.data.shape[:3], one.affine, point, size / 2.0)
        for point in points[['x', 'y', 'z']].to_numpy(np.float64)
    ]
    return parts, [int(number) for number in points.index]


def _samples_in_box(
    shape: Sequence[int], affine: np.ndarray, point: np.ndarray, half: float
) -> np.ndarray:
    """Give the flat indices (x fastest) of all samples within half an edge of a point."""
    to_index = np.linalg.inv(affine)
    centre = to_index[:3, :3] @ point + to_index[:3, 3]
    # a box along the axes of the map that encloses the one along the world's axes
    reach = np.abs(to_index[:3, :3]).sum(axis=1) * half
    low = np.clip(np.floor(centre - reach), 0, shape).astype(int)
    high = np.clip(np.ceil(centre + reach) + 1, 0, shape).astype(int)
    axes = [np.arange(first, last) for first, last in zip(low, high)]
    grid = np.stack(np.meshgrid(*axes, indexing='ij'), axis=-1).reshape(-1, 3, order='F')
    world = grid @ affine[:3, :3].T + affine[:3, 3]
    inside = grid[np.all(np.abs(world - point) <= half, axis=1)]
    return np.ravel_multi_index(inside.T, tuple(shape), order='F')


def _covariances(one: ActivationMap, parts: Sequence[Part]) -> List[Dict[str, float]]:
    """Compute the covariances of the channels in each region, block by block."""
    gathered = [Covariance(len(one.channels)) for _ in parts]
    members = [part if isinstance(part, slice) else np.sort(part) for part in parts]

    def of_parts(placed: Tuple[int, np.ndarray]) -> List[Covariance]:
        start, block = placed
        return [covariance_of(_rows_of(block, start, numbers)) for numbers in members]

    for found in in_workers(of_parts, _with_starts(blocks_of(one))):
        for covariance, more in zip(gathered, found):
            covariance.merge(more)
    return [_upper_triangle(one, covariance.matrix()) for covariance in gathered]


def _with_starts(blocks: Iterator[np.ndarray]) -> Iterator[Tuple[int, np.ndarray]]:
    """Give each block with the number of its first sample."""
    start = 0
    for block in blocks:
        yield start, block
        start += len(block)


def _rows_of(block: np.ndarray, start: int, numbers: Part) -> np.ndarray:
    """Give the samples of a region that are in a block."""
    if isinstance(numbers, slice):
        return block
    low, high = np.searchsorted(numbers, [start, start + len(block)])
    return block[numbers[low:high] - start]


def _upper_triangle(one: ActivationMap, matrix: np.ndarray) -> Dict[str, float]:
    return {
        '{}|{},{}|{}'.format(one.layer, one.channels[i], one.channels[j], COVARIANCE): float(
            matrix[i, j]
        )
        for i in range(len(matrix))
        for j in range(i, len(matrix))
    }
