# -*- coding: utf-8 -*-
"""Networks of users' own, built from a config: what they may call, and what is said of the rest."""

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

import tensorflow as tf  # noqa: E402
from niftynet.network.base_net import BaseNet  # noqa: E402
from small_configs import path_of, read  # noqa: E402

from niftynet_activations import app  # noqa: E402
from niftynet_activations.capturing.building import build_network  # noqa: E402
from niftynet_activations.errors import OptionError, RefusedWindowError  # noqa: E402
from niftynet_activations.host.config import read_config  # noqa: E402

WINDOW = (8, 10, 12)
UNDER_1 = tf.__version__.startswith('1.')


class UserNet(BaseNet):
    """A network whose body a test gives."""

    body = None

    def __init__(self, num_classes, name='UserNet', **unused):
        super(UserNet, self).__init__(num_classes=num_classes, name=name)

    def layer_op(self, images, is_training=True, **unused):
        return type(self).body(images, self.num_classes, is_training)


def plain_functions(images, classes, is_training):
    """As networks are written that know TensorFlow 1 and not NiftyNet's layers."""
    slim = tf.contrib.slim
    flow = tf.layers.conv3d(
        images, 4, 3, padding='same', kernel_initializer=tf.contrib.layers.xavier_initializer()
    )
    flow = tf.nn.relu(tf.layers.batch_normalization(flow, training=is_training))
    down = tf.layers.max_pooling3d(flow, 2, 2)
    with slim.arg_scope([slim.conv3d], activation_fn=tf.nn.relu):
        down = slim.conv3d(down, 6, 3)
    up = tf.layers.conv3d_transpose(down, 4, 2, strides=2)
    return tf.layers.conv3d(tf.concat([flow, up], -1), classes, 1)


def missing_function(images, classes, is_training):
    return tf.layers.separable_conv2d(images, classes, 3)


def missing_module(images, classes, is_training):
    return tf.contrib.rnn.LSTMCell(classes)


def missing_argument(images, classes, is_training):
    return tf.layers.conv3d(images, classes, 3, kernel_constraint=abs)


def odd_window(images, classes, is_training):
    if images.shape.as_list()[1] % 3:
        raise ValueError('multiples of three, please\nand more')
    return images


def built(monkeypatch, tmp_path, body):
    monkeypatch.setattr(UserNet, 'body', staticmethod(body))
    config = read(path_of('toynet'))
    config['NETWORK']['name'] = __name__ + '.UserNet'
    config['SYSTEM']['model_dir'] = str(tmp_path)
    path = str(tmp_path / 'config.ini')
    with open(path, 'w') as target:
        config.write(target)
    return build_network(read_config(path), app, WINDOW)


def test_usual_functions_of_version_1(monkeypatch, tmp_path):
    record = built(monkeypatch, tmp_path, plain_functions)
    assert record.logits.shape.as_list()[:-1] == [1] + list(WINDOW)
    with record.image.graph.as_default():
        names = {each.op.name for each in tf.global_variables()}
    assert {
        'UserNet/conv3d/kernel',
        'UserNet/conv3d_1/kernel',
        'UserNet/batch_normalization/moving_mean',
        'UserNet/Conv/weights',
        'UserNet/conv3d_transpose/bias',
    } <= names
    # the receptive field: 3 voxels, pooled by 2, 3 of these, brought back
    (geometry,) = record.geometry.read([record.logits]).values()
    assert geometry.unknown == ()
    assert [axis.period for axis in geometry.axes] == [2, 2, 2]


@pytest.mark.skipif(UNDER_1, reason='TensorFlow 1 has them all')
@pytest.mark.parametrize(
    'body, named',
    [
        (missing_function, "'tensorflow.layers.separable_conv2d' is not supplied"),
        (missing_module, "'tensorflow.contrib.rnn' is not supplied"),
        (missing_argument, "tf.layers.conv3d of niftynet_tf2 has no argument 'kernel_constraint'"),
    ],
)
def test_what_is_missing_is_named_in_one_line(monkeypatch, tmp_path, body, named):
    with pytest.raises(OptionError) as caught:
        built(monkeypatch, tmp_path, body)
    assert not isinstance(caught.value, RefusedWindowError)
    assert str(caught.value).startswith(
        "the network '{}.UserNet' cannot be built: ".format(__name__)
    )
    assert named in str(caught.value) and '\n' not in str(caught.value)


def test_a_window_that_the_network_refuses(monkeypatch, tmp_path):
    with pytest.raises(RefusedWindowError) as caught:
        built(monkeypatch, tmp_path, odd_window)
    assert 'on a window of 8 x 10 x 12: multiples of three, please; set' in str(caught.value)
