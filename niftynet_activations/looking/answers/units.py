# -*- coding: utf-8 -*-
"""
What a channel responds to: how well each channel alone tells each label from the rest.

For each layer, channel and label, these scores compare the samples of the label with all other
samples inside the label images, over all subjects together. A sample has the label of the nearest
voxel of the label image.

- ``auc``: area under the ROC curve, the probability that a sample of the label has a greater value
  than one of the rest, equal values counting one half (Hanley and McNeil 1982). 0.5 is chance;
  below 0.5 the channel is greater outside the label. It is computed from counts in narrow bins, and
  ``auc_error`` bounds by how much it can differ from the area of the values themselves;
- ``dice``, ``threshold``: the best Dice of "value >= threshold" with the label, over all thresholds
  that are the lower end of a bin (at most 0.05 percent apart);
- ``iou``: the intersection over union of "value >= the channel's 99.5th percentile" with the label,
  as network dissection has it (Bau et al. 2017); the percentile is the lowest end of a bin that no
  more than 0.5 percent of all samples reach.

Each row also tells of its channel: ``dead``, True where all samples of all subjects have one value,
and ``duplicate_of``, the first channel of the layer that has the same values everywhere.
"""

import hashlib
import os
import tempfile
from functools import partial
from typing import Dict, List, Mapping, NamedTuple, Optional, Sequence, Tuple

import numpy as np
import pandas as pd

from niftynet_activations.errors import OptionError
from niftynet_activations.hints import JsonObject, LabelSource
from niftynet_activations.looking.answers.value_counts import Counts, ValueCounts, lowest_of
from niftynet_activations.looking.answers.workers import in_workers
from niftynet_activations.looking.maps import ActivationMaps
from niftynet_activations.looking.region_labels import labels_at_samples, numbered, read_labels
from niftynet_activations.store.folder import scratch_folder

COLUMNS = 'layer channel label voxels auc auc_error dice threshold iou dead duplicate_of'.split()
ACTIVE_SHARE = 0.005  # share of all samples above the 99.5th percentile


class LabelScore(NamedTuple):
    """How well one channel tells one label from the rest."""

    voxels: int
    auc: float
    auc_error: float
    dice: float
    threshold: float
    iou: float


class _Channel(object):
    """
    Range, checksum and counts of one channel over the cohort; the counts are kept in a file, so
    that memory does not grow with the number of channels.
    """

    def __init__(self, path: str) -> None:
        """
        :param path: of the file, which is made
        """
        self._path = path
        self.lowest = np.inf
        self.highest = -np.inf
        self.digest = hashlib.sha1()

    @property
    def counts(self) -> ValueCounts:
        return ValueCounts.read(self._path) if os.path.exists(self._path) else ValueCounts()

    def add(self, volume: np.ndarray, labels: Sequence[int], places: np.ndarray) -> None:
        """
        :param volume: (x, y, z), missing samples NaN
        :param labels: the labels of the subject
        :param places: each sample's index into ``labels``, x fastest
        """
        known = volume if not np.isnan(volume.min()) else volume[~np.isnan(volume)]
        if known.size:
            self.lowest = min(self.lowest, float(known.min()))
            self.highest = max(self.highest, float(known.max()))
        self.digest.update(np.ascontiguousarray(volume.T))  # x fastest, as files hold it
        counts = self.counts
        counts.add_all(labels, places, volume.ravel(order='F'))
        counts.save(self._path)


def units(
    maps: ActivationMaps,
    labels_by_subject: Mapping[str, LabelSource],
    layers: Optional[Sequence[str]] = None,
) -> pd.DataFrame:
    """
    Score every channel against every label; each map is read once, channel by channel.

    :param maps: of one folder
    :param labels_by_subject: subject -> path of a label image, or a nibabel image
    :param layers: names of the layers to take; all where not given
    :return: the columns COLUMNS, one row for each layer, channel and label; channels by the
        network's numbers; ``duplicate_of`` is missing where there is none
    :raises OptionError: for an unknown layer, if no subject has labels, or a label is everywhere
    :raises GeometryError: if a label image does not overlap a map
    """
    rows: List[JsonObject] = []
    for layer in maps.layers_named(layers):
        rows.extend(_layer_rows(maps, layer, labels_by_subject))
    if not rows:
        raise OptionError(
            'no map has a subject with labels: labels are there for {}, maps for {}'.format(
                ', '.join(labels_by_subject) or 'none', ', '.join(maps.subjects)
            )
        )
    return pd.DataFrame(rows, columns=COLUMNS)


def _layer_rows(
    maps: ActivationMaps, layer: str, labels_by_subject: Mapping[str, LabelSource]
) -> List[JsonObject]:
    channels: Dict[int, _Channel] = {}
    with tempfile.TemporaryDirectory(prefix='activations-', dir=scratch_folder()) as folder:
        for (subject, name), one in maps.items():
            if name != layer or subject not in labels_by_subject:
                continue
            image = read_labels(labels_by_subject[subject])
            names, places = numbered(labels_at_samples(image, one.affine, one.data.shape))
            for number in one.channels:
                if number not in channels:
                    channels[number] = _Channel(os.path.join(folder, '{}.npz'.format(number)))
            read = zip([channels[number] for number in one.channels], one.channel_volumes())
            for _ in in_workers(partial(_count, names.tolist(), places), read):
                pass
        return _rows_of(layer, channels)


def _rows_of(layer: str, channels: Mapping[int, _Channel]) -> List[JsonObject]:
    rows = []
    first_with: Dict[str, int] = {}
    for number, channel in channels.items():
        same = first_with.setdefault(channel.digest.hexdigest(), number)
        common = {
            'layer': layer,
            'channel': number,
            'dead': channel.lowest >= channel.highest,
            'duplicate_of': same if same != number else None,
        }
        counts = channel.counts
        table = counts.table()
        for place, label in enumerate(counts.groups):
            rows.append(dict(common, label=label, **score(table, place)._asdict()))
    return rows


def _count(labels: Sequence[int], places: np.ndarray, read: Tuple[_Channel, np.ndarray]) -> None:
    channel, volume = read
    channel.add(volume, labels, places)


def score(table: Counts, place: int) -> LabelScore:
    """
    :param table: counts of one channel, one row for each label
    :param place: row of the label
    :return: scores of the label against all other samples; NaN where there are none
    """
    inside = table.counts[place].astype(np.float64)
    rest = table.counts.sum(axis=0) - inside
    n_inside, n_rest = inside.sum(), rest.sum()
    nan = float('nan')
    if not n_inside or not n_rest:
        return LabelScore(int(n_inside), nan, nan, nan, nan, nan)
    pairs = n_inside * n_rest
    below = np.cumsum(rest) - rest
    auc = float((inside * (below + rest / 2.0)).sum() / pairs)
    error = float((inside * rest)[~table.single].sum() / 2.0 / pairs)
    # samples at or above the lower end of each bin
    hits = np.cumsum(inside[::-1])[::-1]
    chosen = hits + np.cumsum(rest[::-1])[::-1]
    dice = 2 * hits / (chosen + n_inside)
    best = int(np.argmax(dice))
    lowest = lowest_of(table.bins)
    active = np.flatnonzero(chosen <= ACTIVE_SHARE * (n_inside + n_rest))
    iou = 0.0
    if len(active):
        first = active[0]
        iou = float(hits[first] / (chosen[first] + n_inside - hits[first]))
    return LabelScore(int(n_inside), auc, error, float(dice[best]), float(lowest[best]), iou)
