# -*- coding: utf-8 -*-
"""
Networks that compute with the size of their input: a stage's windows get the volume's numbers.
"""

import numpy as np
import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

import tensorflow as tf  # noqa: E402
from direct_pass import both_passes, differences  # noqa: E402

from niftynet_activations.whole_pass.reading import nodes_of  # noqa: E402
from niftynet_activations.whole_pass.sizes import on_window  # noqa: E402
from whole_pass import little  # noqa: E402

SIZE = (40, 24)


def among_wide_layers(change):
    """A network with a change between layers that need most of the memory."""

    def end(tensor):
        made = convolved(tensor, 'wide_1', 1, 8)
        made = convolved(change(made), 'wide_2', 8, 8)
        tf.identity(convolved(made, 'wide_3', 8, 1), name='end')

    return end


def convolved(tensor, name, before, after):
    kernel = tf.get_variable(name, [3, 3, before, after])
    return tf.nn.conv2d(tensor, kernel, [1, 1, 1, 1], 'SAME')


def count(tensor):
    voxels = float(np.prod(tensor.shape.as_list()[1:3]))
    return tensor - tf.reduce_sum(tensor, [1, 2], keepdims=True) / voxels


def filled(tensor):
    _, rows, columns, _ = tensor.shape.as_list()
    return tensor * tf.fill(tf.shape(tensor), 100.0 / (rows * columns))


def rooted(tensor):
    sizes = tf.cast(tf.shape(tensor), tf.float32)
    return tensor / tf.sqrt(sizes[1] * sizes[2])


def reshaped(tensor):
    # the same number says how large a tensor is to be, and is computed with
    shape = tf.shape(tensor)
    flat = tf.reshape(tensor, [shape[0], shape[1] * shape[2], shape[3]])
    return tf.reshape(flat, shape) / tf.cast(shape[1] * shape[2], tf.float32)


def gradient(tensor):
    # the gradient of a convolution asks for the form of what the convolution takes
    made = convolved(tensor, 'within', 8, 8)
    return tf.gradients(tf.reduce_sum(made * made), tensor)[0]


def summed(tensor):
    # the count of voxels, of numbers whose value only TensorFlow works out
    ones = tf.exp(tf.zeros([1] + tensor.shape.as_list()[1:3] + [1]))
    return tensor / tf.reduce_sum(ones, [1, 2], keepdims=True)


def shared_out(tensor):
    rows = tensor.shape.as_list()[1]
    return tensor + tf.nn.softmax(tf.exp(tf.zeros([1, 1, 1, rows])))[..., :1]


@pytest.mark.parametrize('change', [count, filled, rooted, reshaped, gradient, summed, shared_out])
def test_it_equals_a_direct_pass(change):
    end = among_wide_layers(change)
    build = little.builder(('pool:0', 'end:0'), centred=False, end=end)
    engine, whole, direct = both_passes(build, SIZE, 0.2)
    assert engine.steps > len(engine.plan.stages)  # several windows
    assert max(differences(whole, direct).values()) <= 1e-5


def sizes(tensor):
    return tensor.shape.as_list()[1:3]


def pooled(tensor):
    parts = [1] + [n // 4 for n in sizes(tensor)] + [1]
    return tf.nn.avg_pool(tensor, parts, [1, 1, 1, 1], 'SAME')


def strided(tensor):
    parts = [1] + [n // 3 for n in sizes(tensor)] + [1]
    few = tf.nn.avg_pool(tensor, parts, parts, 'SAME')
    return tensor + tf.image.resize_nearest_neighbor(few, sizes(tensor))


def sliced(tensor):
    rows, columns = sizes(tensor)
    return tf.slice(tensor, [0, 0, 0, 0], [1, rows // 2, columns // 2, 8])


def capped(tensor):
    kernel = [1] + [min(n // 3, 5) for n in sizes(tensor)] + [1]
    return tf.nn.avg_pool(tensor, kernel, [1, 1, 1, 1], 'SAME')


def times(tensor):
    rows, columns = sizes(tensor)
    return tensor * np.full([1, rows, columns, 1], rows // 7, np.float32)


@pytest.mark.parametrize(
    'change, size',
    [
        (pooled, (43, 23)),
        (pooled, (39, 37)),
        (strided, (39, 37)),
        (sliced, (43, 23)),
        (capped, (43, 23)),
        (times, (43, 23)),
    ],
)
def test_a_rounded_part_of_the_size_is_the_volumes(change, size):
    # on the volume that is compared with, a little longer, some of the parts are the same
    build = little.builder(('pool:0', 'end:0'), centred=False, end=among_wide_layers(change))
    _, whole, direct = both_passes(build, size, 0.1)
    assert max(differences(whole, direct).values()) <= 1e-5


def test_what_has_the_volumes_form_without_depending_on_the_image_has_it_to_the_end():
    def spread(tensor):
        mean = tf.reduce_mean(tensor, [1, 2], keepdims=True)
        tf.tile(mean, [1] + tensor.shape.as_list()[1:3] + [1], name='end')

    _, whole, direct = both_passes(little.builder(('conv_2:0', 'end:0'), end=spread), SIZE, 0.2)
    assert max(differences(whole, direct).values()) <= 1e-5


def test_few_zeros_are_a_constant_and_many_are_a_filled_tensor():
    """So TensorFlow makes them: the window's network has another operation of the same name."""

    def nodes_on(size):
        with tf.Graph().as_default() as graph:
            tf.zeros_like(tf.placeholder(tf.float32, (1,) + size + (1,)), name='zeros')
            return nodes_of(graph)

    volume, window = nodes_on((40, 48)), nodes_on((10, 12))
    assert volume['zeros'].op == 'Fill' and window['zeros'].op == 'Const'
    varying = {name for name in volume if name != 'zeros' and name.startswith('zeros')}
    assert on_window(window, volume, varying)['zeros'] == window['zeros']


def resized_and_summed(tensor):
    # a sum over a tensor of a fixed size counts each sample once
    few = convolved(tf.image.resize_bilinear(tensor, [16, 16]), 'few', 8, 8)
    few = convolved(tf.identity(few, name='few'), 'fewer', 8, 8)
    total = tf.reduce_sum(few, [1, 2], keepdims=True, name='total')
    return tensor + 1e-2 * total


@pytest.mark.parametrize('size', [(40, 24), (50, 37), (33, 20)])
def test_a_tensor_of_a_fixed_size_comes_once(size):
    end = among_wide_layers(resized_and_summed)
    build = little.builder(('pool:0', 'end:0', 'few:0'), centred=False, end=end)
    _, whole, direct = both_passes(build, size, 0.1)
    assert max(differences(whole, direct).values()) <= 1e-5
