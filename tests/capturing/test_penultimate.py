# -*- coding: utf-8 -*-
"""What ``penultimate`` stands for in networks of several heads."""

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

import tensorflow as tf  # noqa: E402
from niftynet.layer.base_layer import Layer  # noqa: E402
from niftynet.layer.convolution import ConvLayer, ConvolutionalLayer  # noqa: E402
from niftynet.layer.upsample import UpSampleLayer  # noqa: E402
from small_configs import DEFAULT, SMALL, path_of  # noqa: E402

from niftynet_activations import app  # noqa: E402
from niftynet_activations.capturing.building import build_network  # noqa: E402
from niftynet_activations.capturing.catalogue import NetworkCatalogue  # noqa: E402
from niftynet_activations.capturing.penultimate import penultimate  # noqa: E402
from niftynet_activations.capturing.recording import record_layers  # noqa: E402
from niftynet_activations.host.config import read_config  # noqa: E402


class Network(Layer):
    """A network made of a function of the image."""

    def __init__(self, function):
        super(Network, self).__init__(name='network')
        self.function = function

    def layer_op(self, images):
        return self.function(images)


def conv(tensor, channels, name, **options):
    options.setdefault('kernel_size', 3)
    return ConvLayer(channels, name=name, **options)(tensor)


def two_heads(images):
    """The head called last has no part in what the network returns."""
    shared = conv(images, 5, 'shared')
    segmented = conv(conv(shared, 7, 'before'), 3, 'segmented')
    conv(conv(shared, 9, 'unused'), 3, 'reconstructed')
    return segmented


def deep_supervision(images):
    """The coarse head is called last and has the wider input."""
    fine = conv(images, 6, 'fine')
    coarse = conv(fine, 11, 'coarse', stride=2)
    head = conv(fine, 3, 'head_fine')
    other = UpSampleLayer('REPLICATE', 2, 2)(conv(coarse, 3, 'head_coarse'))
    return head + other


def deep_supervision_of_one_width(images):
    """Where the inputs are as wide as each other, the head called last."""
    fine = conv(images, 6, 'fine')
    coarse = conv(fine, 6, 'coarse', stride=2)
    return UpSampleLayer('REPLICATE', 2, 2)(conv(coarse, 3, 'low')) + conv(fine, 3, 'high')


def attention(images):
    """A map of one channel multiplies the logits: what makes it is further away."""
    features = conv(images, 6, 'features')
    wide = conv(images, 40, 'wide')
    weights = tf.sigmoid(conv(conv(wide, 20, 'narrow'), 1, 'one_channel'))
    return conv(features, 3, 'segmented') * weights


def one_channel_a_class(images):
    """As in networks that end in a convolution of one channel for each class."""
    scores = conv(conv(images, 8, 'features'), 3, 'scores')
    parts = tf.split(scores, 3, axis=-1)
    return tf.concat([conv(part, 1, 'class_{}'.format(k)) for k, part in enumerate(parts)], -1)


def inside_a_block(images):
    """The convolution itself is meant, not the block of normalisation and activation around it."""
    block = ConvolutionalLayer(3, 3, acti_func='relu', preactivation=True, name='block')
    return block(conv(images, 6, 'features'), is_training=False)


@pytest.mark.parametrize(
    'network, expected',
    [
        (two_heads, 'before'),
        (deep_supervision, 'coarse'),
        (deep_supervision_of_one_width, 'fine'),
        (attention, 'features'),
        (one_channel_a_class, 'features'),
        # NiftyNet's preactivation: the convolution is given what the activation returns
        (inside_a_block, 'block_bn_relu/relu_acti_'),
    ],
)
def test_the_way_back_from_the_logits(network, expected):
    with tf.Graph().as_default():
        images = tf.placeholder(tf.float32, (1, 8, 10, 12, 2))
        called = Network(network)
        with record_layers(called) as record:
            called(images)
        (found,) = NetworkCatalogue(record).for_selectors().matches('penultimate')
    assert found.name == expected


def test_a_network_without_layers_has_none():
    with tf.Graph().as_default():
        called = Network(lambda images: tf.nn.relu(images))
        with record_layers(called) as record:
            called(tf.placeholder(tf.float32, (1, 8, 10, 12, 2)))
        assert penultimate(record) is None


@pytest.mark.parametrize(
    'network, tensor, channels',
    [
        ('deepmedic', 'conv_1x1x1_150_bn_prelu_1/prelu_acti_/add:0', 150),
        # four scores are met at once, behind convolutions of one channel: the last one called
        ('holisticnet', 'ScoreLayer_3/conv_fc_0_bn_elu/elu_acti_/acti:0', 140),
        ('dense_vnet', 'concat_1:0', 61),
    ],
)
def test_networks_of_niftynet(network, tensor, channels):
    window = SMALL.get(network, DEFAULT)[1]
    record = build_network(read_config(path_of(network)), app, window)
    found = penultimate(record)
    assert found.name.split('/', 2)[2] == tensor
    assert found.shape.as_list()[-1] == channels
