# -*- coding: utf-8 -*-
"""
The geometry that is read from graphs, for one layer of each kind: fields against the gradient's
support, periods against shifted windows, sizes odd and unequal.
"""

import contextlib
import re

import pytest

pytestmark = pytest.mark.slow
niftynet = pytest.importorskip('niftynet')

import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
from niftynet.layer.additive_upsample import ResidualUpsampleLayer  # noqa: E402
from niftynet.layer.convolution import ConvLayer, ConvolutionalLayer  # noqa: E402
from niftynet.layer.crop import CropLayer  # noqa: E402
from niftynet.layer.deconvolution import DeconvLayer, DeconvolutionalLayer  # noqa: E402
from niftynet.layer.dilatedcontext import DilatedTensor  # noqa: E402
from niftynet.layer.downsample import DownSampleLayer  # noqa: E402
from niftynet.layer.downsample_res_block import DownBlock  # noqa: E402
from niftynet.layer.elementwise import ElementwiseLayer  # noqa: E402
from niftynet.layer.gn import GNLayer  # noqa: E402
from niftynet.layer.linear_resize import LinearResizeLayer  # noqa: E402
from niftynet.layer.squeeze_excitation import ChannelSELayer, SpatialSELayer  # noqa: E402
from niftynet.layer.subpixel import SubPixelLayer  # noqa: E402
from niftynet.layer.upsample import UpSampleLayer  # noqa: E402

from geometry.oracle import Support, disagreements, in_float64, v1  # noqa: E402
from niftynet_activations.dilation import undo_space_to_batch  # noqa: E402
from niftynet_activations.errors import GeometryError  # noqa: E402
from niftynet_activations.geometry.graph import read_geometry  # noqa: E402
from niftynet_activations.geometry.rules import RULES  # noqa: E402

ODD, EVEN = (9, 11, 13), (8, 12, 16)
SINGLE = {  # what some version of TensorFlow computes in float32 only
    'additive_upsampling', 'average', 'average_2d', 'batch_norm_fused', 'channels_together',
    'channelwise_deconv', 'concatenation', 'deconv_2', 'deconv_3', 'depthwise', 'maximum',
    'maximum_2d', 'rectifiers', 'residual_block', 'skip_beside_a_pooling', 'smooth',
    'space_to_batch_padded', 'two_poolings_and_back',
}  # fmt: skip


def maximum(image):
    return DownSampleLayer('MAX', 2, 2)(image)


def dilated(image, then):
    with DilatedTensor(image, dilation_factor=2) as block:
        block.tensor = then(block.tensor)
    return block.tensor


def inside(image):
    with DilatedTensor(image, dilation_factor=4) as block:
        return ConvLayer(2, 3)(ConvLayer(2, 3)(block.tensor))


def unet_like(image):
    skip = ConvLayer(2, 3)(image)
    deep = ConvLayer(2, 3)(maximum(skip))
    return ElementwiseLayer('CONCAT')(DeconvLayer(2, 2, 2)(deep), skip)


def asymmetric_pad(image):
    return v1.pad(image, [[0, 0], [1, 0], [0, 3], [2, 2], [0, 0]])


def stacked(image):
    one, two = tf.split(image, 2, axis=-1)
    both = tf.stack([ConvLayer(1, 3)(one), ConvLayer(1, 5)(two)], axis=-1)
    return tf.reduce_mean(tf.transpose(both, [0, 1, 2, 3, 5, 4]), axis=-1)


def picked(image):
    channels = tf.unstack(ConvLayer(3, 3)(image), axis=-1)
    return tf.expand_dims(channels[1] + channels[2], -1)


def padded_block(x, paddings):
    block = tf.space_to_batch_nd(x, [2, 2], paddings)
    return tf.batch_to_space_nd(ConvLayer(2, 3)(block), [2, 2], paddings)


def smooth(x):
    for function in (tf.abs, tf.square, tf.sqrt, tf.exp, tf.negative, tf.exp, v1.log, v1.log1p):
        x = function(tf.abs(x) + 0.5)
    x = tf.maximum(x, tf.minimum(x, 1.0)) + tf.math.divide_no_nan(x, 2 + x) + tf.add_n([x, x])
    return tf.nn.log_softmax(tf.math.erf(x)) + tf.math.reciprocal(x)


def rectified(x):
    for function in (tf.nn.relu6, tf.nn.elu, tf.nn.selu, tf.nn.softplus, tf.nn.softsign):
        x = function(tf.abs(x) + 0.1)
    return tf.nn.leaky_relu(v1.check_numerics(v1.placeholder_with_default(x, x.shape), 'finite'))


def fused(x):
    ones = np.ones(2, np.float32)
    return v1.nn.fused_batch_norm(x, ones, ones, ones, ones, is_training=False)[0]


LAYERS = {
    'conv_same': (ODD, lambda x: ConvLayer(2, 3)(x)),
    'conv_even_kernel': (ODD, lambda x: ConvLayer(2, 4)(x)),
    'conv_stride_2': (ODD, lambda x: ConvLayer(2, 3, stride=2)(x)),
    'conv_stride_2_even_size': (EVEN, lambda x: ConvLayer(2, 3, stride=2)(x)),
    'conv_stride_3': (ODD, lambda x: ConvLayer(2, 2, stride=3)(x)),
    'conv_valid': (ODD, lambda x: ConvLayer(2, 3, padding='VALID')(x)),
    'conv_unequal_kernel': (ODD, lambda x: ConvLayer(2, (1, 3, 5))(x)),
    'conv_dilated': (ODD, lambda x: ConvLayer(2, 3, dilation=2)(x)),
    'conv_dilated_valid': (ODD, lambda x: ConvLayer(2, 3, dilation=3, padding='VALID')(x)),
    'conv_reflect': (ODD, lambda x: ConvLayer(2, 3, padding='REFLECT')(x)),
    'conv_constant': (ODD, lambda x: ConvLayer(2, 3, padding='CONSTANT')(x)),
    'conv_bn_prelu': (ODD, lambda x: ConvolutionalLayer(2, 3, acti_func='prelu')(x, False)),
    'conv_bn_selu': (ODD, lambda x: ConvolutionalLayer(2, 3, acti_func='leakyrelu')(x, False)),
    'conv_twice': (ODD, lambda x: ConvLayer(2, 3)(ConvLayer(2, 3, stride=2)(x))),
    'conv_2d': ((9, 13), lambda x: ConvLayer(2, 3, stride=2)(x)),
    'deconv_2': (EVEN, lambda x: DeconvLayer(2, 2, 2)(DownSampleLayer('AVG', 2, 2)(x))),
    'deconv_3': (EVEN, lambda x: DeconvLayer(2, 3, 2)(DownSampleLayer('AVG', 2, 2)(x))),
    'deconv_bn': (EVEN, lambda x: DeconvolutionalLayer(2, 3, 2)(ConvLayer(2, 3, 2)(x), False)),
    'deconv_valid': (ODD, lambda x: DeconvLayer(2, 3, 2, 'VALID')(ConvLayer(2, 3, 2)(x))),
    'deconv_2d': ((8, 12), lambda x: DeconvLayer(2, 4, 2)(ConvLayer(2, 3, 2)(x))),
    'average': (ODD, lambda x: DownSampleLayer('AVG', 3, 2)(x)),
    'maximum': (ODD, maximum),
    'maximum_2d': ((9, 13), maximum),
    'replicate': ((9, 12, 15), lambda x: UpSampleLayer('REPLICATE', 3, 3)(ConvLayer(2, 3, 3)(x))),
    'channelwise_deconv': (
        EVEN,
        lambda x: UpSampleLayer('CHANNELWISE_DECONV', 2, 2)(DownSampleLayer('AVG', 2, 2)(x)),
    ),
    'dilated': (EVEN, lambda x: dilated(x, ConvLayer(2, 3))),
    'dilated_by_hand': ((9, 12), lambda x: padded_block(x, [[1, 2], [2, 0]])),
    'dilated_twice': (EVEN, lambda x: dilated(x, lambda y: ConvLayer(2, 3)(ConvLayer(2, 3)(y)))),
    'dilated_conv_dilated': (EVEN, lambda x: dilated(x, ConvLayer(2, 3, dilation=2))),
    'inside_dilated': (EVEN, inside),
    'dilated_in_dilated': (
        (8, 16, 24),
        lambda x: dilated(x, lambda y: dilated(y, ConvLayer(2, 3))),
    ),
    'crop': (ODD, lambda x: CropLayer(2)(ConvLayer(2, 3)(x))),
    'pad': (ODD, asymmetric_pad),
    'index': (ODD, lambda x: x[:, 1:, ::2, 3:-1, :1]),
    'resize_2': (EVEN, lambda x: LinearResizeLayer(EVEN)(ConvLayer(2, 3, 2)(x))),
    'resize_4': (EVEN, lambda x: LinearResizeLayer(EVEN)(ConvLayer(2, 3, 4)(x))),
    'resize_one_sample': (
        (4, 12, 4),
        lambda x: LinearResizeLayer((4, 12, 4))(ConvLayer(2, 3, 4)(x)),
    ),
    'resize_down': (EVEN, lambda x: LinearResizeLayer((4, 4, 4))(ConvLayer(2, 3)(x))),
    'resize_2d': ((8, 12), lambda x: LinearResizeLayer((16, 36))(x)),
    'resize_half_pixels': ((8, 12), lambda x: tf.compat.v2.image.resize(x, (16, 12))),
    'resize_nearest': ((8, 12), lambda x: v1.image.resize_nearest_neighbor(x, (24, 6))),
    'additive_upsampling': (EVEN, lambda x: ResidualUpsampleLayer()(ConvLayer(2, 3, 2)(x), False)),
    'subpixel': ((4, 6, 8), lambda x: SubPixelLayer(2, ((3, 2), (3, -1)))(x)),
    'depth_to_space': ((4, 6), lambda x: v1.depth_to_space(ConvLayer(8, 3)(x), 2)),
    'space_to_depth': ((4, 6), lambda x: v1.space_to_depth(x, 2)),
    'sum_of_branches': (ODD, lambda x: ElementwiseLayer('SUM')(ConvLayer(2, 5)(x), x)),
    'concatenation': (EVEN, unet_like),
    'residual_block': (EVEN, lambda x: DownBlock(2)(x, False)[0]),
    'spatial_excitation': (ODD, lambda x: SpatialSELayer()(x)),
    'stacked': (ODD, stacked),
    'picked': (ODD, picked),
    'smooth': (ODD, lambda x: smooth(ConvLayer(2, 3)(x))),
    'channels_together': (
        ODD,
        lambda x: tf.concat(
            [
                reduced(ConvLayer(2, 3)(x), -1, keepdims=True)
                for reduced in (tf.reduce_max, tf.reduce_min, tf.reduce_prod, tf.reduce_sum)
            ],
            -1,
        ),
    ),
    'channels_picked': (
        ODD,
        lambda x: tf.gather(tf.split(ConvLayer(5, 3)(x), [2, 3], -1)[1], [2], axis=-1),
    ),
    'depthwise': (
        (9, 13),
        lambda x: tf.nn.depthwise_conv2d(
            x, np.ones((3, 4, 2, 2), np.float32), [1, 2, 2, 1], 'SAME'
        ),
    ),
    'average_2d': ((9, 13), lambda x: DownSampleLayer('AVG', 3, 2)(x)),
    'batch_norm_fused': ((9, 13), lambda x: fused(ConvLayer(2, 3)(x))),
    'rectifiers': (ODD, lambda x: rectified(ConvLayer(2, 3)(x))),
    'pad_with_ones': (
        ODD,
        lambda x: v1.pad(x, [[0, 0], [2, 1], [0, 0], [1, 0], [0, 0]], constant_values=1),
    ),
    'space_to_batch_padded': (
        (9, 11),
        lambda x: tf.nn.atrous_conv2d(x, np.ones((3, 3, 2, 1), np.float32), 2, 'SAME'),
    ),
    'resize_half_pixels_down': ((9, 12), lambda x: tf.compat.v2.image.resize(x, (3, 3))),
    'resize_half_pixels_nearest': (
        (9, 12),
        lambda x: tf.compat.v2.image.resize(x, (3, 24), method='nearest'),
    ),
    'resize_half_pixels_by_3': (
        (8, 12),
        lambda x: tf.compat.v2.image.resize(ConvLayer(2, 3)(x), (24, 12)),
    ),
    'subpixel_2d': ((6, 8), lambda x: SubPixelLayer(3, ((3, -1),))(x)),
    'argument': (ODD, lambda x: tf.nn.softmax(ConvLayer(2, 3)(x))),
}


def build(size, layer, single=False):
    image = v1.placeholder(tf.float32 if single else tf.float64, (1,) + tuple(size) + (2,))
    with contextlib.ExitStack() as stack:
        if not single:
            stack.enter_context(in_float64())
        return image, layer(image)


@pytest.mark.parametrize('name', sorted(LAYERS))
def test_field_is_the_support_of_the_gradient(name):
    size, layer = LAYERS[name]
    with tf.Graph().as_default(), v1.Session() as session:
        image, tensor = build(size, layer, name in SINGLE)
        tensor = undo_space_to_batch(tensor)
        geometry = read_geometry([tensor], image)[tensor.name]
        assert geometry.axes is not None and not geometry.inexact_because
        support = Support(session, image)
        support.draw_weights()
        shape = tensor.shape.as_list()[1:-1]
        rng = np.random.RandomState(1)
        for _ in range(6):
            sample = [int(rng.randint(n)) for n in shape]
            assert not disagreements(geometry, support, tensor, sample, draws=20), sample


# What has no gradient: the samples stay where they are, and so do their fields.
STEPS = {
    'rounding': lambda y: tf.floor(y) + tf.math.ceil(y) + tf.round(y) + tf.sign(y),
    'division': lambda y: tf.math.floordiv(y, y) + tf.math.floormod(y, y),
    'comparison': lambda y: tf.cast(
        tf.logical_or(
            tf.logical_and(y > 1, y >= 1), tf.logical_and(tf.equal(y, 1), tf.not_equal(y, 2))
        )
        | (y < 1)
        | (y <= 1)
        | v1.is_nan(y)
        | v1.is_finite(y),
        tf.float32,
    ),
    'likeness': lambda y: v1.where(y > 0, tf.raw_ops.ZerosLike(x=y), tf.raw_ops.OnesLike(x=y)),
    'choice': lambda y: tf.compat.v2.where(y > 0, y, 1.0),
    'several': lambda y: tf.identity_n([y[:, :2], y])[1],
    'largest': lambda y: tf.expand_dims(tf.argmax(y, -1) + tf.argmin(y, -1), -1),
    'any': lambda y: tf.reduce_any(y > 0, -1, keepdims=True) | tf.reduce_all(y > 0, -1, True),
}


@pytest.mark.parametrize('name', sorted(STEPS))
def test_steps_stay_in_place(name):
    with tf.Graph().as_default():
        image, tensor = build(ODD, lambda x: STEPS[name](ConvLayer(2, 3, stride=2)(x)), True)
        geometry = read_geometry([tensor], image)[tensor.name]
    assert not geometry.inexact_because
    assert [(axis.stride, axis.receptive_field) for axis in geometry.axes] == [(2, 3)] * 3


def down_and_up(x, factor):
    coarse = ConvLayer(2, 3)(ConvLayer(2, factor, factor)(x))
    return UpSampleLayer('REPLICATE', factor, factor)(coarse)


PERIODIC = {
    'conv': (1, lambda x: ConvLayer(2, 3)(x)),
    'stride_3': (3, lambda x: ConvLayer(2, 3, stride=3)(x)),
    'two_poolings_and_back': (
        4,
        lambda x: DeconvLayer(2, 4, 4)(
            DownSampleLayer('AVG', 2, 2)(DownSampleLayer('MAX', 2, 2)(x))
        ),
    ),
    'skip_beside_a_pooling': (2, unet_like),
    'branches_of_2_and_3': (6, lambda x: down_and_up(x, 2) + down_and_up(x, 3)),
    'dilated': (1, lambda x: dilated(x, ConvLayer(2, 3))),
    'repeated': (3, lambda x: UpSampleLayer('REPLICATE', 3, 3)(ConvLayer(2, 3, 3)(x))),
    'resized': (4, lambda x: LinearResizeLayer((24, 12, 12))(ConvLayer(2, 3, 4)(x))),
}


@pytest.mark.parametrize('name', sorted(PERIODIC))
def test_only_a_shift_by_the_period_leaves_the_values(name):
    period, layer = PERIODIC[name]
    volume = np.random.RandomState(2).uniform(0.5, 1.5, (1, 48, 12, 12, 2))
    with tf.Graph().as_default(), v1.Session() as session:
        image, tensor = build((24, 12, 12), layer, name in SINGLE)
        axis = read_geometry([tensor], image)[tensor.name].axes[0]
        assert axis.period == period
        session.run(v1.global_variables_initializer())

        def window_at(start):
            return session.run(tensor, {image: volume[:, start : start + 24]})[0]

        whole, moved, less = window_at(0), window_at(period), window_at(max(period - 1, 0))
    assert _largest_difference(axis, whole, moved, period) < 1e-5
    if period > 1:
        # the samples that lie nearest to those of the first window
        assert _largest_difference(axis, whole, less, period - 1) > 1e-3


def _largest_difference(axis, whole, moved, shift):
    """Over the samples that see nothing of the windows' faces in x."""
    step = int(round(shift / float(axis.stride)))
    samples = np.arange(step, axis.size)
    first, last = axis.interval(samples)
    inside = (first >= shift) & (last < 24) & (axis.interval(samples - step)[0] >= 0)
    assert inside.any()
    return max(np.abs(whole[each] - moved[each - step]).max() for each in samples[inside])


def geometry_of(layer, size=ODD):
    with tf.Graph().as_default():
        image, tensor = build(size, layer)
        return read_geometry([tensor], image)[tensor.name]


def fields(geometry):
    return [axis.receptive_field for axis in geometry.axes]


@pytest.mark.parametrize(
    'layer, match',
    [
        (lambda x: GNLayer(2)(x), 'a value over the whole window'),
        (lambda x: GNLayer(2)(ConvLayer(6, 3)(x)), 'a value over the whole window'),
        (lambda x: ConvolutionalLayer(2, 3)(x, True), 'over the whole window|batch statistics'),
        (lambda x: ChannelSELayer(reduction_ratio=1)(x), 'a value over the whole window'),
        (lambda x: x * tf.reduce_max(x, [1, 2, 3], keepdims=True), 'over the whole window'),
    ],
)
def test_what_depends_on_the_window_as_a_whole(layer, match):
    geometry = geometry_of(layer)
    assert fields(geometry) == [None] * 3
    (reason,) = geometry.inexact_because
    assert re.search(match, reason)


@pytest.mark.parametrize(
    'layer, match',
    [
        (lambda x: x + np.arange(13.0).reshape(13, 1), 'belong to places of the window'),
        (
            lambda x: tf.concat([x, np.random.RandomState(0).rand(1, 9, 11, 13, 1)], -1),
            'belong to places of the window',
        ),
        (lambda x: x * v1.random_uniform((1,), dtype=tf.float64), 'takes random numbers'),
        (lambda x: v1.nn.dropout(x, rate=0.5), 'takes random numbers'),
        (lambda x: x + v1.random_normal((13, 2), dtype=tf.float64), 'takes random numbers'),
        (lambda x: x[:, -5:], 'counts voxels from the upper end'),
    ],
)
def test_what_does_not_move_with_the_window(layer, match):
    geometry = geometry_of(layer)
    assert re.search(match, ' '.join(geometry.inexact_because))


def test_a_constant_that_is_even_over_the_window_is_no_reason():
    even = geometry_of(lambda x: tf.concat([x, tf.ones((1, 9, 11, 13, 1), tf.float64)], -1))
    assert not even.inexact_because
    assert not geometry_of(lambda x: x + np.arange(2.0)).inexact_because


def test_spanning_layer_keeps_its_lattice():
    geometry = geometry_of(lambda x: GNLayer(2)(ConvLayer(2, 3, 2)(x)))
    assert fields(geometry) == [None] * 3
    assert [axis.stride for axis in geometry.axes] == [2.0] * 3


@pytest.mark.parametrize(
    'layer, match',
    [
        (lambda x: tf.cumsum(x, axis=1), "operation 'Cumsum' .* unknown type Cumsum"),
        (lambda x: tf.reverse(x, [1]), 'unknown type ReverseV2'),
        (lambda x: tf.concat([x, x], axis=1), 'joins windows side by side'),
        (lambda x: tf.concat([x, x], axis=0), 'joins batches'),
        (lambda x: tf.reshape(x, (1, 3, 3, 11, 13, 2)), 'rearranges samples'),
        (lambda x: tf.reshape(x, (1, 11, 9, 13, 2)), 'rearranges samples'),
        (lambda x: x[:, ::-1], 'in steps of -1'),
        (lambda x: LinearResizeLayer((10, 11, 12))(x), 'resizes 13 samples to 12, a ratio that'),
        (
            lambda x: tf.nn.conv3d(
                x, tf.reshape(x[:, :2, :2, :2], (2, 2, 2, 2, 1)), [1] * 5, 'SAME'
            ),
            'takes from the image|rearranges samples',
        ),
        (lambda x: tf.nn.conv3d(x, kernel_from(x), [1] * 5, 'SAME'), 'takes from the image'),
        # the samples of a strided layer inside of a dilated block do not lie evenly
        (
            lambda x: undo_space_to_batch(folded(x, lambda y: DownSampleLayer('AVG', 2, 2)(y))),
            'a stride inside a dilated block',
        ),
        (lambda x: tf.nn.top_k(x, 1)[0], 'unknown type TopKV2'),
    ],
)
def test_what_is_not_known_is_named(layer, match):
    geometry = geometry_of(layer, (8, 12, 16) if match.startswith('a stride') else ODD)
    assert geometry.axes is None
    assert re.search(match, geometry.inexact_because[0])


def kernel_from(image):
    return tf.reshape(tf.reduce_mean(image, [0, 1, 2, 3]), (1, 1, 1, 2, 1))


def folded(image, then):
    return then(tf.space_to_batch_nd(image, [2, 2, 2], [[0, 0]] * 3))


def test_unknown_beside_a_sure_reason():
    geometry = geometry_of(lambda x: tf.cumsum(GNLayer(2)(x), axis=1))
    assert geometry.axes is None
    assert len(geometry.inexact_because) == 2


def test_a_tensor_without_the_image():
    with tf.Graph().as_default():
        image, pooled = build(ODD, lambda x: tf.reduce_mean(x, [1, 2, 3]))
        constant = tf.ones((1, 5, 7, 11, 2))
        found = read_geometry([pooled, constant, image], image)
    assert found[constant.name].axes is None
    assert found[constant.name].inexact_because == ('it does not depend on the image',)
    assert fields(found[image.name]) == [1, 1, 1]


def test_deep_network():
    def deep(x):
        for _ in range(1500):
            x = x + 1.0
        return x

    assert fields(geometry_of(deep)) == [1, 1, 1]


def test_window_without_a_size():
    with tf.Graph().as_default():
        image = v1.placeholder(tf.float32, (1, 5, None, 11, 1))
        with pytest.raises(GeometryError, match='the size of the window is not fixed'):
            read_geometry([image], image)


def test_unknown_batch_size():
    with tf.Graph().as_default():
        image = v1.placeholder(tf.float32, (None, 8, 12, 16, 2))
        tensor = dilated(image, ConvLayer(2, 3))
        assert fields(read_geometry([tensor], image)[tensor.name]) == [5, 5, 5]


def test_a_size_that_comes_out_wrong_names_the_operation(monkeypatch):
    # a graph that says otherwise than its operation does cannot be built: a wrong rule can
    monkeypatch.setitem(RULES, 'StridedSlice', lambda tensor, inputs, states: states[0])
    geometry = geometry_of(lambda x: x[:, ::2])
    assert geometry.axes is None
    assert 'gives 5 samples where 9 were expected' in geometry.inexact_because[0]


def test_every_rule_has_a_case():
    """Each operation that the reader knows stands in a graph that is measured or named here."""
    graphs = list(LAYERS.values()) + [(ODD, step) for step in STEPS.values()]
    graphs.append((ODD, lambda x: ChannelSELayer(reduction_ratio=1)(x)))
    seen = {kind for size, layer in graphs for kind in operations_of(layer, size)}
    # the same under other names, in one of the two versions of TensorFlow
    renamed = {
        *('Add', 'AddV2', 'Div', 'Gather', 'Inv', 'Select', 'PeriodicResample', 'Prod'),
        *('FusedBatchNorm', 'FusedBatchNormV2', 'FusedBatchNormV3'),
    }
    assert set(RULES) - seen - renamed == set()


def operations_of(layer, size):
    with tf.Graph().as_default() as graph:
        build(size, layer, single=True)
        return {operation.type for operation in graph.get_operations()}
