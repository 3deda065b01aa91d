# -*- coding: utf-8 -*-
"""
Where NiftyNet's own result of a whole pass lies: where NiftyNet itself puts it, seen by a run of
NiftyNet alone whose window holds the whole volume.
"""

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

import numpy as np  # noqa: E402
import random_checkpoint  # noqa: E402
from inference_runs import run_activations, run_plain, segmentations  # noqa: E402
from niftynet.network.toynet import ToyNet  # noqa: E402
from toy_runs import make_toy  # noqa: E402

from niftynet_activations.application.result_place import ResultPlace  # noqa: E402
from niftynet_activations.errors import GeometryError  # noqa: E402

tf = random_checkpoint.tf
SHAPES = {'a': (17, 19, 23)}
# the toy config pads by 2
WORDS = ('--whitening', 'False', '--spatial_window_size', '21,23,27', '--fill_constant', '7')


@pytest.fixture(scope='module')
def toy(tmp_path_factory):
    return make_toy(tmp_path_factory.mktemp('place') / 'toy', SHAPES)


@pytest.fixture
def ending(monkeypatch):
    """A function that lets a network end in another operation."""
    layer_op = ToyNet.layer_op

    def set_to(end):
        monkeypatch.setattr(
            ToyNet, 'layer_op', lambda self, *args, **options: end(layer_op(self, *args, **options))
        )

    return set_to


def of_even_kernels(logits):
    """Each sample is centred half a voxel further up."""
    for number in range(4):
        weights = tf.constant(np.random.RandomState(number).normal(size=(2, 2, 2, 3, 3)) / 3)
        logits = tf.nn.conv3d(logits, tf.cast(weights, tf.float32), [1] * 5, 'SAME')
    return logits


def moved(logits):
    return tf.pad(logits, [[0, 0], [3, 0], [0, 2], [0, 0], [0, 0]])[:, :-3, 2:]


def larger(logits):
    return tf.pad(logits, [[0, 0], [3, 3], [2, 3], [1, 0], [0, 0]], 'SYMMETRIC')


def smaller(logits):
    return logits[:, 3:-3, 4:-4, 3:-3]


@pytest.mark.parametrize(
    'end, border', [(of_even_kernels, '0'), (moved, '0'), (larger, '0'), (smaller, '3,4,3')]
)
def test_it_lies_where_niftynet_puts_it(toy, ending, tmp_path, end, border):
    ending(end)
    run_plain(toy, tmp_path / 'plain', *WORDS, '--border', border)
    words = ('--activation_pass', 'whole', '--activation_layers', 'none')
    run_activations(toy, tmp_path / 'whole', *WORDS, *words)
    expected = segmentations(tmp_path / 'plain')
    assert len(expected) == 1
    assert segmentations(tmp_path / 'whole') == expected


def test_samples_further_apart_are_no_segmentation(toy, ending, tmp_path):
    ending(lambda logits: logits[:, ::2, ::2, ::2])
    words = WORDS + ('--activation_pass', 'whole', '--activation_layers', 'logits')
    message = (
        "for the 21 x 23 x 27 voxels of subject 'a' the network's output has 11 x 12 x 14 samples"
    )
    with pytest.raises(GeometryError, match=message):
        run_activations(toy, tmp_path / 'whole', *words)
    run_activations(toy, tmp_path / 'none', *words, '--activation_segmentation', 'none')


@pytest.mark.parametrize('volume, output, corner', [(9, 9, 0), (9, 6, 2), (9, 5, 2), (9, 14, -2)])
def test_the_first_voxel(volume, output, corner):
    assert ResultPlace((volume,), (output,)).corner == (corner,)
