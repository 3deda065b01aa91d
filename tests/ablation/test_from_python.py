# -*- coding: utf-8 -*-
"""The effect of channels from Python: functions, images and warnings."""

import os

import nibabel as nib
import numpy as np
import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

from toy_runs import LAYER, image_path, make_toy  # noqa: E402

import niftynet_activations as na  # noqa: E402
from niftynet_activations.errors import OptionError  # noqa: E402

SHAPE = (15, 17, 19)


@pytest.fixture(scope='module')
def config(tmp_path_factory):
    return make_toy(tmp_path_factory.mktemp('from_python') / 'toy', {'one': SHAPE, 'two': SHAPE})


def nothing(layer, output):
    return output * 0


def test_a_function_and_an_image(config):
    image = nib.load(image_path(os.path.dirname(config), 'one'))
    labels = nib.Nifti1Image(np.ones(SHAPE, np.uint8), image.affine)
    table = na.ablate(config, [LAYER], channels=[2, 5], by=nothing, labels=labels, memory=3)
    assert set(table['by']) == {'nothing'} and set(table['channel']) == {2, 5}
    assert table['dice_change'].notna().any()
    other = na.ablate(config, LAYER, channels={LAYER: slice(5, 6)}, by=0)
    rows = table[table['channel'] == 5].reset_index(drop=True)
    counts = ['subject', 'voxels', 'voxels_after', 'changed']
    assert rows[counts].equals(other[counts]) and other['changed'].max() > 0


def test_a_subject_that_cannot_be_read_is_a_warning(config, tmp_path):
    broken = make_toy(tmp_path / 'toy', {'one': SHAPE, 'two': SHAPE})
    with open(image_path(tmp_path / 'toy', 'two'), 'r+b') as stream:
        stream.truncate(9000)
    with pytest.warns(UserWarning, match="'two'"):
        table = na.ablate(broken, LAYER, channels=0)
    assert list(table['subject'].unique()) == ['one']


@pytest.mark.parametrize(
    'options, message',
    [({'by': 'nan'}, 'finite'), ({'memori': 3}, "did you mean 'memory'")],
)
def test_bad_input(config, options, message):
    with pytest.raises(OptionError, match=message):
        na.ablate(config, LAYER, **options)
