# -*- coding: utf-8 -*-
"""
A *mosaic*: the pictures of a montage as one array, side by side, row by row.
"""

import math
from typing import Sequence

import numpy as np

GAP = 2  # pixels between pictures


def columns_of_montage(pictures: Sequence[np.ndarray]) -> int:
    """
    How many pictures to put in one row, for a montage about as high as it is wide.

    :param pictures: pictures of one size
    :return: at least 4, at most 10, and no more than there are
    """
    height, width = pictures[0].shape
    even = int(round(math.sqrt(len(pictures) * height / float(width))))
    near = [n for n in range(even - 2, even + 3) if 4 <= n <= 10] or [min(10, max(4, even))]
    # the last row is as full as it can be
    best = min(near, key=lambda n: (-len(pictures) % n, abs(n - even), -n))
    return max(1, min(len(pictures), best))


def mosaic(pictures: Sequence[np.ndarray], per_row: int) -> np.ndarray:
    """
    Put pictures side by side, GAP pixels apart.

    :param pictures: pictures (rows, columns) of one size
    :param per_row: how many in a row
    :return: one picture; NaN in gaps and where the last row is not full
    """
    height, width = pictures[0].shape
    rows = -(-len(pictures) // per_row)
    whole = np.full((rows * (height + GAP) - GAP, per_row * (width + GAP) - GAP), np.nan)
    for place, picture in enumerate(pictures):
        row, column = divmod(place, per_row)
        top, left = row * (height + GAP), column * (width + GAP)
        whole[top : top + height, left : left + width] = picture
    return whole
