# -*- coding: utf-8 -*-
"""A spatial_window_size of 0, which stands for the whole axis of the first subject."""

import nibabel as nib
import numpy as np
import pytest

pytestmark = pytest.mark.slow
niftynet = pytest.importorskip('niftynet')

import random_checkpoint  # noqa: E402
import random_runs  # noqa: E402
from inference_runs import maps, run_activations, run_plain, segmentations  # noqa: E402

from niftynet_activations.errors import InputError  # noqa: E402

LAYER = 'conv_output_bn'


def make_run(folder, window, shapes, network='toynet', padding=(0, 0, 0)):
    """
    :return: path of the config, and each subject's values
    """
    (folder / 'data').mkdir()
    volumes = [np.random.RandomState(k).normal(size=n) for k, n in enumerate(shapes)]
    for number, volume in enumerate(volumes):
        path = folder / 'data' / 's{}_image.nii.gz'.format(number)
        nib.save(nib.Nifti1Image(volume.astype(np.float32), np.eye(4)), str(path))
    case = dict(window=window, padding=padding, border=padding, batch=1, mode='edge')
    config = str(folder / 'config.ini')
    random_runs.write_case_config(config, dict(case, network=network))
    random_checkpoint.write_checkpoint(config, str(folder / 'model'), window=(16, 16, 16))
    return config, volumes


@pytest.mark.parametrize(
    'window, shapes, padding, grid',
    [
        ((0, 0, 0), [(15, 17, 19)], (2, 3, 4), 'niftynet'),
        ((0, 0, 0), [(15, 17, 19)], (0, 0, 0), 'aligned'),
        ((12, 0, 0), [(15, 17, 19)], (2, 0, 0), 'niftynet'),
        # the second one is cut into windows of the first one's size
        ((0, 0, 0), [(12, 17, 14), (15, 18, 19)], (2, 2, 2), 'aligned'),
    ],
    ids=['one', 'aligned', 'two axes', 'two subjects'],
)
def test_maps_equal_the_whole_pass(window, shapes, padding, grid, tmp_path):
    config, volumes = make_run(tmp_path, window, shapes, padding=padding)
    run_plain(config, tmp_path / 'plain')
    run_activations(
        config, tmp_path / 'out', '--activation_layers', LAYER, '--activation_grid', grid
    )
    if grid == 'niftynet':  # with aligned the segmentation may differ, and does in the last bit
        assert segmentations(tmp_path / 'plain') == segmentations(tmp_path / 'out')
    found = maps(tmp_path / 'out')
    assert len(found) == len(shapes)
    for number, values in enumerate(volumes):
        image, info = found['s{}_'.format(number), LAYER]
        case = dict(padding=padding, window=window, mode='edge', volume=values.shape)
        (whole,) = random_runs.whole_pass(
            case, config, tmp_path, values.astype(np.float32), info['reference_shape'], [info]
        )
        expected = random_runs.at_samples(whole, info, case)
        assert (info['exact'], image.shape[:3]) == (True, values.shape)
        np.testing.assert_allclose(np.asanyarray(image.dataobj), expected, atol=1e-5)


def test_a_smaller_second_subject_is_left_out(tmp_path):
    config, _ = make_run(tmp_path, (0, 0, 0), [(15, 17, 19), (12, 18, 14)])
    with pytest.raises(InputError, match='0 takes the size of the first subject') as caught:
        run_activations(config, tmp_path / 'out')
    assert "'s1_': its window of 15 x 17 x 19 voxels is larger than the volume" in str(caught.value)
    assert '\n' not in str(caught.value)
    assert [subject for subject, _ in maps(tmp_path / 'out')] == ['s0_']
