# -*- coding: utf-8 -*-
"""
How far the outputs of two runs lie apart; plain numpy.

Differences of a map are taken relative to its *range*: its largest value minus its smallest, in
the reference.
"""

import glob
import json
import os
from typing import Dict, NamedTuple, Tuple

import numpy as np

from niftynet_activations.store.lazy_arrays import load_nifti


class Comparison(NamedTuple):
    """
    Two runs of one network.

    ``voxels`` and ``labels_changed`` count voxels; ``probability`` is the largest difference of a
    probability; ``maps`` how many maps there are, ``map`` the largest difference of one relative
    to its range, and ``layer`` the layer it is of. ``largest_class`` is the share of voxels that
    the commonest label has, ``mean_confidence`` the mean of the largest probability.
    """

    voxels: int
    labels_changed: int
    probability: float
    maps: int
    map: float
    layer: str
    largest_class: float
    mean_confidence: float


def compare(reference: str, current: str) -> Comparison:
    """
    :param reference: folder of a run with ``output_prob`` and maps as ``.nii``
    :param current: folder of the other
    :return: a :class:`Comparison`
    :raises IOError: if either has no outputs, or they do not hold the same maps
    """
    first, second = probabilities(reference), probabilities(current)
    labels = first.argmax(-1)
    layers = {
        layer: difference(one, other) for layer, (one, other) in _pairs(reference, current).items()
    }
    worst = max(layers, key=layers.__getitem__)
    return Comparison(
        voxels=labels.size,
        labels_changed=int((labels != second.argmax(-1)).sum()),
        probability=float(np.abs(first - second).max()),
        maps=len(layers),
        map=layers[worst],
        layer=worst,
        largest_class=float(np.bincount(labels.ravel()).max() / labels.size),
        mean_confidence=float(first.max(-1).mean()),
    )


def difference(reference: np.ndarray, current: np.ndarray) -> float:
    """
    :param reference: map, any shape
    :param current: map of the same shape
    :return: the largest difference, relative to the reference's range; infinite where one is
        missing (NaN) and the other not
    """
    reference, current = (np.asarray(each, dtype=np.float64) for each in (reference, current))
    missing = np.isnan(reference)
    if reference.shape != current.shape or not np.array_equal(missing, np.isnan(current)):
        return float('inf')
    reference, current = reference[~missing], current[~missing]
    largest = float(np.abs(reference - current).max()) if reference.size else 0.0
    return largest / float(np.ptp(reference)) if largest else 0.0


def probabilities(folder: str) -> np.ndarray:
    """
    :return: (x, y, z, class) float array
    """
    found = sorted(glob.glob(os.path.join(str(folder), 'window_seg_*.nii.gz')))
    if len(found) != 1:
        raise IOError('{} holds {} segmentations; expected one'.format(folder, len(found)))
    values = _values(found[0])
    return values.reshape(values.shape[:3] + values.shape[-1:])


def _pairs(reference: str, current: str) -> Dict[str, Tuple[np.ndarray, np.ndarray]]:
    first, second = _maps(reference), _maps(current)
    if not first or sorted(first) != sorted(second):
        raise IOError(
            '{} and {} do not hold the same maps: {}'.format(
                reference, current, ', '.join(sorted(set(first) ^ set(second))) or 'none at all'
            )
        )
    return {layer: (_values(first[layer]), _values(second[layer])) for layer in first}


def _values(path: str) -> np.ndarray:
    return np.asanyarray(load_nifti(path).dataobj)


def _maps(folder: str) -> Dict[str, str]:
    found = {}
    for path in glob.glob(os.path.join(str(folder), 'activation_*.json')):
        with open(path) as stream:
            found[json.load(stream)['layer']] = path[: -len('.json')] + '.nii'
    return found
