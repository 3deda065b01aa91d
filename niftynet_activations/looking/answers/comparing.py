# -*- coding: utf-8 -*-
"""
Two folders of maps beside each other: two checkpoints, two stacks, a network and its port.

For each pair of layers, these numbers are computed over all samples that both maps have, of all
subjects that both folders have. Where the second map has another lattice, it is interpolated
linearly at the samples of the first folder's map.

- ``difference``: the largest absolute difference of a sample and channel; ``mean_difference``: the
  mean absolute difference; ``of_range``: the largest difference divided by the range (maximum less
  minimum) of the first map. NaN where the layers differ in their number of channels;
- ``correlation``: Pearson's, over all samples and channels; NaN where the numbers of channels
  differ;
- ``cka``: linear centred kernel alignment (Kornblith et al. 2019),
  ``|Y'X|^2 / (|X'X| |Y'Y|)`` with Frobenius norms, where X and Y are (samples, channels) and each
  channel has its mean subtracted: 1 for layers that differ only by rotation, scale or order of
  channels.

All sums are float64. A few planes of each map are in memory at a time.
"""

from typing import Iterator, List, NamedTuple, Optional, Sequence, Tuple

import numpy as np
import pandas as pd

from niftynet_activations.errors import OptionError
from niftynet_activations.hints import JsonObject
from niftynet_activations.looking.answers.statistics import PIECE_ROWS, Covariance, complete_columns
from niftynet_activations.looking.answers.voxel_blocks import BLOCK_BYTES, planes_of
from niftynet_activations.looking.answers.workers import in_workers
from niftynet_activations.looking.maps import ActivationMap, ActivationMaps
from niftynet_activations.space import interpolation

COLUMNS = 'layer_a layer_b samples difference of_range mean_difference correlation cka'.split()
SAME_PLACE = 1e-3  # of a voxel
PAIRS = ((0, 0), (1, 1), (0, 1))  # of the two maps


class _Pair(object):
    """Sums over the samples of two layers, from which a row of the table is computed."""

    def __init__(self, channels_a: int, channels_b: int) -> None:
        self._split = channels_a
        self._same = channels_a == channels_b
        self._together = Covariance(channels_a + channels_b)
        self._largest = 0.0
        self._sum = 0.0
        self._lowest, self._highest = np.inf, -np.inf

    def add(self, rows_a: np.ndarray, rows_b: np.ndarray) -> None:
        """Add samples of both, (samples, channels) each; a sample missing in one does not count."""
        channels = self._split + rows_b.shape[1]
        for first in range(0, len(rows_a), PIECE_ROWS):
            part = slice(first, first + PIECE_ROWS)
            columns = np.empty((channels, len(rows_a[part])))
            columns[: self._split] = rows_a[part].T
            columns[self._split :] = rows_b[part].T
            self._add_columns(complete_columns(columns))

    def _add_columns(self, columns: np.ndarray) -> None:
        if not columns.size:
            return
        first, second = columns[: self._split], columns[self._split :]
        self._lowest = min(self._lowest, float(first.min()))
        self._highest = max(self._highest, float(first.max()))
        if self._same:
            apart = first - second
            np.abs(apart, out=apart)
            self._largest = max(self._largest, float(apart.max()))
            self._sum += float(apart.sum())
        self._together.add_columns(columns)

    def merge(self, other: '_Pair') -> None:
        """Add the sums of the same layers over other samples."""
        self._together.merge(other._together)
        self._largest = max(self._largest, other._largest)
        self._sum += other._sum
        self._lowest = min(self._lowest, other._lowest)
        self._highest = max(self._highest, other._highest)

    def row(self) -> JsonObject:
        samples = self._together.count
        covariance = self._together.matrix()
        parts = slice(None, self._split), slice(self._split, None)
        within_a, within_b, between = (
            np.linalg.norm(covariance[parts[one], parts[other]]) for one, other in PAIRS
        )
        known = samples and within_a > 0 and within_b > 0
        found: JsonObject = {
            'samples': samples,
            'cka': float(between**2 / (within_a * within_b)) if known else float('nan'),
        }
        if self._same and samples:
            extent = self._highest - self._lowest
            found.update(
                difference=self._largest,
                of_range=self._largest / extent if extent > 0 else float('nan'),
                mean_difference=self._sum / (samples * self._split),
                correlation=self._correlation(covariance),
            )
        return found

    def _correlation(self, covariance: np.ndarray) -> float:
        """
        Give Pearson's correlation over all samples and channels. The variance around the one mean
        of all channels is the variance around each channel's own mean, plus that of these means.
        """
        parts = slice(None, self._split), slice(self._split, None)
        means = [self._together.mean[part] - self._together.mean[part].mean() for part in parts]
        within_a, within_b, between = (
            np.trace(covariance[parts[one], parts[other]]) + means[one] @ means[other]
            for one, other in PAIRS
        )
        known = within_a > 0 and within_b > 0
        return float(between / np.sqrt(within_a * within_b)) if known else float('nan')


class Comparison(NamedTuple):
    """The rows of all pairs of layers, and the subjects that went into them."""

    table: pd.DataFrame
    subjects: List[str]


def compare(
    first: ActivationMaps,
    second: ActivationMaps,
    pairs: Optional[Sequence[Tuple[str, str]]] = None,
) -> Comparison:
    """
    :param first: maps of one folder
    :param second: maps of the other folder
    :param pairs: a layer of the first and a layer of the second folder each; by default every
        layer of the first with every layer of the second
    :return: the columns COLUMNS, one row a pair of layers
    :raises OptionError: if the folders have no subject in common, or lack a layer of a pair
    """
    subjects = [subject for subject in first.subjects if subject in second.subjects]
    if not subjects:
        raise OptionError(
            'no subject has maps in both folders: {} has {}, {} has {}'.format(
                first.folder,
                ', '.join(first.subjects),
                second.folder,
                ', '.join(second.subjects),
            )
        )
    chosen = list(pairs or [(a, b) for a in first.layers for b in second.layers])
    for name_a, name_b in chosen:
        first.layers_named([name_a])
        second.layers_named([name_b])
    rows = []
    for name_a, name_b in chosen:
        gathered = None
        for subject in subjects:
            if (subject, name_a) not in first or (subject, name_b) not in second:
                continue
            one, other = first[subject, name_a], second[subject, name_b]
            if gathered is None:
                gathered = _Pair(one.data.shape[3], other.data.shape[3])
            for part in in_workers(_pair_of, _side_by_side(one, other)):
                gathered.merge(part)
        if gathered is not None:
            rows.append(dict(gathered.row(), layer_a=name_a, layer_b=name_b))
    return Comparison(pd.DataFrame(rows, columns=COLUMNS), subjects)


def _pair_of(rows: Tuple[np.ndarray, np.ndarray]) -> _Pair:
    gathered = _Pair(*(part.shape[1] for part in rows))
    gathered.add(*rows)
    return gathered


def _side_by_side(
    one: ActivationMap, other: ActivationMap
) -> Iterator[Tuple[np.ndarray, np.ndarray]]:
    """Give blocks (samples, channels) of both maps at the samples of the first."""
    shape, theirs_shape = one.data.shape, other.data.shape
    same = theirs_shape[:3] == shape[:3] and _same_lattice(one, other)
    plane_bytes = 4 * shape[0] * shape[1] * (shape[3] + theirs_shape[3])
    step = max(1, BLOCK_BYTES // plane_bytes) if same else 1
    with planes_of([one, other], step) as (data, theirs):
        for first in range(0, shape[2], step):
            rows = np.asarray(data[:, :, first : first + step, :]).reshape(-1, shape[3], order='F')
            if same:
                block = np.asarray(theirs[:, :, first : first + step, :])
                yield rows, block.reshape(-1, theirs.shape[3], order='F')
            else:
                index = interpolation.slab_indices(shape, one.affine, other.affine, first)
                ordered = np.asarray(index).reshape(shape[0], shape[1], 3)
                places = ordered.reshape(-1, 3, order='F')
                yield rows, interpolation.linear(theirs, places)


def _same_lattice(one: ActivationMap, other: ActivationMap) -> bool:
    corner = np.array(one.data.shape[:3], dtype=np.float64)
    there = np.linalg.inv(other.affine) @ one.affine
    reach = np.abs(there - np.eye(4)) @ np.append(corner, 1.0)
    return bool(np.all(reach < SAME_PLACE))
