# -*- coding: utf-8 -*-
"""Values at points beside scipy's interpolation, and points files that are wrong."""

import numpy as np
import pandas as pd
import pytest
from sample_folder import make_sample
from scipy.ndimage import map_coordinates

from niftynet_activations import open_activations
from niftynet_activations.errors import OptionError
from niftynet_activations.looking.answers.points import read_points, sample_points


@pytest.fixture(scope='module')
def sample(tmp_path_factory):
    return make_sample(str(tmp_path_factory.mktemp('points') / 'maps'))


def test_values_are_linear_between_samples(sample, tmp_path):
    index = np.array([[3.25, 4.5, 5.0], [2.0, 6.0, 7.75]])
    affine = sample.affines['1_b', 'res_1/pool:1']
    world = index @ affine[:3, :3].T + affine[:3, 3]
    path = tmp_path / 'points.csv'
    lines = ['x, y, z, subject'] + [', '.join(map(repr, row.tolist())) + ', 1_b' for row in world]
    path.write_text('\n'.join(lines))
    table = sample_points(open_activations(sample.folder), str(path))
    assert table['subject'].tolist() == ['1_b', '1_b'] and table['point'].tolist() == [0, 1]
    for channel in range(6):
        volume = sample.data['1_b', 'res_1/pool:1'][..., channel].astype(np.float64)
        expected = map_coordinates(volume, index.T, order=1)
        np.testing.assert_allclose(table['res_1/pool:1|{}'.format(channel)], expected, rtol=1e-5)


def test_points_without_subject_are_every_subject_s(sample):
    table = sample_points(
        open_activations(sample.folder), pd.DataFrame({'x': [0.0], 'y': [0.0], 'z': [900.0]})
    )
    assert table['subject'].tolist() == ['1', '1_b']
    assert table['logits|2'].isna().all()


@pytest.mark.parametrize(
    'text, told',
    [
        ('x,y\n1,2\n', 'columns x, y, z'),
        ('x,y,z\n1,2,3\n4,five,6\n', 'point 1 .*five'),
        ('x,y,z\n1,2,\n', 'point 0'),
        ('', 'cannot be read'),
    ],
)
def test_what_is_wrong_with_a_points_file_is_told(text, told, tmp_path):
    path = tmp_path / 'points.csv'
    path.write_text(text)
    with pytest.raises(OptionError, match=told):
        read_points(str(path))


def test_a_subject_that_is_not_there_is_told(sample):
    points = pd.DataFrame({'x': [0.0], 'y': [0.0], 'z': [0.0], 'subject': ['2']})
    with pytest.raises(OptionError, match="subject '2'.*1, 1_b"):
        sample_points(open_activations(sample.folder), points)
