# -*- coding: utf-8 -*-
"""The common period of chosen layers, and what is said of those that it tells nothing of."""

import pytest

pytestmark = pytest.mark.slow
niftynet = pytest.importorskip('niftynet')

import tensorflow as tf  # noqa: E402
from niftynet.layer.downsample import DownSampleLayer  # noqa: E402
from niftynet.layer.linear_resize import LinearResizeLayer  # noqa: E402

from niftynet_activations.capturing.fetched_layers import SavedLayer  # noqa: E402
from niftynet_activations.capturing.recording import NetworkRecord  # noqa: E402
from niftynet_activations.errors import GeometryError  # noqa: E402
from niftynet_activations.exactness.layer_geometry import LayerGeometries  # noqa: E402
from niftynet_activations.exactness.reference_volume import ReferenceShapes  # noqa: E402

WINDOW = (12, 8, 16)


@pytest.fixture
def layers():
    with tf.Graph().as_default():
        image = tf.compat.v1.placeholder(tf.float32, (1,) + WINDOW + (1,))
        tensors = [
            DownSampleLayer('AVG', 2, 2)(image),
            DownSampleLayer('AVG', (3, 1, 1), (3, 1, 1))(image),
            tf.reverse(image, [1]),
            LinearResizeLayer((13, 8, 16))(image),
            tf.reduce_mean(image, [1, 2, 3]),
            tf.reduce_mean(tf.reverse(image, [1]), [1, 2, 3]),
        ]
        saved = [SavedLayer('key', 'layer', '', each, each, each, [0]) for each in tensors]
        record = NetworkRecord(None)
        record.image = image
        references = ReferenceShapes(None, WINDOW, (0, 1, 2), 1)
        yield LayerGeometries(record, saved, (0, 1, 2), references), saved


def test_what_is_not_known_has_no_part_in_it(layers):
    geometries, saved = layers
    assert geometries.common_periods(saved[:3]) == [6, 2, 2]
    assert geometries.common_periods(saved[1:3]) == [3, 1, 1]


def test_an_axis_that_is_resized_unevenly_has_no_part_in_it(layers):
    geometries, saved = layers
    assert geometries.common_periods(saved[:4]) == [6, 2, 2]
    assert geometries.common_periods(saved[3:4]) == [1, 1, 1]


def test_a_row_a_window_is_not_exact(layers):
    geometries, saved = layers
    assert geometries.judge_row(saved[4]) == dict(
        exact=False, inexact_because='it takes a value over the whole window'
    )
    verdict = geometries.judge_row(saved[5])
    assert verdict['exact'] is None and 'ReverseV2' in verdict['inexact_because']


def test_where_nothing_is_known_there_is_none(layers):
    geometries, saved = layers
    with pytest.raises(GeometryError, match='none of the chosen layers .*ReverseV2.*niftynet$'):
        geometries.common_periods(saved[2:3])
