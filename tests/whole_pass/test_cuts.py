# -*- coding: utf-8 -*-
"""Where a network can be cut, and by how much the windows of a stretch have to overlap."""

import numpy as np
import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

import tensorflow as tf  # noqa: E402

from niftynet_activations.whole_pass.cuts import (  # noqa: E402
    MOST_CUTS,
    Stretches,
    crossing,
    find_cuts,
)
from niftynet_activations.whole_pass.reading import read_reference  # noqa: E402
from whole_pass import little  # noqa: E402


@pytest.fixture(scope='module')
def reference():
    return read_reference(little.builder(), little.SIZE)[0]


def test_what_crosses(reference):
    """Behind the pooling its output, which the mean and what is centred take."""
    assert crossing(reference.flow, 0) == ['image:0']
    assert crossing(reference.flow, 1) == ['conv_1:0']
    assert crossing(reference.flow, 3) == ['pool:0']
    assert crossing(reference.flow, 4) == ['pool:0']


def test_cuts_lie_where_least_crosses_and_where_a_reduction_asks_for_one(reference):
    """Of the positions 1 to 2 that in front of the pooling, of 3 to 5 one behind the mean."""
    cuts = find_cuts(reference)
    positions = [cut.position for cut in cuts]
    assert positions[0] == 0 and positions[-1] == len(reference.flow.steps) == 6
    assert 2 in positions and set(positions) & {4, 5}
    assert {cut.position: cut.bytes for cut in cuts}[2] == 16 * 12 * 2 * 4


def test_many_cuts_lie_all_over_the_network():
    """Sixty layers in front of a pooling, behind which fewer bytes cross, and sixty behind it."""

    def end(tensor):
        kernel = tf.get_variable('w_3', (3, 3, 1, 1))
        for place in range(120):
            tensor = tf.nn.conv2d(tensor, kernel, [1, 1, 1, 1], 'SAME')
            if place == 60:
                tensor = tf.nn.max_pool(tensor, [1, 2, 2, 1], [1, 2, 2, 1], 'SAME')
        tf.identity(tensor, name='end')

    reference = read_reference(little.builder(('end:0',), end=end), little.SIZE)[0]
    positions = [cut.position for cut in find_cuts(reference)]
    assert len(positions) <= MOST_CUTS + 3 and max(np.diff(positions)) <= 6


def test_no_stretch_goes_past_a_reduction_that_it_needs(reference):
    cuts = find_cuts(reference)
    stretches = Stretches(reference, cuts[0])
    assert stretches.until(cuts[-1]) is None
    behind = next(cut for cut in cuts if cut.position >= 4)
    assert stretches.until(behind).reductions == ('mean:0',)


def test_the_overlap_is_what_windows_have_wrong():
    """Windows and the whole image by TensorFlow itself: samples that differ at a window's ends."""
    build = little.builder(names=('conv_2:0',), centred=False)
    reference, _ = read_reference(build, little.SIZE)
    cuts = find_cuts(reference)
    stretch = Stretches(reference, cuts[0]).until(cuts[-1])
    image = little.image_of()
    whole = little.run(build, image)[0][0, :, :, 0]
    window = little.run(build, image[:, 4:14])[0][0, :, :, 0]
    rows = np.flatnonzero(np.abs(window - whole[2:7]).max(axis=1) > 1e-6)
    low, high = stretch.valid['conv_2:0'][0]
    assert set(rows) == set(range(low)) | set(range(5 - high, 5))
    assert stretch.overlap == (2 * (low + high),) * 2  # voxels; a sample for two of them
