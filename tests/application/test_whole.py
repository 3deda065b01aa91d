# -*- coding: utf-8 -*-
"""
Runs with ``activation_pass = whole`` on real NiftyNet: maps and segmentation against a pass by
hand.
"""

import os

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

import numpy as np  # noqa: E402
from inference_runs import (  # noqa: E402
    maps,
    read_voxels,
    run_activations,
    run_plain,
    segmentations,
)
from padded_pass import padded_pass  # noqa: E402
from toy_runs import LAYER, make_toy  # noqa: E402

from niftynet_activations.errors import OptionError  # noqa: E402
from niftynet_activations.store.folder import SCRATCH_VARIABLE  # noqa: E402

SHAPES = {'a': (17, 19, 23), 'b': (21, 18, 25)}
PADDING = 2
PLAIN = '--whitening', 'False'
WHOLE = PLAIN + ('--activation_pass', 'whole', '--activation_layers', LAYER + ',logits')


@pytest.fixture(scope='module')
def toy(tmp_path_factory):
    folder = tmp_path_factory.mktemp('whole') / 'toy'
    return folder, make_toy(folder, SHAPES)


@pytest.fixture(scope='module')
def by_hand(toy):
    """subject -> (a layer's values, logits) of a pass over the padded image."""
    folder, config = toy
    found = {}
    for subject in SHAPES:
        given = padded_pass(folder, config, subject, PADDING, {LAYER: LAYER + '/relu_acti_/acti'})
        found[subject] = given[LAYER], given['logits']
    return found


def image_of(values):
    """Volume padding taken away."""
    return values[(0,) + (slice(PADDING, -PADDING),) * 3]


def check_maps(folder, by_hand):
    found = maps(folder)
    assert len(found) == 2 * len(SHAPES)
    for (subject, layer), (image, info) in found.items():
        expected = image_of(by_hand[subject][layer != LAYER])
        np.testing.assert_allclose(np.asanyarray(image.dataobj), expected, rtol=1e-5, atol=1e-6)
        assert info['exact'] is True and info['pass'] == 'whole'
        assert info['inexact_because'] is None and info['missing'] == 0


def test_segmentation_is_that_of_the_whole_pass(toy, by_hand, tmp_path):
    run_activations(toy[1], tmp_path, *WHOLE)
    check_maps(tmp_path, by_hand)
    for subject in SHAPES:
        found = np.squeeze(read_voxels(tmp_path / 'window_seg_{}_x.nii.gz'.format(subject)))
        # the border of windows plays no part
        np.testing.assert_array_equal(found, image_of(by_hand[subject][1]).argmax(-1))


def test_segmentation_of_windows_stays_to_the_bit(toy, by_hand, tmp_path):
    run_plain(toy[1], tmp_path / 'plain', *PLAIN)
    run_activations(toy[1], tmp_path / 'ours', *WHOLE, '--activation_segmentation', 'windows')
    assert segmentations(tmp_path / 'ours') == segmentations(tmp_path / 'plain')
    check_maps(tmp_path / 'ours', by_hand)


def test_no_segmentation_where_none_is_wanted(toy, by_hand, tmp_path):
    run_activations(toy[1], tmp_path, *WHOLE, '--activation_segmentation', 'none')
    assert segmentations(tmp_path) == {}
    check_maps(tmp_path, by_hand)


def limit_to(monkeypatch, whole, limit):
    """As if all but so many bytes of the memory were taken for other things."""
    monkeypatch.setattr(whole, 'OVERHEAD', 0)
    plan = whole.WholePasses.plan
    monkeypatch.setattr(
        whole.WholePasses, 'plan', lambda self, keys, ids, _: plan(self, keys, ids, limit)
    )


def test_small_memory_gives_the_same_in_more_windows(toy, by_hand, tmp_path, monkeypatch):
    from niftynet_activations.application import whole
    from niftynet_activations.whole_pass.execution import Execution

    steps = []
    run = Execution.run
    monkeypatch.setattr(
        Execution, 'run', lambda self, image: steps.append(self._plan) or run(self, image)
    )
    limit_to(monkeypatch, whole, 1 << 20)
    run_activations(toy[1], tmp_path, *WHOLE)
    check_maps(tmp_path, by_hand)
    assert all(plan.bytes <= 1 << 20 for plan in steps)
    assert any(len(axis.starts) > 1 for axis in steps[0].stages[0].windows)


@pytest.mark.parametrize(
    'options',
    [
        ('--batch_size', '2'),
        ('--activation_format', 'nii', '--activation_layout', 'split'),
        ('--activation_format', 'zarr'),
        ('--activation_resolution', 'input'),
        ('--activation_reduce', 'mean'),
        ('--output_prob', 'True'),
    ],
)
def test_other_options_go_with_it(toy, tmp_path, options):
    run_activations(toy[1], tmp_path, *WHOLE, *options)
    names = os.listdir(str(tmp_path))
    assert sum(name.endswith('.json') for name in names) == 4
    assert sum(name.startswith('window_seg') for name in names) == 2


@pytest.mark.parametrize('options', [(), ('--batch_size', '2'), ('--border', '0')])
def test_a_resized_volume_is_gone_over_as_its_one_window_is(toy, tmp_path, monkeypatch, options):
    from niftynet_activations.application import whole
    from niftynet_activations.whole_pass.execution import Execution

    resize = ('--window_sampling', 'resize', '--activation_layers', LAYER + ',logits') + options
    run_activations(toy[1], tmp_path / 'windows', *PLAIN, *resize)
    limit_to(monkeypatch, whole, 200 << 10)
    windows = []
    run = Execution._run_stage
    monkeypatch.setattr(
        Execution,
        '_run_stage',
        lambda self, stage, given, needed: windows.append(len(given))
        or run(self, stage, given, needed),
    )
    run_activations(toy[1], tmp_path / 'whole', *WHOLE, *resize)
    assert max(windows) > 1
    assert segmentations(tmp_path / 'whole') == segmentations(tmp_path / 'windows')
    found, expected = maps(tmp_path / 'whole'), maps(tmp_path / 'windows')
    assert sorted(found) == sorted(expected) and len(found) == 4
    for key, (image, info) in expected.items():
        values = np.asanyarray(found[key][0].dataobj)
        np.testing.assert_allclose(values, image.dataobj, rtol=1e-5, atol=1e-6)
        np.testing.assert_array_equal(found[key][0].affine, image.affine)
        assert found[key][1]['exact'] is True
        assert found[key][1]['reference_shape'] == info['reference_shape'] == [12, 14, 16]


def test_folders_that_are_not_there_yet(toy, by_hand, tmp_path, monkeypatch):
    for name in ('maps', 'scratch'):
        out = tmp_path / name
        words = ('--save_seg_dir', str(out / 'own'), '--activation_dir', str(out / 'deep' / 'maps'))
        run_activations(toy[1], out, *WHOLE, *words)
        check_maps(out / 'deep' / 'maps', by_hand)
        monkeypatch.setenv(SCRATCH_VARIABLE, str(tmp_path / 'not' / 'there'))


def test_what_is_complete_is_kept(toy, tmp_path):
    run_activations(toy[1], tmp_path, *WHOLE)
    before = {name: os.stat(str(tmp_path / name)).st_mtime_ns for name in os.listdir(str(tmp_path))}
    run_activations(toy[1], tmp_path, *WHOLE, '--activation_existing', 'skip')
    for name, time in before.items():
        if name.startswith('activation_'):
            assert os.stat(str(tmp_path / name)).st_mtime_ns == time


@pytest.mark.parametrize(
    'options, message',
    [
        (('--activation_grid', 'aligned'), 'activation_grid = aligned has no meaning'),
        (('--activation_stitch', 'average'), 'activation_stitch = average has no meaning'),
    ],
)
def test_what_does_not_go_with_it_is_refused(toy, tmp_path, options, message):
    with pytest.raises(OptionError, match=message):
        run_activations(toy[1], tmp_path, *WHOLE, *options)
