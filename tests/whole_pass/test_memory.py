# -*- coding: utf-8 -*-
"""What a stretch holds, counted by hand for the little network on 16 x 12 voxels."""

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

from niftynet_activations.whole_pass.cuts import Stretches, find_cuts  # noqa: E402
from niftynet_activations.whole_pass.memory import (  # noqa: E402
    BESIDE,
    StepWeights,
    bytes_of,
    needs,
    total_seconds,
)
from niftynet_activations.whole_pass.reading import read_reference  # noqa: E402
from whole_pass import little  # noqa: E402

IMAGE = 16 * 12 * 4
CONV_1 = 2 * IMAGE
POOL = CONV_1 // 4


@pytest.fixture(scope='module')
def reference():
    return read_reference(little.builder(('conv_2:0',), centred=False), little.SIZE)[0]


def needs_of(reference):
    cuts = find_cuts(reference)
    stretch = Stretches(reference, cuts[0]).until(cuts[-1])
    return needs(reference, stretch, StepWeights(reference))


def test_the_peak_is_at_the_pooling(reference):
    """Image, conv_1 (the Relu writes over it) and pool are held; a tenth of the last two beside."""
    found = needs_of(reference)
    assert found.peak == IMAGE + CONV_1 + POOL + int(BESIDE * (CONV_1 + POOL))
    assert found.fed == IMAGE and found.fetched == POOL // 2


def test_weights_are_held_whatever_the_windows(reference):
    first, second = (4 * values.size for values in little.WEIGHTS.values())
    assert needs_of(reference).weights == first + second + max(first, second)
    cuts = find_cuts(reference)
    begin = Stretches(reference, cuts[0]).until(cuts[1])
    assert needs(reference, begin, StepWeights(reference)).weights == 2 * first


def test_time_grows_with_the_volume(reference):
    longer, _ = read_reference(little.builder(('conv_2:0',), centred=False), (32, 12))
    assert total_seconds(longer) == pytest.approx(2 * total_seconds(reference))
    assert needs_of(reference).seconds == pytest.approx(total_seconds(reference))


def test_bytes_of_tensors(reference):
    assert bytes_of(reference.flow, ['image:0', 'pool:0']) == IMAGE + POOL
