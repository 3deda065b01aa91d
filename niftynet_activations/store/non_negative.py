# -*- coding: utf-8 -*-
"""
Non-negative least squares: for each sample the amounts, at least 0, of given parts whose weighted
sum is nearest to the sample.

They are found by block principal pivoting (Kim and Park 2011): a part is *passive* where its amount
may be above 0. With the right parts passive, the amounts of the others are 0, and those of the
passive ones solve a system of linear equations; parts whose amount or slope has the wrong sign
change sides until there is none. The optimum is the one that scikit-learn's solver approaches; many
samples have the same passive parts and are solved at once, which is many times as fast.
"""

import functools
from typing import Tuple

import numpy as np

PLAIN_STEPS = 3  # steps without progress in which all wrong parts may still change sides at once
ROUNDING = 1e-12  # relative to the largest number of a sample
MOST_PARTS = 64  # which are passive is kept in the bits of one 64-bit number


def amounts_of(parts: np.ndarray, values: np.ndarray) -> Tuple[np.ndarray, np.ndarray]:
    """
    :param parts: (N, channels), at least 0
    :param values: (samples, channels), at least 0
    :return: amounts (samples, N); and (samples,) bool, whether they were found. They may not be
        found where parts depend on each other linearly, or are more than ``MOST_PARTS``
    """
    gram, along = parts @ parts.T, values @ parts.T
    made, found = np.zeros(along.shape), np.zeros(len(along), bool)
    if len(parts) > MOST_PARTS:
        return made, found
    left = np.arange(len(along))
    passive = along > 0
    fewest = np.full(len(along), len(parts) + 1)
    chances = np.full(len(along), PLAIN_STEPS)
    for _ in range(5 * len(parts) + 20):
        amounts = _solved(gram, along[left], passive)
        slopes = amounts @ gram - along[left]
        limits = [-ROUNDING * np.abs(each).max(axis=1) for each in (amounts, along[left])]
        wrong = np.where(passive, amounts < limits[0][:, np.newaxis], slopes < limits[1][:, None])
        count = wrong.sum(axis=1)
        ready = count == 0
        made[left[ready]] = np.maximum(amounts[ready], 0)
        found[left[ready]] = True
        left, passive, wrong, count, fewest, chances = (
            each[~ready] for each in (left, passive, wrong, count, fewest, chances)
        )
        if not len(left):
            break
        better = count < fewest
        fewest = np.minimum(count, fewest)
        chances = np.where(better, PLAIN_STEPS, chances - 1)
        # without progress only the last wrong part changes sides: changing all of them may go on
        # for ever, and this rule ends
        last = wrong & (np.cumsum(wrong[:, ::-1], axis=1)[:, ::-1] == 1)
        passive = passive ^ np.where((chances >= 0)[:, np.newaxis], wrong, last)
    return made, found


def _solved(gram: np.ndarray, along: np.ndarray, passive: np.ndarray) -> np.ndarray:
    """The amounts (samples, N) at which the slope of passive parts is 0; 0 for the other parts."""
    packed = np.zeros((len(passive), 8), np.uint8)
    bits = np.packbits(passive, axis=1)
    packed[:, : bits.shape[1]] = bits
    codes = packed.view(np.uint64).ravel()
    order = np.argsort(codes, kind='stable')
    bounds = np.flatnonzero(np.diff(codes[order])) + 1
    amounts = np.zeros(along.shape)
    for rows in np.split(order, bounds):
        some = np.flatnonzero(passive[rows[0]])
        if len(some):
            inverse = _inverse(gram.tobytes(), tuple(some))
            amounts[rows] = along[rows] @ inverse
    return amounts


@functools.lru_cache(maxsize=1 << 12)
def _inverse(gram: bytes, passive: Tuple[int, ...]) -> np.ndarray:
    """The matrix (N, N) that solves for the passive parts and gives 0 for the others."""
    numbers = np.frombuffer(gram)
    square = numbers.reshape(int(round(len(numbers) ** 0.5)), -1)
    inverse = np.zeros(square.shape)
    inverse[np.ix_(passive, passive)] = np.linalg.pinv(square[np.ix_(passive, passive)])
    return inverse
