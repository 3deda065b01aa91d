# -*- coding: utf-8 -*-
"""GAN: the layers of the generator."""

import nibabel as nib
import numpy as np
import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

import niftynet_activations as na  # noqa: E402

na.app  # noqa: B018  registers the options


def test_the_generated_image_is_the_generator_s_map(runs):
    _, _, folder = runs('gan')
    image = nib.load(str(folder / 'a_window_image_niftynet_generated.nii.gz')).get_fdata()
    one = na.open_activations(str(folder))['a', 'generator']
    values = np.asarray(one.data).reshape(image.shape)
    np.testing.assert_array_equal(values, image)
    # random vectors have no place
    assert one.info['exact'] is not True and 'another input' in one.info['inexact_because']
