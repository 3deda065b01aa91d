# -*- coding: utf-8 -*-
"""What NiftyNet cuts, beside what NiftyNet itself does."""

import numpy as np
import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

from niftynet.engine.image_window import ImageWindow  # noqa: E402
from niftynet.io.misc_io import squeeze_spatial_temporal_dim  # noqa: E402
from niftynet.layer.pad import PadLayer  # noqa: E402

from niftynet_activations.errors import OptionError  # noqa: E402
from niftynet_activations.host.subjects import (  # noqa: E402
    check_border,
    check_padding_mode,
    network_input,
    spatial_axes_of,
    volume_padding,
)


def window_of(*sizes):
    import tensorflow as tf

    import niftynet_activations  # noqa: F401

    return ImageWindow({'image': sizes + (1, 1)}, {'image': tf.float32})


@pytest.mark.parametrize(
    'shape', [(5, 7, 9, 1, 1), (5, 7, 9, 4, 1), (5, 7, 9, 1, 4), (5, 7, 1, 4, 1)]
)
def test_the_network_s_input_is_niftynet_s(shape):
    import tensorflow as tf

    volume = np.random.RandomState(0).normal(size=shape).astype(np.float32)
    with tf.Graph().as_default(), tf.Session() as session:
        theirs = session.run(squeeze_spatial_temporal_dim(tf.constant(volume[np.newaxis])))
    ours = network_input(volume)
    assert ours.shape == shape[:3] + (shape[3] * shape[4],)
    np.testing.assert_array_equal(ours.reshape(theirs.shape[1:]), theirs[0])


@pytest.mark.parametrize('pad_to', [(0,), (12, 5, 14)])
@pytest.mark.parametrize('border', [(2,), (1, 3, 0)])
def test_the_padding_is_niftynet_s(pad_to, border):
    border = border * 3 if len(border) == 1 else border  # as NiftyNet's parser gives it
    layers = [PadLayer(('image',), border, mode='edge', pad_to=pad_to)]
    image = np.random.RandomState(0).normal(size=(7, 8, 9, 1, 2))
    padded, _ = layers[0]({'image': image.copy()})
    padding = volume_padding(
        [PadLayer(('image',), border, mode='edge', pad_to=pad_to)], image.shape
    )
    expected = np.pad(image, tuple(padding) + ((0, 0), (0, 0)), mode='edge')
    np.testing.assert_array_equal(padded['image'], expected)


@pytest.mark.parametrize(
    'window, border, said',
    [
        ((12, 14, 16), (5, 6, 7), ''),
        ((12, 14, 16), (6, 6, 7), 'a window of 12 voxels along x without 6 on both sides'),
        ((12, 15, 16), (5, 8, 7), 'choose a border below 8 or'),
        ((12, 14, 1), (5, 6, 4), ''),  # an axis that the network does not see is not cut
        ((12, 14, 16), (9, 9, 9), 'along x'),
    ],
)
def test_the_border(window, border, said):
    if not said:
        check_border(window_of(*window), border)
        return
    with pytest.raises(OptionError, match=said) as caught:
        check_border(window_of(*window), border)
    assert '\n' not in str(caught.value)


def test_axes_that_the_network_sees():
    assert spatial_axes_of(window_of(12, 14, 16)) == [0, 1, 2]
    assert spatial_axes_of(window_of(12, 14, 1)) == [0, 1]


@pytest.mark.parametrize('mode', ['minimum', 'constant', 'edge', 'reflect', 'wrap'])
def test_padding_modes_of_numpy(mode):
    check_padding_mode(mode)


@pytest.mark.parametrize('mode', ['mirror', '', 'Edge'])
def test_padding_modes_that_numpy_does_not_have(mode):
    with pytest.raises(OptionError, match="volume_padding_mode = '{}' in".format(mode)):
        check_padding_mode(mode)
