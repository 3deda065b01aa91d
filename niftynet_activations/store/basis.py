# -*- coding: utf-8 -*-
"""
A basis turns the channels of a layer into a few component maps, by principal components (PCA),
non-negative factors (NMF) or clusters (k-means). It is kept in a file.

- *sample*: one place of a map with its values on all channels;
- *component*: what each sample gets in place of its channels, which depends on the sample alone:

  - ``pca``: coordinates along the directions of largest variance,
    ``(sample - mean) . direction``;
  - ``nmf``: the amounts (at least 0) of the non-negative parts whose sum is nearest to the sample
    in least squares;
  - ``kmeans``: the number, from 1 on, of the cluster whose centre is nearest;

- *explained*: the share of the variance of all samples, over all channels together, that the
  components hold: 1 minus the share of what is left when samples are rebuilt from their components.

A basis belongs to one layer of one network. A sample's components depend on nothing else, so that
they can be made of a saved map as well as of what windows give.
"""

import hashlib
import json
import zipfile
from typing import NamedTuple, Sequence, Tuple

import numpy as np

from niftynet_activations.errors import OptionError, ReadError, WriteError
from niftynet_activations.store.description import Components
from niftynet_activations.store.files import replacing
from niftynet_activations.store.non_negative import amounts_of

METHODS = ('pca', 'nmf', 'kmeans')
MAP_TYPES = {  # as the sidecars of component maps have them
    'pca': 'principal components',
    'nmf': 'non-negative factors',
    'kmeans': 'clusters, numbered from 1',
}
SUFFIX = '.npz'
# Tolerance of scikit-learn's solver, relative to the violation of the optimum at its start; values
# should hold to 1e-4, and this is far below.
NMF_TOLERANCE = 1e-9
NMF_SWEEPS = 2000
PIECE_ROWS = 4096  # samples that are float64 at a time: with all channels they fit a CPU cache
_ARRAYS = ('components', 'mean')
_TEXTS = ('method', 'layer', 'channels', 'explained', 'samples', 'subjects', 'network', 'reduce')


class Basis(NamedTuple):
    """
    What turns a layer's channels into components.

    method: of METHODS.
    layer: the layer's name.
    channels: the network's numbers of the channels, in the order of the columns below.
    components: (N, channels) float64: directions, parts, or centres of clusters.
    mean: (channels,) float64, of all samples.
    explained: share of variance, of each component for ``pca``; one number for all together
    otherwise.
    samples: how many samples the basis was fitted to.
    subjects: the subjects that these samples are of.
    network: the network's class, as sidecars name it.
    reduce: value of ``activation_reduce``, which was applied to the layer's channels before.
    """

    method: str
    layer: str
    channels: Tuple[int, ...]
    components: np.ndarray
    mean: np.ndarray
    explained: Tuple[float, ...]
    samples: int
    subjects: Tuple[str, ...]
    network: str = ''
    reduce: str = 'none'

    @property
    def map_name(self) -> str:
        """The name of the component maps, used where other maps have the layer's name."""
        return '{}/{}'.format(self.layer, self.method)

    @property
    def outputs(self) -> int:
        """How many channels the component maps have."""
        return 1 if self.method == 'kmeans' else len(self.components)

    @property
    def digest(self) -> str:
        """A short text (hash) that differs if the component maps would differ."""
        found = hashlib.sha256(repr((self.method, self.layer, self.channels)).encode('utf-8'))
        for array in (self.components, self.mean):
            found.update(np.ascontiguousarray(array, '<f8').tobytes())
        return found.hexdigest()[:16]

    def told(self, file_name: str) -> Components:
        """
        :param file_name: of the basis, as the sidecar is to name it
        :return: what the sidecar of a component map says under ``components``
        """
        return {
            'method': self.method,
            'layer': self.layer,
            'channels': list(self.channels),
            'number': len(self.components),
            'explained': list(self.explained),
            'basis': file_name,
            'digest': self.digest,
        }


def apply_basis(basis: Basis, rows: np.ndarray) -> np.ndarray:
    """
    :param basis: of the layer
    :param rows: (samples, channels), channels in the order of the basis
    :return: (samples, ``basis.outputs``) float32; NaN for samples of which a channel is not finite
    :raises OptionError: if ``nmf`` meets a negative value
    """
    made = np.full((len(rows), basis.outputs), np.nan, np.float32)
    for first in range(0, len(rows), PIECE_ROWS):
        part = slice(first, first + PIECE_ROWS)
        values = np.array(rows[part], np.float64)
        if np.isfinite(values.sum()):
            made[part] = _APPLIED[basis.method](basis, values)
            continue
        whole = np.isfinite(values).all(axis=1)
        if whole.any():
            made[part][whole] = _APPLIED[basis.method](basis, values[whole])
    return made


def rebuilt(basis: Basis, found: np.ndarray) -> np.ndarray:
    """
    :param basis: of the layer
    :param found: components, (samples, ``basis.outputs``), none of them NaN
    :return: the samples rebuilt from their components, (samples, channels) float64
    """
    if basis.method == 'kmeans':
        return basis.components[found[:, 0].astype(np.int64) - 1]
    made = found.astype(np.float64) @ basis.components
    return made + basis.mean if basis.method == 'pca' else made


def _coordinates(basis: Basis, values: np.ndarray) -> np.ndarray:
    values -= basis.mean
    return values @ basis.components.T


def _amounts(basis: Basis, values: np.ndarray) -> np.ndarray:
    from sklearn.decomposition import non_negative_factorization

    check_not_negative(values, "layer '{}'".format(basis.layer))
    made, found = amounts_of(basis.components, values)
    # Samples of zeros only are left out: scikit-learn's solver divides by the mean of all values.
    rest = ~found & values.any(axis=1)
    if rest.any():
        made[rest] = non_negative_factorization(
            values[rest],
            H=basis.components,
            n_components=len(basis.components),
            init='custom',
            update_H=False,
            solver='cd',
            tol=NMF_TOLERANCE,
            max_iter=NMF_SWEEPS,
        )[0]
    return made


def check_not_negative(values: np.ndarray, what: str) -> None:
    """
    :param values: any
    :param what: what they are values of, for the message
    :raises OptionError: if one is negative
    """
    lowest = float(values.min()) if values.size else 0.0
    if lowest < 0:
        raise OptionError(
            '{} has negative values ({:.4g}), of which nmf makes nothing: take a layer behind a '
            'ReLU, or pca or kmeans'.format(what, lowest)
        )


def _clusters(basis: Basis, values: np.ndarray) -> np.ndarray:
    # |sample - centre|**2 without |sample|**2, which is the same for all centres
    values -= basis.mean
    centres = basis.components - basis.mean
    away = (centres**2).sum(axis=1) - 2.0 * (values @ centres.T)
    return away.argmin(axis=1)[:, np.newaxis] + 1


_APPLIED = {'pca': _coordinates, 'nmf': _amounts, 'kmeans': _clusters}


def save_basis(basis: Basis, path: str) -> None:
    """
    :param basis: any
    :param path: of the file, ``.npz``; it appears when it is whole
    :raises OptionError: if the name has another ending
    :raises WriteError: if it cannot be written
    """
    check_basis_path(path)
    about = {name: getattr(basis, name) for name in _TEXTS}
    try:
        with replacing(path) as whole:
            np.savez(whole, about=json.dumps(about), components=basis.components, mean=basis.mean)
    except OSError as error:
        raise WriteError('the basis {} cannot be written: {}'.format(path, error)) from error


def check_basis_path(path: str) -> None:
    """
    :param path: of a basis to be written
    :raises OptionError: if its ending is another
    """
    if not path.endswith(SUFFIX):
        raise OptionError("'{}': expected a name that ends in {}".format(path, SUFFIX))


def load_basis(path: str) -> Basis:
    """
    :param path: of a file that :func:`save_basis` wrote
    :return: the basis
    :raises ReadError: if it is not there, or is no such file
    """
    try:
        with np.load(path, allow_pickle=False) as found:
            about = json.loads(str(found['about']))
            values = {name: _frozen(about[name]) for name in _TEXTS}
            values.update((name, np.asarray(found[name], np.float64)) for name in _ARRAYS)
        basis = Basis._make(values[name] for name in Basis._fields)
    except FileNotFoundError as error:
        raise ReadError("the basis '{}' is not there".format(path)) from error
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise ReadError(
            "'{}' is no basis that net_activations components has written: {}".format(path, error)
        ) from error
    known = basis.method in METHODS
    columns = (len(basis.channels),)
    if not known or basis.components.shape[1:] != columns or basis.mean.shape != columns:
        raise ReadError("'{}' is a damaged basis, or one of another version".format(path))
    return basis


def _frozen(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


def check_channels(basis: Basis, layer: str, channels: Sequence[int], whose: str) -> None:
    """
    :param basis: to be applied
    :param layer: the name of a map's layer
    :param channels: the network's numbers of its channels
    :param whose: which map, for the message
    :raises OptionError: if the basis was made of other channels
    """
    if tuple(channels) != basis.channels:
        raise OptionError(
            "layer '{}' of {} has the channels {}, and the basis was made of {}: write the map "
            'with the same activation_channels, or fit a basis of its own'.format(
                layer, whose, in_words(channels), in_words(basis.channels)
            )
        )


def in_words(channels: Sequence[int]) -> str:
    """
    :param channels: numbers
    :return: text such as ``0 to 15``, or ``0, 3, 5``
    """
    numbers = list(channels)
    if len(numbers) > 2 and numbers == list(range(numbers[0], numbers[-1] + 1)):
        return '{} to {}'.format(numbers[0], numbers[-1])
    shown = [str(number) for number in numbers[:12]] + (['...'] if len(numbers) > 12 else [])
    return ', '.join(shown)
