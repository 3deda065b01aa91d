# -*- coding: utf-8 -*-
"""
Bases of components, fitted to the samples of one layer over all subjects of a folder.

Maps are read in *slabs* (a few z planes of all channels), so that memory grows neither with their
size nor with the number of subjects. Samples with a missing or infinite channel are left out.

- ``pca``: the directions are the eigenvectors of the covariance of the channels, which is summed
  slab by slab in float64. They equal those of scikit-learn's ``PCA`` of all samples in memory.
  ``IncrementalPCA`` gives the same only if it keeps as many directions as there are channels, and
  takes several times as long. The largest coordinate of each direction is positive.
- ``nmf``, ``kmeans``: scikit-learn's ``MiniBatchNMF`` and ``MiniBatchKMeans``. They start from a
  fit to a random choice of samples from all maps, so that it does not matter that the first slab of
  a map is background; then each slab is one batch, from the first subject to the last. For
  ``nmf``, which takes long, half a million samples of all slabs are chosen at random.
"""

from functools import partial
from typing import Callable, Dict, Iterator, List, NamedTuple, Sequence, Tuple

import numpy as np

from niftynet_activations.errors import OptionError
from niftynet_activations.hints import Model
from niftynet_activations.looking.answers.statistics import PIECE_ROWS, Covariance, covariance_of
from niftynet_activations.looking.answers.voxel_blocks import blocks_of, complete_rows
from niftynet_activations.looking.answers.workers import in_workers
from niftynet_activations.looking.maps import ActivationMap, ActivationMaps
from niftynet_activations.store.basis import (
    METHODS,
    Basis,
    apply_basis,
    check_not_negative,
    rebuilt,
)

START_SAMPLES = 20000  # about how many samples ``nmf`` and ``kmeans`` start from
# about how many samples of all maps are used after that: factors of a whole slab take minutes
MOST_SAMPLES = {'nmf': 500000.0, 'kmeans': float('inf')}
SEED = 0


class Cohort(NamedTuple):
    """The maps of one layer, of all subjects."""

    layer: str
    maps: List[ActivationMap]

    @property
    def samples(self) -> int:
        """The number of samples of all maps together, missing ones included."""
        return sum(int(np.prod(one.data.shape[:3])) for one in self.maps)

    def blocks(self) -> Iterator[np.ndarray]:
        """
        :return: arrays (samples, channels) float64, none missing, slab by slab of each map
        """
        for rows in in_workers(complete_rows, self.slabs()):
            if len(rows):
                yield rows

    def slabs(self) -> Iterator[np.ndarray]:
        """
        :return: arrays (samples, channels) float32, missing ones NaN, slab by slab of each map
        """
        for one in self.maps:
            for block in blocks_of(one):
                yield block


def cohort_of(maps: ActivationMaps, layer: str) -> Cohort:
    """
    :param maps: of one folder
    :param layer: the name of a layer
    :return: its maps
    :raises OptionError: if there is none, or the subjects' maps have different channels
    """
    own = maps.layers_named([layer])[0]
    found = [one for (_, name), one in maps.items() if name == own]
    for one in found[1:]:
        if one.channels != found[0].channels:
            raise OptionError(
                "layer '{}' has other channels for subject '{}' than for '{}': components need "
                'the same for all subjects'.format(layer, one.subject, found[0].subject)
            )
    return Cohort(own, found)


def fit(cohort: Cohort, number: int, method: str = 'pca') -> Basis:
    """
    :param cohort: maps of one layer
    :param number: how many components
    :param method: ``pca``, ``nmf`` or ``kmeans``
    :return: the basis
    :raises OptionError: for a method or number that is not allowed, values that the method does not
        take, or too few samples
    """
    first = cohort.maps[0]
    _check(cohort, number, method)
    components, explained, spread = _FITTED[method](cohort, number)
    info = first.info
    return Basis(
        method,
        cohort.layer,
        tuple(first.channels),
        components,
        spread.mean,
        tuple(float(each) for each in explained),
        spread.count,
        tuple(one.subject for one in cohort.maps),
        str(info.get('network') or ''),
        str(info.get('reduce') or 'none'),
    )


def _check(cohort: Cohort, number: int, method: str) -> None:
    if method not in METHODS:
        raise OptionError("method '{}': expected one of {}".format(method, ', '.join(METHODS)))
    channels = len(cohort.maps[0].channels)
    if number < 1:
        raise OptionError('number {}: expected 1 or more components'.format(number))
    if method != 'kmeans' and number > channels:
        raise OptionError(
            "number {}: layer '{}' has {} channels, of which {} makes at most as many "
            'components'.format(number, cohort.layer, channels, method)
        )


def _check_enough(samples: int, cohort: Cohort, number: int) -> None:
    if samples < max(2, number):
        raise OptionError(
            "layer '{}': {} samples have all channels, too few for {} components".format(
                cohort.layer, samples, number
            )
        )


class Spread(object):
    """
    Mean of samples and sum of squares around it, block by block (Chan, Golub and LeVeque 1979).

    :ivar count: number of samples
    :ivar mean: (channels,)
    :ivar squares: sum over all samples and channels of the squared distance to the mean
    """

    def __init__(self, channels: int) -> None:
        self.count = 0
        self.mean = np.zeros(channels)
        self.squares = 0.0

    def add(self, rows: np.ndarray) -> None:
        """
        :param rows: (samples, channels) float64, none missing
        """
        if not len(rows):
            return
        mean = rows.mean(axis=0)
        squares = 0.0
        for first in range(0, len(rows), PIECE_ROWS):
            apart = rows[first : first + PIECE_ROWS] - mean
            squares += float(np.einsum('ij,ij->', apart, apart))
        self._join(len(rows), mean, squares)

    def merge(self, other: 'Spread') -> None:
        """
        :param other: the same of other samples, with the same channels
        """
        if other.count:
            self._join(other.count, other.mean, other.squares)

    def _join(self, count: int, mean: np.ndarray, squares: float) -> None:
        total = self.count + count
        apart = mean - self.mean
        self.squares += squares + float((apart**2).sum()) * self.count * count / total
        self.mean = self.mean + apart * (count / total)
        self.count = total


Fitted = Tuple[np.ndarray, Sequence[float], Model]


def _fit_pca(cohort: Cohort, number: int) -> Fitted:
    gathered = Covariance(len(cohort.maps[0].channels))
    for part in in_workers(covariance_of, cohort.slabs()):
        gathered.merge(part)
    _check_enough(gathered.count, cohort, number)
    values, vectors = np.linalg.eigh(gathered.matrix())
    values = np.maximum(values[::-1], 0)
    directions = vectors.T[::-1][:number].copy()
    largest = np.abs(directions).argmax(axis=1)
    directions *= np.sign(directions[np.arange(number), largest])[:, np.newaxis]
    total = values.sum()
    return directions, values[:number] / total if total > 0 else [float('nan')] * number, gathered


def _fit_batches(
    cohort: Cohort, number: int, method: str, model: Model, found: Callable[[Model], np.ndarray]
) -> Fitted:
    spread = Spread(len(cohort.maps[0].channels))
    start = _start(cohort, spread, method)
    _check_enough(len(start), cohort, number)
    model.fit(start)
    share = MOST_SAMPLES[method] / float(cohort.samples)
    for rows in _some(cohort, share):
        model.partial_fit(rows)
    components = np.asarray(found(model), np.float64)
    rest, seen = 0.0, Spread(len(spread.mean))
    basis = Basis(method, cohort.layer, (), components, spread.mean, (), 0, ())
    if share >= 1:
        found_rest = in_workers(lambda block: _remains(basis, complete_rows(block)), cohort.slabs())
    else:
        found_rest = in_workers(partial(_remains, basis), _some(cohort, share))
    for remains, part in found_rest:
        rest += remains
        seen.merge(part)
    explained = 1.0 - rest / seen.squares if seen.squares > 0 else float('nan')
    return components, [explained], spread


def _remains(basis: Basis, rows: np.ndarray) -> Tuple[float, Spread]:
    """Give the sum of squared reconstruction errors of the components, and the samples' spread."""
    rest, spread = 0.0, _spread_of(rows)
    for first in range(0, len(rows), PIECE_ROWS):
        part = rows[first : first + PIECE_ROWS]
        apart = part - rebuilt(basis, apply_basis(basis, part))
        rest += float(np.einsum('ij,ij->', apart, apart))
    return rest, spread


def _rows_and_spread(block: np.ndarray) -> Tuple[np.ndarray, Spread]:
    rows = complete_rows(block)
    return rows, _spread_of(rows)


def _spread_of(rows: np.ndarray) -> Spread:
    spread = Spread(rows.shape[1])
    spread.add(rows)
    return spread


def _some(cohort: Cohort, share: float) -> Iterator[np.ndarray]:
    """Give slabs with a random share of their samples, the same samples at every call."""
    random = np.random.RandomState(SEED + 1)
    for rows in cohort.blocks():
        chosen = rows if share >= 1 else rows[random.uniform(size=len(rows)) < share]
        if len(chosen):
            yield chosen


def _start(cohort: Cohort, spread: Spread, method: str) -> np.ndarray:
    """Choose samples of all maps at random, and add all samples to ``spread`` on the way."""
    random = np.random.RandomState(SEED)
    share = START_SAMPLES / float(cohort.samples)
    chosen = []
    for rows, part in in_workers(_rows_and_spread, cohort.slabs()):
        if method == 'nmf':
            check_not_negative(rows, "layer '{}'".format(cohort.layer))
        spread.merge(part)
        chosen.append(rows[random.uniform(size=len(rows)) < share])
    some = np.concatenate(chosen) if chosen else np.zeros((0, len(spread.mean)))
    return some[random.permutation(len(some))]


def _fit_nmf(cohort: Cohort, number: int) -> Fitted:
    model = _mini_batch_nmf()(n_components=number, init='nndsvda', random_state=SEED)
    return _fit_batches(cohort, number, 'nmf', model, lambda fitted: fitted.components_)


def _mini_batch_nmf() -> Model:
    import sklearn

    try:
        from sklearn.decomposition import MiniBatchNMF
    except ImportError as error:
        raise OptionError(
            'method nmf needs scikit-learn 1.1 or newer, and here is {}, the last one for Python '
            '3.7: fit it with Python 3.10 or newer (the basis works here), or take pca or '
            'kmeans'.format(sklearn.__version__)
        ) from error
    return MiniBatchNMF


def _fit_kmeans(cohort: Cohort, number: int) -> Fitted:
    from sklearn.cluster import MiniBatchKMeans

    model = MiniBatchKMeans(n_clusters=number, n_init=3, random_state=SEED)
    components, explained, spread = _fit_batches(
        cohort, number, 'kmeans', model, lambda fitted: fitted.cluster_centers_
    )
    # sorted by their length, so that a cluster has the same number in every fit that finds it
    return components[np.argsort((components**2).sum(axis=1), kind='stable')], explained, spread


_FITTED: Dict[str, Callable[[Cohort, int], Fitted]] = {
    'pca': _fit_pca,
    'nmf': _fit_nmf,
    'kmeans': _fit_kmeans,
}
