# -*- coding: utf-8 -*-
"""
How a segmentation changes: pairs of labels before and after, counted part by part.

- *before*: the segmentation of the unchanged network;
- *after*: the segmentation of the changed network;
- *truth*: labels that the user gives, such as those that an expert has drawn.

Dice of two sets is ``2 |A and B| / (|A| + |B|)`` (Dice 1945); it has no value where both are empty.
"""

from typing import Dict, List, NamedTuple, Optional, Sequence

import numpy as np

from niftynet_activations.looking import region_labels

ALL = 'all'
NOT_COUNTED = -1  # class of voxels that do not count


class Overlap(object):
    """
    Counts pairs of classes of two label images.

    :param first: number of classes in the first image
    :param second: number of classes in the second image
    """

    def __init__(self, first: int, second: int) -> None:
        self._second = second
        self.pairs = np.zeros((first, second), np.int64)

    def add(self, first: np.ndarray, second: np.ndarray) -> None:
        """
        :param first: classes, whole numbers; NOT_COUNTED for voxels that do not count
        :param second: the same for the second image, of the same shape
        """
        counted = (first != NOT_COUNTED) & (second != NOT_COUNTED)
        one, other = first[counted].astype(np.int64), second[counted].astype(np.int64)
        found = np.bincount(one * self._second + other, minlength=self.pairs.size)
        self.pairs += found.reshape(self.pairs.shape)

    def dice(self, label: int) -> float:
        """
        :param label: a class
        :return: Dice of the voxels that have this class in the first image and those that have it
            in the second one; NaN where no voxel has it
        """
        both = int(self.pairs[label].sum() + self.pairs[:, label].sum())
        return 2.0 * int(self.pairs[label, label]) / both if both else float('nan')


class Effect(NamedTuple):
    """How one change of the network changes one segmentation."""

    change: Overlap  # before, after
    before: Optional[Overlap]  # truth, before; None where no truth is given
    after: Optional[Overlap]  # truth, after


def rows_of(effect: Effect, labels: Sequence[int]) -> List[Dict[str, object]]:
    """
    :param effect: of a change
    :param labels: for each class its label
    :return: a row for each class, and a row for all together
    """
    pairs = effect.change.pairs
    found: List[Dict[str, object]] = []
    for number, label in enumerate(labels):
        voxels, after = int(pairs[number].sum()), int(pairs[:, number].sum())
        row: Dict[str, object] = dict(
            label=label,
            voxels=voxels,
            voxels_after=after,
            changed=voxels + after - 2 * int(pairs[number, number]),
            dice=effect.change.dice(number),
        )
        if effect.before is not None and effect.after is not None:
            row['dice_before'] = effect.before.dice(number)
            row['dice_after'] = effect.after.dice(number)
            row['dice_change'] = effect.after.dice(number) - effect.before.dice(number)
        found.append(row)
    total = int(pairs.sum())
    same = int(np.trace(pairs))
    found.append(dict(label=ALL, voxels=total, voxels_after=total, changed=total - same))
    return found


def classes_of(truth: np.ndarray, labels: Sequence[int]) -> np.ndarray:
    """
    :param truth: labels, as :func:`~niftynet_activations.looking.region_labels.labels_at_samples`
        gives them
    :param labels: for each class its label
    :return: int16 classes, of the same shape: ``len(labels)`` for all other labels, NOT_COUNTED for
        voxels that do not count
    """
    found = np.full(truth.shape, len(labels), np.int16)
    for number, label in enumerate(labels):
        found[truth == label] = number
    found[truth == region_labels.NOT_COUNTED] = NOT_COUNTED
    return found
