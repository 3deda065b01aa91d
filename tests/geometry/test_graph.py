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
from niftynet_activations.geometry.graph import HANDLERS, read_geometry  # noqa: E402

ODD, EVEN = (9, 11, 13), (8, 12, 16)
SINGLE = {  # what some version of TensorFlow computes in float32 only
    'additive_upsampling', 'average', 'channelwise_deconv', 'concatenation', 'deconv_2',
    'deconv_3', 'dilated_stride', 'maximum', 'maximum_2d', 'residual_block',
    'skip_beside_a_pooling', 'stride_inside_dilation', 'two_poolings_and_back',
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
    'dilated_twice': (EVEN, lambda x: dilated(x, lambda y: ConvLayer(2, 3)(ConvLayer(2, 3)(y)))),
    'dilated_stride': (EVEN, lambda x: dilated(x, lambda y: DownSampleLayer('AVG', 2, 2)(y))),
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
        assert geometry.exactable is True
        support = Support(session, image)
        support.draw_weights()
        shape = tensor.shape.as_list()[1:-1]
        rng = np.random.RandomState(1)
        for _ in range(6):
            sample = [int(rng.randint(n)) for n in shape]
            assert not disagreements(geometry, support, tensor, sample, draws=20), sample


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
    'dilated': (1, lambda x: dilated(x, ConvLayer(2, 3))),
    'stride_inside_dilation': (4, lambda x: dilated(x, lambda y: DownSampleLayer('AVG', 2, 2)(y))),
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
    differences = []
    for sample in range(step, axis.size):
        first, last = axis.interval(sample)
        if first >= shift and last < 24 and axis.interval(sample - step)[0] >= 0:
            differences.append(np.abs(whole[sample] - moved[sample - step]).max())
    return max(differences)


def geometry_of(layer, size=ODD):
    with tf.Graph().as_default():
        image, tensor = build(size, layer)
        return read_geometry([tensor], image)[tensor.name]


@pytest.mark.parametrize(
    'layer, match',
    [
        (lambda x: GNLayer(2)(x), 'takes its statistics over the whole window'),
        (
            lambda x: ConvolutionalLayer(2, 3)(x, True),
            'takes its statistics over the batch and the whole window',
        ),
        (lambda x: ChannelSELayer(reduction_ratio=1)(x), 'takes its mean over the whole window'),
        (lambda x: LinearResizeLayer((10, 11, 12))(x), 'resizes from 13 to 12 samples'),
        (lambda x: x * tf.reduce_max(x, [1, 2, 3], keepdims=True), 'takes its max over'),
        (lambda x: x + np.arange(13.0).reshape(13, 1), 'belong to places of the window'),
        (lambda x: x * v1.random_uniform((1,), dtype=tf.float64), 'draws new random numbers'),
        (lambda x: v1.nn.dropout(x, rate=0.5), 'draws new random numbers'),
    ],
)
def test_what_can_never_be_exact(layer, match):
    geometry = geometry_of(layer)
    assert geometry.exactable is False
    assert len([each for each in geometry.inexact_because if match in each]) == 1
    assert len(geometry.inexact_because) == 1


def test_spanning_layer_keeps_its_lattice():
    geometry = geometry_of(lambda x: GNLayer(2)(ConvLayer(2, 3, 2)(x)))
    assert geometry.receptive_field == [None] * 3
    assert geometry.stride == [2.0] * 3


@pytest.mark.parametrize(
    'layer, match',
    [
        (lambda x: tf.cumsum(x, axis=1), r"operation 'Cumsum' \(Cumsum\) is not known"),
        (lambda x: tf.reverse(x, [1]), r'\(ReverseV2\) is not known'),
        (lambda x: tf.concat([x, x], axis=1), 'joins samples along an axis of space'),
        (lambda x: tf.reshape(x, (1, 3, 3, 11, 13, 2)), 'splits an axis of space'),
        (lambda x: tf.reshape(x, (1, 11, 9, 13, 2)), 'splits an axis of space'),
        (lambda x: x[:, ::-1], 'turns an axis of space round'),
        (lambda x: tf.transpose(x, [0, 2, 1, 3, 4]), r'not of the form \(batch, x, y\[, z\]'),
        (
            lambda x: tf.nn.conv3d(x, x[0, :2, :2, :2, :, None] * 1.0, [1] * 5, 'SAME'),
            'from the image what',
        ),
    ],
)
def test_what_is_not_known_is_named(layer, match):
    geometry = geometry_of(layer)
    assert geometry.axes is None
    assert geometry.exactable is None
    assert re.search(match, geometry.inexact_because[0])


def test_unknown_beside_a_sure_reason():
    geometry = geometry_of(lambda x: tf.cumsum(GNLayer(2)(x), axis=1))
    assert geometry.exactable is False
    assert len(geometry.inexact_because) == 2


def test_tensors_without_space_or_without_the_image():
    with tf.Graph().as_default():
        image, pooled = build(ODD, lambda x: tf.reduce_mean(x, [1, 2, 3]))
        constant = tf.ones((1, 5, 7, 11, 2))
        found = read_geometry([pooled, constant, image], image)
    assert found[pooled.name] is found[constant.name] is None
    assert found[image.name].receptive_field == [1, 1, 1]


def test_branch_of_noise_reaches_what_it_feeds():
    with tf.Graph().as_default():
        image, tensor = build(ODD, lambda x: x + v1.random_normal((13, 2), dtype=tf.float64))
        assert read_geometry([tensor], image)[tensor.name].exactable is False


def test_deep_network():
    def deep(x):
        for _ in range(1500):
            x = x + 1.0
        return x

    assert geometry_of(deep).receptive_field == [1, 1, 1]


def test_window_without_a_size():
    with tf.Graph().as_default():
        image = v1.placeholder(tf.float32, (1, 5, None, 11, 1))
        with pytest.raises(GeometryError, match='give spatial_window_size as numbers above 0'):
            read_geometry([image], image)


def test_unknown_batch_size():
    with tf.Graph().as_default():
        image = v1.placeholder(tf.float32, (None, 8, 12, 16, 2))
        tensor = dilated(image, ConvLayer(2, 3))
        assert read_geometry([tensor], image)[tensor.name].receptive_field == [5, 5, 5]


def test_size_that_comes_out_wrong_names_the_operation():
    with tf.Graph().as_default():
        image, tensor = build(ODD, lambda x: x[:, ::2])
        shape = tensor.shape.as_list()
        # a graph that says otherwise than its operation does cannot be built: a wrong rule can
        wrong = dict(HANDLERS, StridedSlice=lambda node, sources: sources[0])
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr('niftynet_activations.geometry.graph.HANDLERS', wrong)
            with pytest.raises(GeometryError, match="operation 'strided_slice.*says 9 for 5"):
                read_geometry([tensor], image)
    assert shape[1] == 5
