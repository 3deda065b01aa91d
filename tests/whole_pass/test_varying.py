# -*- coding: utf-8 -*-
"""Constants that follow the volume's size, worked out for windows that the network refuses."""

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

from niftynet_activations.errors import OptionError  # noqa: E402
from niftynet_activations.whole_pass.engine import WholePass  # noqa: E402
from niftynet_activations.whole_pass.reading import nodes_of, read_reference  # noqa: E402
from niftynet_activations.whole_pass.varying import even_constants  # noqa: E402
from whole_pass import little  # noqa: E402

SIZE = (32, 24)
KERNEL = np.random.RandomState(3).normal(size=(2, 2, 1, 1)).astype(np.float32)
ROOM = 1 << 40


def upsampled(made):
    """A transposed convolution back to the image's size, whose shape is a constant of the graph."""
    size = [2 * n for n in made.shape.as_list()[1:3]]
    kernel = tf.constant(KERNEL)
    up = tf.nn.conv2d_transpose(made, kernel, [1] + size + [1], [1, 2, 2, 1], 'SAME', name='up')
    tf.reshape(up, [1, size[0] * size[1]], name='flat')


def builder(least=1, square=False):
    names = ('conv_2:0', 'up:0') + (('flat:0',) if square else ())
    return little.builder(names, centred=False, least=least, end=upsampled)


def test_constants_are_those_of_the_network_on_the_window():
    build = builder(square=True)
    reference, period = read_reference(build, SIZE)
    even = even_constants(reference, period, build)
    window = (SIZE[0] - 3 * period[0], SIZE[1] - 2 * period[1])
    expected, found = nodes_of(build(window)[0].graph), even.nodes_on(window)
    known = [name for name in reference.varying if name in even]
    assert known and 'up' not in reference.varying
    for name in known:
        assert found[name] == expected[name] != reference.nodes[name]
    # the image's own shape and the product of both sizes do not grow evenly
    assert reference.varying - set(known) == {'image', 'flat/shape'}


def test_a_network_that_takes_no_longer_volume():
    build = builder()
    reference, period = read_reference(build, SIZE)

    def refusing(size):
        raise OptionError('no')

    assert even_constants(reference, period, refusing) is None


def test_windows_that_the_network_refuses():
    build = builder(least=20)
    engine = WholePass(build, little.WEIGHTS.__getitem__, SIZE, ROOM, ROOM)
    whole = engine.plan.bytes
    engine.plan = engine.plan_within(0.3 * whole, ROOM)
    sizes = [axis.size for stage in engine.plan.stages for axis in stage.windows]
    assert min(sizes) < 20 and engine.plan.bytes <= 0.3 * whole
    image, found = little.image_of(SIZE), {}

    def take(name, corner, values):
        target = found.setdefault(name, {})
        target[corner] = values.copy()

    engine.run(image, take)
    direct = dict(zip(('conv_2:0', 'up:0'), little.run(builder(), image)))
    for name, parts in found.items():
        for corner, values in parts.items():
            place = tuple(slice(c, c + n) for c, n in zip(corner, values.shape))
            np.testing.assert_array_equal(values, direct[name][place])
    assert sorted(found) == sorted(direct)
    assert sum(each.size for each in found['up:0'].values()) == direct['up:0'].size
