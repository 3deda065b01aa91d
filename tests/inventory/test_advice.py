# -*- coding: utf-8 -*-
import pytest

from niftynet_activations.geometry.axis import AxisGeometry
from niftynet_activations.inventory.advice import Adviser, megabytes

POINT = AxisGeometry.of_window(1)
WINDOW = (24, 20, 1)


def axes(kernel, stride=1):
    found = []
    for size in WINDOW[:2]:
        padding = (kernel - 1) // 2
        found.append(
            AxisGeometry.of_window(size).convolve(size // stride, kernel, stride, 1, padding)
        )
    return found + [POINT]


@pytest.mark.parametrize(
    'layer, reasons, expected',
    [
        (axes(1), (), ([0, 0, 0], None)),
        (axes(7), (), ([3, 3, 0], None)),
        (axes(23), (), (None, 'its receptive field is too large for the window')),
        (
            [axes(3)[0].spanning(24), POINT, POINT],
            (),
            (None, 'it depends on the window as a whole'),
        ),
        (axes(3), ('one', 'two'), (None, 'one; two')),
        (None, ('an operation is not known',), (None, 'an operation is not known')),
        (None, (), (None, 'the place of its samples is not known')),
    ],
)
def test_advice(layer, reasons, expected):
    assert tuple(Adviser(WINDOW).advise(layer, reasons)) == expected


def test_layers_of_one_geometry_are_worked_out_once(monkeypatch):
    asked = []
    monkeypatch.setattr(
        'niftynet_activations.inventory.advice.smallest_border',
        lambda axis, window, least: asked.append(window) or 3,
    )
    adviser = Adviser(WINDOW)
    for _ in range(5):
        assert adviser.advise(axes(7), ()).exact_with_border == [3, 3, 3]
    assert asked == [24, 20, 1]


@pytest.mark.parametrize(
    'layer, padding, expected',
    [
        (axes(3), (0, 0, 0), 31 * 45 * 2),
        (axes(3), (4, 5, 0), 31 * 45 * 2),
        # samples at 0, 2, 4, ...: sixteen of 31 voxels, or fifteen behind one voxel of padding
        (axes(1, 2), (0, 0, 0), 16 * 23 * 2),
        (axes(1, 2), (1, 0, 0), 15 * 23 * 2),
    ],
)
def test_megabytes(layer, padding, expected):
    assert megabytes(layer, 5, (31, 45, 2), padding) == pytest.approx(expected * 5 * 4 / 1e6)


def test_megabytes_that_are_not_known():
    assert megabytes(None, 5, (31, 45, 2), (0, 0, 0)) is None
    assert megabytes(axes(3), None, (31, 45, 2), (0, 0, 0)) is None
