# -*- coding: utf-8 -*-
"""
The measurement of receptive fields: right fields agree, wrong ones do not, on real networks.
"""

import os
import sys

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

SCRIPTS = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), 'scripts')
sys.path.insert(0, SCRIPTS)

import measured_fields  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
from niftynet.layer.downsample import DownSampleLayer  # noqa: E402

from niftynet_activations.geometry import graph  # noqa: E402


def test_toynet_agrees():
    result = measured_fields.measure('toynet', 1)
    assert result['window'] == [8, 16, 8]
    assert [each['state'] for each in result['layers']] == ['agrees'] * 7
    assert result['layers'][0]['name'] == 'conv_input_bn_relu'
    assert {(each['derived'], each['measured']) for each in result['layers']} == {(3, 3)}


@pytest.mark.parametrize('first, last', [(-2, 1), (-1, 2), (0, 1), (-1, 0)])
def test_field_that_is_wrong_at_one_end_differs(monkeypatch, first, last):
    def wrong(tensors, image):
        found = graph.read_geometry(tensors, image)
        return {name: _with_ends(geometry, first, last) for name, geometry in found.items()}

    monkeypatch.setattr(measured_fields, 'read_geometry', wrong)
    result = measured_fields.measure('toynet', 0)
    assert {each['state'] for each in result['layers']} == {'differs'}


def _with_ends(geometry, first, last):
    x = geometry.axes[0]._replace(bounds=np.array([[first, last]]))
    return geometry._replace(axes=[x] + list(geometry.axes[1:]))


def test_constant_kernels_with_zeros_are_found():
    with tf.Graph().as_default():
        image = tf.compat.v1.placeholder(tf.float32, (1, 9, 12, 15, 1))
        whole = DownSampleLayer('AVG', 3, 3)(image)
        holed = DownSampleLayer('CONSTANT', 3, 3)(image) + 1.0
        found = measured_fields._behind_holes([image, whole, holed])
    assert list(found) == [holed.name]
    assert found[holed.name].endswith('conv')


def test_fewer_channels_keep_the_name():
    fewer = measured_fields.FewerChannels(256)
    assert fewer == 32
    assert '{}'.format(fewer) == '256'
