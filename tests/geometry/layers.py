# -*- coding: utf-8 -*-
"""
One layer of each kind, as functions of the image, with the sizes of images that suit them.
"""

import contextlib

import niftynet  # noqa: F401  before tensorflow, so that it is what NiftyNet sees
import numpy as np
import tensorflow as tf
from niftynet.layer.additive_upsample import ResidualUpsampleLayer
from niftynet.layer.convolution import ConvLayer, ConvolutionalLayer
from niftynet.layer.crop import CropLayer
from niftynet.layer.deconvolution import DeconvLayer, DeconvolutionalLayer
from niftynet.layer.dilatedcontext import DilatedTensor
from niftynet.layer.downsample import DownSampleLayer
from niftynet.layer.downsample_res_block import DownBlock
from niftynet.layer.elementwise import ElementwiseLayer
from niftynet.layer.linear_resize import LinearResizeLayer
from niftynet.layer.squeeze_excitation import SpatialSELayer
from niftynet.layer.subpixel import SubPixelLayer
from niftynet.layer.upsample import UpSampleLayer
from oracle import in_float64, v1

ODD, EVEN = (9, 11, 13), (8, 12, 16)
SINGLE = {  # what some version of TensorFlow computes in float32 only
    'additive_upsampling', 'average', 'average_2d', 'batch_norm_fused', 'channels_together',
    'channelwise_deconv', 'concatenation', 'deconv_2', 'deconv_3', 'depthwise', 'maximum',
    'maximum_2d', 'neighbouring_channels', 'rectifiers', 'residual_block',
    'skip_beside_a_pooling', 'smooth', 'space_to_batch_padded', 'two_poolings_and_back',
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


def curved(x):
    for function in (tf.math.expm1, tf.math.erfc, tf.sin, tf.cos, tf.atan, tf.sinh, tf.cosh):
        x = function(0.1 * x)
    return v1.where(tf.logical_not(x > 0), tf.math.rint(x), x)


def kernel_of(image):
    return v1.get_variable('kernel', (3, 3, 2, 2), image.dtype)


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
    'one_channel': (ODD, lambda x: ConvLayer(2, 3)(x[..., 1, None])),
    'one_channel_resized': (EVEN, lambda x: LinearResizeLayer((16, 12, 16))(x[..., 1, None])),
    'one_channel_first': (ODD, lambda x: x[:, None, 2:, ..., 0][:, 0, ..., None]),
    'explicit_padding': (
        (9, 13),
        lambda x: v1.nn.conv2d(x, kernel_of(x), [1, 2, 1, 1], [[0, 0], [2, 1], [0, 3], [0, 0]]),
    ),
    'curved': (ODD, lambda x: curved(ConvLayer(2, 3)(x))),
    'neighbouring_channels': ((9, 13), lambda x: tf.nn.lrn(x, 1)),
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
