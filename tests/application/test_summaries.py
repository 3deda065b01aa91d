# -*- coding: utf-8 -*-
"""Tables by the run's own segmentation, where NiftyNet shrinks that."""

import csv

import nibabel as nib
import numpy as np
import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

from inference_runs import (  # noqa: E402
    maps,
    read_voxels,
    run_activations,
    run_plain,
    segmentations,
)
from toy_runs import LAYER, SHAPES, change_config, image_path, make_toy  # noqa: E402

WINDOW = (12, 14, 16)  # of toy_runs


def smooth_images(folder):
    """Blobs, so that neighbouring voxels have the same label."""
    from scipy.ndimage import gaussian_filter

    for number, (subject, shape) in enumerate(sorted(SHAPES.items())):
        path = image_path(folder, subject)
        image = nib.load(path)
        values = gaussian_filter(np.random.RandomState(number).normal(size=shape), 3)
        nib.save(nib.Nifti1Image(values.astype(np.float32), image.affine), path)


def table_of(folder):
    with open(str(folder / 'activation_table_x.csv')) as stream:
        return {
            (row['subject'], int(row['channel']), int(row['label'])): row
            for row in csv.DictReader(stream)
        }


def labels_at_window_samples(segmentation, border, padding, flipped):
    """
    By NiftyNet's own arithmetic: the output is extended by its edge, then zoomed to the padded
    volume, whose ends keep their centres, and cut back to the image.
    """
    values = segmentation[tuple(slice(None, None, -1 if each else 1) for each in flipped)]
    places = []
    for size, window, each in zip(values.shape, WINDOW, border):
        padded = size + 2 * padding
        sample = np.arange(window)
        inside = sample * (padded - 1) / (window - 1) - padding
        sample = sample[(inside >= -0.5) & (inside < size - 0.5)]
        voxel = (sample + each) * (padded - 1) / (window - 1 + 2 * each) - padding
        places.append(np.floor(voxel + 0.5).astype(int))
    return values[np.ix_(*places)]


@pytest.mark.parametrize(
    'border, padding, flipped',
    [
        ((4, 4, 4), 0, (0, 0, 0)),
        ((1, 3, 5), 2, (0, 0, 0)),
        ((3, 0, 2), 0, (0, 1, 1)),
        ((0, 0, 0), 0, (0, 0, 0)),
    ],
)
def test_resize_with_a_border(tmp_path, caplog, border, padding, flipped):
    config = make_toy(tmp_path / 'toy', sampling='resize')
    smooth_images(tmp_path / 'toy')
    change_config(
        config,
        {
            'NETWORK': {'volume_padding_size': padding, 'volume_padding_mode': 'edge'},
            'INFERENCE': {'border': border},
        },
    )
    if any(flipped):
        codes = ['LPS'[axis] if each else 'LAS'[axis] for axis, each in enumerate(flipped)]
        codes[2] = 'I' if flipped[2] else 'S'
        change_config(config, {'T1': {'axcodes': ','.join(codes)}})
    run_plain(config, tmp_path / 'plain')
    words = ['--activation_layers', LAYER, '--activation_tables', 'segmentation']
    run_activations(config, tmp_path / 'ours', *words)
    assert segmentations(tmp_path / 'ours') == segmentations(tmp_path / 'plain')
    told = [line for line in caplog.messages if 'shrunken or stretched' in line]
    assert len(told) == (1 if any(border) else 0)
    table = table_of(tmp_path / 'ours')
    checked = 0
    for subject in SHAPES:
        segmentation = read_voxels(tmp_path / 'ours' / 'window_seg_{}_x.nii.gz'.format(subject))
        labels = labels_at_window_samples(segmentation, border, padding, flipped)
        image, _ = maps(tmp_path / 'ours')[subject, LAYER]
        values = np.asanyarray(image.dataobj)
        assert values.shape[:3] == labels.shape
        for channel in range(values.shape[3]):
            for label in np.unique(labels):
                row = table[subject, channel, label]
                inside = values[..., channel][labels == label]
                assert int(row['voxels']) == inside.size
                assert float(row['mean']) == pytest.approx(inside.mean(), rel=1e-4, abs=1e-6)
                checked += 1
    assert checked == len(table)
    assert len({key[2] for key in table}) > 1
