# -*- coding: utf-8 -*-
"""Maps in a compressed scratch file beside numpy's slices, read by several threads."""

import tempfile
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from sample_folder import make_sample

from niftynet_activations import open_activations
from niftynet_activations.looking.answers.packed_planes import PackedPlanes

INDICES = (
    np.s_[...],
    np.s_[:, :, 3:9, :],
    np.s_[2:-3:2, ::-1, 1::5, 2],
    np.s_[:, 4, 25, 1:],
    np.s_[..., [2, 0]],
    np.s_[:, :, 5:5],
)


@pytest.mark.parametrize('thickness', [1, 4, 26, 99])
@pytest.mark.parametrize('form, file_format', [('4d', 'nii.gz'), ('split', 'nii.gz'), ('zarr', '')])
def test_every_index_gives_what_numpy_gives(form, file_format, thickness, tmp_path):
    sample = make_sample(str(tmp_path / 'maps'), ['one'], form=form, file_format=file_format)
    expected = sample.data['one', 'logits']
    with tempfile.TemporaryFile(dir=str(tmp_path)) as scratch:
        packed = PackedPlanes(open_activations(sample.folder)['one', 'logits'], scratch, thickness)
        assert packed.shape == expected.shape and packed.dtype == np.float32
        with ThreadPoolExecutor(3) as pool:
            for index, found in zip(INDICES, pool.map(packed.__getitem__, INDICES)):
                np.testing.assert_array_equal(found, expected[index])
