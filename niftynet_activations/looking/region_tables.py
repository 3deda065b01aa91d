# -*- coding: utf-8 -*-
"""
Tables of regions: statistics of each channel of each map within each label.

Vocabulary of this module:

region
    the samples of one map that have one label.
row
    ``subject, layer, channel, label, voxels, mean, std, min, max, median`` of one region in
    one channel. ``channel`` is the network's number; ``voxels`` counts the samples that are
    not missing; ``std`` divides by that count. All is computed in float64 from the whole
    channel, and the median is exact: one channel is in memory at a time, never the map.
"""

import os
from typing import Iterator, List, Mapping, NamedTuple, Optional, Tuple, Union

import numpy as np
import pandas as pd

from niftynet_activations.errors import GeometryError, OptionError
from niftynet_activations.hints import JsonObject
from niftynet_activations.looking.activation_map import ActivationMap
from niftynet_activations.looking.maps import ActivationMaps
from niftynet_activations.looking.region_labels import (
    Box,
    LabelImage,
    LabelSource,
    labels_at_samples,
    numbered,
    read_labels,
)
from niftynet_activations.store import listing

COLUMNS = [
    'subject',
    'layer',
    'channel',
    'label',
    'voxels',
    'mean',
    'std',
    'min',
    'max',
    'median',
]


class Regions(NamedTuple):
    """The samples of a map, by label."""

    labels: np.ndarray  # (n,)
    order: np.ndarray  # the flat sample numbers, sorted by label
    bounds: np.ndarray  # (n + 1,): where each label's part of them begins and ends


def region_table(
    maps: Mapping[Tuple[str, str], ActivationMap],
    labels_by_subject: Mapping[str, LabelSource],
    valid_boxes: Optional[Mapping[str, Box]] = None,
    probabilities: bool = False,
) -> pd.DataFrame:
    """
    Make the table of all maps whose subject has labels.

    :param maps: from (subject, layer) to the map, an ActivationMap
    :param labels_by_subject: from subject to a label image: a path, or a nibabel image
    :param valid_boxes: from subject to the part of the label image that counts, as (start,
        stop) in its voxels; all of it for subjects that are not named
    :param probabilities: take the most probable channel of a label image with several
    :return: a table with the columns COLUMNS
    :raises GeometryError: if a label image holds no labels, or does not overlap a map
    :raises OptionError: if no subject has labels
    """
    rows: List[JsonObject] = []
    subjects = [s for s in dict.fromkeys(key[0] for key in maps) if s in labels_by_subject]
    if not subjects:
        raise OptionError('no subject of the maps has a label image')
    for subject in subjects:
        image = read_labels(labels_by_subject[subject], probabilities)
        box = (valid_boxes or {}).get(subject)
        for key, one in maps.items():
            if key[0] == subject:
                rows.extend(map_rows(one, image, box))
    return pd.DataFrame(rows, columns=COLUMNS)


def map_rows(
    one: ActivationMap, image: Union[LabelImage, LabelSource], valid_box: Optional[Box] = None
) -> Iterator[JsonObject]:
    """
    The rows of one map, channel after channel.

    :param one: the map
    :param image: the label image
    :param valid_box: the part of the label image that counts, (start, stop) in its voxels
    :return: rows; labels in ascending order within each channel
    :raises GeometryError: if the label image does not overlap the map
    """
    if not isinstance(image, LabelImage):
        image = read_labels(image)
    try:
        labels = labels_at_samples(image, one.affine, one.data.shape, valid_box)
    except GeometryError as error:
        raise GeometryError('{}, {}: {}'.format(one.subject, one.layer, error)) from error
    regions = sort_by_label(labels)
    for number, volume in zip(one.channels, one.channel_volumes()):
        for row in channel_rows(volume, regions):
            yield dict(row, subject=one.subject, layer=one.layer, channel=number)


def sort_by_label(labels: np.ndarray) -> Regions:
    """
    Group the samples by label, once for all channels.

    :param labels: array (x, y, z), int64
    :return: the regions; samples that count for no label are left out
    """
    names, places = numbered(labels)
    # Files hold x fastest, so this order makes reading a channel's values cheap.
    order = np.argsort(places, kind='stable')
    counts = np.bincount(places, minlength=len(names))[: len(names)]
    return Regions(names, order, np.append(0, np.cumsum(counts)))


def channel_rows(volume: np.ndarray, regions: Regions) -> List[JsonObject]:
    """
    The statistics of one channel in each region.

    :param volume: array (x, y, z), missing samples NaN
    :param regions: of the same lattice
    :return: one row per label, without subject, layer and channel
    """
    flat = volume.ravel(order='F')
    rows = []
    for place, label in enumerate(regions.labels):
        part = regions.order[regions.bounds[place] : regions.bounds[place + 1]]
        rows.append(dict(statistics(flat[part]), label=int(label)))
    return rows


def statistics(values: np.ndarray) -> JsonObject:
    """
    The statistics of the samples of one region.

    :param values: array (n,), missing samples NaN
    :return: voxels, mean, std, min, max, median; NaN where no sample is left
    """
    known = values[~np.isnan(values)].astype(np.float64)
    if not known.size:
        nan = float('nan')
        return {'voxels': 0, 'mean': nan, 'std': nan, 'min': nan, 'max': nan, 'median': nan}
    return {
        'voxels': int(known.size),
        'mean': float(known.mean()),
        'std': float(known.std()),
        'min': float(known.min()),
        'max': float(known.max()),
        'median': float(np.median(known)),
    }


def table_path(maps: ActivationMaps, postfix: Optional[str] = None) -> str:
    """
    Where the table of a folder is written.

    :param maps: the maps of the folder
    :param postfix: what the files' names end with; taken from the maps' names by default
    :return: ``activation_table_<postfix>.csv`` in the folder
    """
    if postfix is None:
        postfix = listing.postfix_of(listing.find_map_files(maps.folder)[0])
    return os.path.join(maps.folder, table_name(postfix))


def table_name(postfix: str) -> str:
    """
    :param postfix: what the files' names end with
    :return: ``activation_table_<postfix>.csv``
    """
    return 'activation_table_{}.csv'.format(postfix)


def read_table(path: str) -> pd.DataFrame:
    """
    Read a table.

    :param path: a CSV file of such a table
    :return: the table; subjects are text even where they look like numbers
    """
    return pd.read_csv(path, dtype={'subject': str, 'layer': str})
