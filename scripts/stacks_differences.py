# -*- coding: utf-8 -*-
"""
Differences between the outputs of two runs, computed with numpy only.

Differences of a map are divided by its *range*: its largest value minus its smallest one, in the
reference.
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

    ``voxels`` and ``labels_changed`` are numbers of voxels; ``probability`` is the largest
    difference of a probability; ``maps`` is the number of maps, ``map`` the largest difference of a
    map relative to its range, and ``layer`` the layer of that map. ``largest_class`` is the share
    of voxels with the commonest label, ``mean_confidence`` the mean over the voxels of the largest
    probability.
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
    :param current: folder of the other run
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
    :return: the largest difference, relative to the reference's range; infinite if a sample is
        missing (NaN) in one map and not in the other
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
    :param folder: folder of a run
    :return: the class probabilities, (x, y, z, class)
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
