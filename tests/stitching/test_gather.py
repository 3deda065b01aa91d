# -*- coding: utf-8 -*-
import errno
import os

import numpy as np
import pytest

from niftynet_activations.space.lattice import inside_image
from niftynet_activations.stitching import gather
from niftynet_activations.stitching.axis_plan import StitchPlan
from niftynet_activations.stitching.contract import Task
from niftynet_activations.stitching.crop import Crop, CropAxisPlan
from niftynet_activations.stitching.gather import Gathered, zeros_in_file


def valid_axis(size, window):
    """Windows lose a voxel at each face; two of them, at both ends."""
    return CropAxisPlan(inside_image(1, 1, size, 0), [0, size - window], window, window - 2, size)


@pytest.mark.parametrize('slab_bytes', [1, 4 * 2 * 7 * 3, 1 << 24])
def test_windows_come_back_in_slabs(slab_bytes, tmp_path, monkeypatch):
    monkeypatch.setattr(gather, 'SLAB_BYTES', slab_bytes)
    image = np.random.RandomState(0).standard_normal((8, 9, 11, 2)).astype(np.float32)
    # the first axis has a gap in its middle
    axes = [valid_axis(8, 4), valid_axis(9, 6), valid_axis(11, 7)]
    found = np.full(image.shape, np.nan, np.float32)

    def write(corner, block):
        place = tuple(slice(at, at + size) for at, size in zip(corner, block.shape))
        assert np.isnan(found[place]).all(), 'twice'
        found[place] = block

    task = Task(StitchPlan(axes), 2, write, str(tmp_path / 'values'))
    gathered = Gathered(task, Crop)
    assert not gathered.in_order
    for x in axes[0].starts:
        for y in axes[1].starts:
            for z in axes[2].starts:
                window = image[x + 1 : x + 3, y + 1 : y + 5, z + 1 : z + 6]
                gathered.add((x, y, z), window)
    assert np.isnan(found).all(), 'written before the last window'
    gathered.finish()
    gathered.finish()
    expected = image.copy()
    expected[[0, 3, 4, 7]] = expected[:, [0, 8]] = expected[:, :, [0, 10]] = np.nan
    np.testing.assert_array_equal(found, expected)
    gathered.remove()
    gathered.remove()
    assert list(tmp_path.iterdir()) == []


def test_the_room_for_the_samples_is_taken_at_once(tmp_path):
    """A hole would end the process when the disk fills up."""
    values = zeros_in_file(str(tmp_path / 'values'), (5, 7, 11, 100))
    status = os.stat(str(tmp_path / 'values'))
    assert status.st_size == values.nbytes <= 512 * status.st_blocks
    assert values.flags.f_contiguous and not values.any()


def test_a_disk_without_room_for_the_samples(tmp_path):
    with pytest.raises(OSError) as caught:
        zeros_in_file(str(tmp_path / 'values'), (1 << 56, 1, 11))  # more than any file holds
    assert caught.value.errno in (errno.ENOSPC, errno.EFBIG)
    assert list(tmp_path.iterdir()) == []
