# -*- coding: utf-8 -*-
"""
How a segmentation changes, counted part by part.

- *before*: the segmentation of the unchanged network;
- *after*: that of the changed one;
- *truth*: labels that are given from outside, such as those that an expert has drawn.

Dice of two sets is ``2 |A and B| / (|A| + |B|)`` (Dice 1945); it has no value where both are empty.
"""

from typing import Dict, List, NamedTuple, Optional, Sequence

import numpy as np

from niftynet_activations.looking import region_labels

ALL = 'all'
NOT_COUNTED = -1  # of a voxel without a label


class Overlap(object):
    """
    Counts pairs of classes of two label images.

    :param first: classes of the first one
    :param second: classes of the second one
    """

    def __init__(self, first: int, second: int) -> None:
        self._second = second
        self.pairs = np.zeros((first, second), np.int64)

    def add(self, first: np.ndarray, second: np.ndarray) -> None:
        """
        :param first: classes, whole numbers; NOT_COUNTED for voxels that do not count
        :param second: likewise, of the same shape
        """
        counted = (first != NOT_COUNTED) & (second != NOT_COUNTED)
        one, other = first[counted].astype(np.int64), second[counted].astype(np.int64)
        found = np.bincount(one * self._second + other, minlength=self.pairs.size)
        self.pairs += found.reshape(self.pairs.shape)

    def dice(self, label: int) -> float:
        """
        :param label: a class of both
        :return: Dice of the voxels that have it in the one and in the other; NaN where none has it
        """
        both = int(self.pairs[label].sum() + self.pairs[:, label].sum())
        return 2.0 * int(self.pairs[label, label]) / both if both else float('nan')


class Effect(NamedTuple):
    """What one change does to one segmentation."""

    change: Overlap  # before, after
    before: Optional[Overlap]  # truth, before; None where no truth is given
    after: Optional[Overlap]  # truth, after


def rows_of(effect: Effect, labels: Sequence[int]) -> List[Dict[str, object]]:
    """
    :param effect: of a change
    :param labels: for each class the label that stands for it
    :return: a row for each class, and one for all together
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
    :param labels: for each class the label that stands for it
    :return: (same shape) int16 classes: the number behind the last class for other labels,
        NOT_COUNTED where the voxel does not count
    """
    found = np.full(truth.shape, len(labels), np.int16)
    for number, label in enumerate(labels):
        found[truth == label] = number
    found[truth == region_labels.NOT_COUNTED] = NOT_COUNTED
    return found
