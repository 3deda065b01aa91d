# -*- coding: utf-8 -*-
"""What calls itself exact equals one pass over the reference volume, on networks in numpy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from line_network import LineNetwork

from niftynet_activations.exactness.verdict import judge, reference_size
from niftynet_activations.geometry.axis import AxisGeometry
from niftynet_activations.space.lattice import inside_image
from niftynet_activations.stitching.axis_plan import take
from niftynet_activations.stitching.crop import CropAxisPlan
from niftynet_activations.stitching.summing import AllWindowsPlan
from niftynet_activations.stitching.windows import aligned_starts, extend

UNET = [
    ('conv', 3, 1, 1), ('pool', 2), ('conv', 3, 1, 1), ('pool', 2), ('conv', 3, 1, 1),
    ('up', 2), ('skip', 3), ('up', 2), ('conv', 3, 1, 1), ('skip', 8),
]  # fmt: skip
NETWORKS = {
    'same': [('conv', 3, 1, 1)] * 3,
    'even kernel': [('conv', 4, 1, 1), ('conv', 2, 1, 1)],
    'dilated': [('conv', 3, 1, 1), ('conv', 3, 1, 4)],
    'stride 2': [('conv', 3, 2, 1), ('conv', 3, 1, 1)],
    'strides 2 and 3': [('conv', 3, 2, 1), ('conv', 5, 3, 1)],
    'pooled': [('conv', 3, 1, 1), ('pool', 2), ('conv', 3, 1, 1), ('pool', 2)],
    'valid': [('valid', 5), ('valid', 4)],
    'unet': UNET,
    'padded behind a crop': [('crop', 2), ('conv', 3, 1, 1)],
    'padded behind a crop, strided': [('crop', 3), ('conv', 5, 2, 1), ('conv', 3, 1, 1)],
    'strided and back': [('conv', 3, 2, 1), ('conv', 3, 1, 1), ('up', 2)],
}
THIN = CropAxisPlan(inside_image(1, 0, 1, 0), [0], 1, 1, 1)
POINT = AxisGeometry.of_window(1)


def niftynet_starts(volume, window, border):
    step = max(window - 2 * border, 1)
    starts = sorted(set(list(range(0, volume - window + 1, step)) + [volume - window]))
    if len(starts) == 2:
        starts.append(int(np.round(np.mean(starts))))
    return starts


def stitch(network, volume, plan):
    found = np.full(plan.lattice.count, np.nan)
    (thin,) = THIN.runs[0]
    for start, runs in plan.runs.items():
        values = network.run(volume[start : start + plan.window])
        for run in runs:
            block = take(values.reshape(-1, 1, 1, 1), (run, thin, thin))
            found[run.first : run.first + run.count] = block[:, 0, 0, 0]
    return found


def judged(network, image, window, border, padding, grid, seed=0):
    """
    :return: the verdict, the stitched map, what one pass gives at its samples, and the plan
    """
    axis = network.geometry(window)
    volume = np.pad(np.random.RandomState(seed).standard_normal(image), padding, 'constant')
    reference = reference_size(len(volume), window, axis.period)
    extended = extend(volume, [reference])
    if grid == 'aligned':
        cut_from, starts = extended, aligned_starts(reference, window, border, axis.period)
    else:
        cut_from, starts = volume, niftynet_starts(len(volume), window, border)
    lattice = inside_image(axis.stride, axis.offset, image, padding)
    plan = CropAxisPlan(lattice, starts, window, axis.size, len(cut_from))
    verdict = judge([plan, THIN, THIN], [axis, POINT, POINT], [reference, 1, 1], [])
    whole = network.run(extended)
    index = lattice.first + np.arange(lattice.count)
    there = plan.covered & (index >= 0) & (index < len(whole))
    expected = np.full(lattice.count, np.nan)
    expected[there] = whole[index[there]]
    return verdict, stitch(network, cut_from, plan), expected, there


def largest_difference(found, expected, there):
    return np.abs(found - expected)[there].max() if there.any() else 0.0


@pytest.mark.parametrize('name', list(NETWORKS))
def test_aligned_windows_with_a_wide_border_are_exact(name):
    for image in (41, 49, 64):
        network = LineNetwork(NETWORKS[name], seed=1)
        verdict, found, expected, there = judged(network, image, 32, 10, 10, 'aligned')
        assert verdict.exact is True, verdict.because
        assert verdict.because is None
        assert there.sum() > image // 6 - 3
        assert largest_difference(found, expected, there) < 1e-9


@pytest.mark.parametrize('name', [name for name in NETWORKS if name != 'valid'])
def test_without_a_border_the_reason_is_the_field(name):
    network = LineNetwork(NETWORKS[name], seed=1)
    verdict, found, expected, there = judged(network, 80, 32, 0, 0, 'aligned')
    assert verdict.exact is False
    assert 'along x samples depend on up to' in verdict.because
    assert largest_difference(found, expected, there) > 1e-6


def test_49_voxels_and_one_pooling_by_a_strided_convolution():
    # on 48 voxels such a layer samples 1, 3, 5, on 49 it samples 0, 2, 4
    network = LineNetwork([('conv', 3, 1, 1), ('conv', 3, 2, 1)], seed=2)
    verdict, found, expected, there = judged(network, 49, 32, 8, 0, 'niftynet')
    assert verdict.exact is False
    assert 'the windows run over 49 voxels and the pass over the whole volume needs 50' in (
        verdict.because
    )
    verdict, found, expected, there = judged(network, 49, 32, 8, 0, 'aligned')
    assert verdict.exact is True
    assert there.all()
    assert largest_difference(found, expected, there) < 1e-9


def test_a_window_off_the_period_is_named():
    network = LineNetwork(NETWORKS['unet'], seed=3)
    verdict, _, _, _ = judged(network, 42, 28, 9, 7, 'niftynet')
    assert verdict.exact is False
    assert 'along x windows do not start on multiples of 4 (the first of them at voxel 10)' in (
        verdict.because
    )


def test_a_reason_that_holds_on_several_axes_is_told_once():
    network = LineNetwork(NETWORKS['unet'], seed=3)
    axis = network.geometry(28)

    def plan_of(size):
        lattice = inside_image(axis.stride, axis.offset, size, 7)
        starts = niftynet_starts(size + 14, 28, 9)
        return CropAxisPlan(lattice, starts, 28, axis.size, size + 14)

    plans, references = [plan_of(42), plan_of(43), THIN], [56, 60, 1]
    told = judge(plans, [axis, axis, POINT], references, []).because
    assert told.count('windows do not start') == told.count('use activation_grid') == 1
    assert told.startswith(
        'along y the windows run over 57 voxels and the pass over the whole volume needs 60; '
        'along x and y windows do not start on multiples of 4 (the first of them at voxel 10)'
    )
    reaches = judge([THIN] * 3, [POINT.spanning(1)] * 3, [1, 1, 1], []).because
    assert reaches == 'along x, y and z it depends on the window as a whole'


def test_what_cannot_be_told_is_null():
    plan = [THIN] * 3
    unknown = ['operation X is not known']
    guessed = 'the place of its samples is not known, and guessed from their number'
    assert judge(plan, None, [1, 1, 1], [], unknown) == (
        None,
        'operation X is not known; ' + guessed,
    )
    assert judge(plan, None, [1, 1, 1], ['statistics of the window'], unknown) == (
        False,
        'operation X is not known; statistics of the window; ' + guessed,
    )
    assert judge(plan, [POINT] * 3, None, []).exact is None
    assert judge(plan, [POINT] * 3, None, ['statistics of the window']).exact is False
    verdict = judge(plan, [POINT] * 3, [1, 1, 1], ['statistics of the window'])
    assert verdict == (False, 'statistics of the window')
    assert judge(plan, [POINT] * 3, [1, 1, 1], []) == (True, None)


def test_an_axis_that_spans_the_window_is_not_exact():
    verdict = judge([THIN] * 3, [POINT, POINT.spanning(1), POINT], [1, 1, 1], [])
    assert verdict == (False, 'along y it depends on the window as a whole')


layers = st.one_of(
    st.tuples(
        st.just('conv'),
        st.integers(1, 5),
        st.sampled_from([1, 1, 2, 3]),
        st.sampled_from([1, 1, 2]),
    ).filter(lambda layer: layer[2] == 1 or layer[3] == 1),
    st.tuples(st.just('valid'), st.integers(1, 4)),
    st.tuples(st.just('pool'), st.integers(2, 3)),
    st.tuples(st.just('up'), st.integers(2, 3)),
)


@settings(max_examples=400, deadline=None)
@given(
    st.lists(layers, min_size=1, max_size=5),
    st.integers(12, 40),
    st.integers(0, 60),
    st.integers(0, 12),
    st.integers(0, 6),
    st.sampled_from(['aligned', 'niftynet']),
    st.integers(0, 99),
)
def test_nothing_calls_itself_exact_and_differs(chain, window, more, border, padding, grid, seed):
    network = LineNetwork(chain, seed)
    image = max(window + more - 2 * padding, 1)
    axis = network.geometry(window)
    # a pooling that leaves voxels over is a network that does not take the window
    if not _takes(chain, window) or axis.size < 1 or image + 2 * padding < window:
        return
    if grid == 'aligned' and (window - 2 * border) // axis.period < 1:
        return
    verdict, found, expected, there = judged(network, image, window, border, padding, grid, seed)
    if verdict.exact:
        assert largest_difference(found, expected, there) < 1e-9


def _takes(chain, size):
    for layer in chain:
        if layer[0] == 'valid':
            size = size - layer[1] + 1
        elif layer[0] == 'conv':
            size = -(-size // layer[2])
        elif layer[0] == 'pool':
            if size % layer[1]:
                return False
            size //= layer[1]
        else:
            size *= layer[1]
        if size < 1:
            return False
    return True


class Reaching(object):
    """Sample i depends on the voxels from i - below to i + above."""

    period, spans, size, stride, touched = 1, False, 6, 1.0, (0, 0)

    def __init__(self, below, above):
        self.below, self.above = below, above

    def interval(self, samples):
        return samples - self.below, samples + self.above


@pytest.mark.parametrize(
    'below, above, beyond',
    [(1, 1, None), (2, 0, 1), (0, 2, 1), (1, 3, 2), (4, 1, 3)],
)
def test_both_sides_of_the_field_count(below, above, beyond):
    # windows 0..5 and 4..9: voxels up to 4 are taken from the first, from 5 on from the second
    plan = CropAxisPlan(inside_image(1, 0, 10, 0), [0, 4], 6, 6, 10)
    verdict = judge([plan, THIN, THIN], [Reaching(below, above), POINT, POINT], [10, 1, 1], [])
    assert verdict.exact is (beyond is None)
    if beyond:
        assert 'depend on up to {} voxels beyond'.format(beyond) in verdict.because


@pytest.mark.parametrize(
    'touched, beyond', [((1, 1), None), ((2, 0), 1), ((4, 0), 3), ((0, 2), 1), ((0, 3), 2)]
)
def test_padding_inside_of_a_window_counts(touched, beyond):
    # as above; of the first window the first five samples are taken, of the second the last five
    plan = CropAxisPlan(inside_image(1, 0, 10, 0), [0, 4], 6, 6, 10)
    axis = Reaching(0, 0)
    axis.touched = touched
    verdict = judge([plan, THIN, THIN], [axis, POINT, POINT], [10, 1, 1], [])
    assert verdict.exact is (beyond is None)
    if beyond:
        assert 'depend on up to {} voxels beyond'.format(beyond) in verdict.because


def test_means_of_windows_are_not_exact():
    lattice = inside_image(1, 0, 10, 0)
    axes, reference = [Reaching(0, 0), POINT, POINT], [10, 1, 1]
    apart = AllWindowsPlan(lattice, [0, 5], 5, 5, 10)
    assert judge([apart, THIN, THIN], axes, reference, []).exact is True
    overlapping = AllWindowsPlan(lattice, [0, 4, 2], 6, 6, 10)
    verdict = judge([overlapping, THIN, THIN], axes, reference, [])
    assert verdict.exact is False
    assert 'along x samples are means of up to 3 windows' in verdict.because
