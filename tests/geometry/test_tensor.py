# -*- coding: utf-8 -*-
"""What is said of a layer as a whole."""

import pytest

from niftynet_activations.geometry.axis import voxels
from niftynet_activations.geometry.tensor import TensorGeometry
from niftynet_activations.geometry.transitions import convolve, span


def test_lists_in_the_order_of_the_axes():
    axes = (convolve(voxels(5), 2, 2), convolve(voxels(7), 3), span(voxels(11)))
    geometry = TensorGeometry(axes, (), ())
    assert geometry.stride == [2.0, 1.0, 1.0]
    assert geometry.offset == [0.5, 0.0, 0.0]
    assert geometry.period == [2, 1, 1]
    assert geometry.receptive_field == [2, 3, None]


@pytest.mark.parametrize(
    'reasons, unknowns, exactable',
    [((), (), True), (('a',), (), False), ((), ('b',), None), (('a',), ('b',), False)],
)
def test_exactable(reasons, unknowns, exactable):
    geometry = TensorGeometry((voxels(5),) * 3, reasons, unknowns)
    assert geometry.exactable is exactable
    assert geometry.inexact_because == reasons + unknowns


def test_unknown_place():
    geometry = TensorGeometry(None, (), ('operation unknown',))
    assert geometry.stride is geometry.period is geometry.receptive_field is None
