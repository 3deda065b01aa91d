# -*- coding: utf-8 -*-
"""What a network does on the reference volume, beside what it does on a window."""

import pytest

pytestmark = pytest.mark.slow
niftynet = pytest.importorskip('niftynet')

import random_network  # noqa: E402
import tensorflow as tf  # noqa: E402
from niftynet.layer.crop import CropLayer  # noqa: E402
from niftynet.layer.downsample import DownSampleLayer  # noqa: E402
from niftynet.layer.linear_resize import LinearResizeLayer  # noqa: E402

from niftynet_activations.application.differences import ApplicationDifferences  # noqa: E402
from niftynet_activations.capturing.fetched_layers import SavedLayer  # noqa: E402
from niftynet_activations.capturing.recording import record_layers  # noqa: E402
from niftynet_activations.exactness.layer_geometry import LayerGeometries  # noqa: E402
from niftynet_activations.exactness.reference_volume import ReferenceShapes  # noqa: E402
from niftynet_activations.geometry.axis import AxisGeometry  # noqa: E402
from niftynet_activations.space.lattice import inside_image  # noqa: E402
from niftynet_activations.stitching.axis_plan import StitchPlan  # noqa: E402
from niftynet_activations.stitching.crop import CropAxisPlan  # noqa: E402

WINDOW = (12, 8, 16)


class Application(ApplicationDifferences):
    """The part of NiftyNet's segmentation application that makes a network."""

    net_param = type('Parameters', (), dict(name='random', keep_prob=1.0))

    def initialise_network(self):
        self.net = random_network.RandomNet(2)


def judged(steps, layer, volume, monkeypatch):
    """The verdict on a layer of the network whose recipe is ``steps``."""
    monkeypatch.setattr(random_network.RandomNet, 'recipe', steps)
    application = Application()
    with tf.Graph().as_default():
        application.initialise_network()
        with record_layers(application.net) as record, tf.name_scope('worker_0'):
            image = tf.compat.v1.placeholder(tf.float32, (1,) + WINDOW + (1,))
            application.net(image, is_training=False)
        (tensor,) = [each for name, _, each in record.outputs() if name == layer]
        saved = SavedLayer('key', layer, '', tensor, tensor, tensor, [0])
        references = ReferenceShapes(application, WINDOW, (0, 1, 2), 1)
        geometries = LayerGeometries(record, [saved], (0, 1, 2), references)
        axes = geometries.axes(saved, WINDOW)
        plans = [
            CropAxisPlan(inside_image(axis.stride, axis.offset, n, 0), (0, n - m), m, axis.size, n)
            for axis, n, m in zip(axes, volume, WINDOW)
        ]
        return geometries.judge_map(saved, volume, False, StitchPlan(plans))


def test_a_network_that_does_the_same_is_exact(monkeypatch):
    steps = [('pool', 'AVG', 2, 2, 'SAME')]
    verdict = judged(steps, 'avg_pool_0', (18, 8, 16), monkeypatch)
    assert (verdict.exact, verdict.reference_shape) == (True, [18, 8, 16])


def _resized(flow, name):
    """To a size that is the window's whatever comes in."""
    return LinearResizeLayer((24, 16, 32), name=name)(DownSampleLayer('MAX', 2, 2)(flow))


def _cut(flow, name):
    """Off by a number that depends on the size; the rest has the same centre."""
    return CropLayer(flow.shape.as_list()[1] // 6, name=name)(flow)


@pytest.mark.parametrize('layer', [_resized, _cut])
def test_a_network_that_does_otherwise_is_not(layer, monkeypatch):
    monkeypatch.setitem(random_network.STEPS, 'sized', layer)
    verdict = judged([('sized',)], 'sized_0', (24, 8, 16), monkeypatch)
    assert verdict.exact is False
    assert 'does otherwise on 24 x 8 x 16 voxels' in verdict.inexact_because


def test_only_the_same_samples_continue():
    short, long = [AxisGeometry.of_window(n).convolve(n // 2, 2, 2) for n in (12, 24)]
    assert short.continues_as(long, 12)
    assert not short.continues_as(long, 10)
    assert not short.continues_as(AxisGeometry.of_window(24).convolve(12, 3, 2), 12)
    assert not short.continues_as(AxisGeometry.of_window(24), 12)
