# -*- coding: utf-8 -*-
"""An Extractor of NiftyNet's other applications."""

import glob
import os
from functools import partial
from unittest import mock

import numpy as np
import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

from application_runs import CASES, LAYERS, SMALL, make_application, ours, run  # noqa: E402
from random_checkpoint import tf  # noqa: E402

import niftynet_activations as na  # noqa: E402
from niftynet_activations.errors import OptionError  # noqa: E402


def vector(mean, deviation, size):
    return np.linspace(-deviation, deviation, int(np.prod(size))).reshape(size) + mean


@pytest.mark.parametrize('kind', sorted(CASES))
def test_an_extractor_of_another_application(tmp_path, kind):
    """Random numbers of the graph are drawn as in the run; a GAN's vectors are made equal."""
    name, layers = SMALL.get(kind, (CASES[kind][0], LAYERS[kind]))
    config = make_application(tmp_path / 'here', kind, NETWORK={'name': name})
    words = '--activation_layers', layers, '--activation_format', 'nii'
    with mock.patch('numpy.random.normal', vector):
        run(ours(kind), config, tmp_path / 'maps', *words)
    expected = na.open_activations(str(tmp_path / 'maps'))
    seeded = mock.patch.object(tf, 'random_normal', partial(tf.random_normal, seed=3))
    with seeded, mock.patch('numpy.random.normal', vector):
        with na.Extractor(config, layers, application=ours(kind)) as extract:
            (section, *_) = extract._network.sections
            for subject in ('a', 'b'):
                name = '{}_{}.nii*'.format(subject, section)
                (path,) = glob.glob(os.path.join(str(tmp_path), 'here', 'data', name))
                found = extract({section: path}, subject=subject)
                own = {key for key in expected if key[0] == subject}
                assert set(found) == own and own
                for key, one in found.items():
                    np.testing.assert_array_equal(one.data, expected[key].data, str(key))
                rows = {key: each for key, each in found.window_tables.items()}
                tables = {key for key in expected.window_tables if key[0] == subject}
                assert set(rows) == tables
                for key, table in rows.items():
                    with open(expected.window_tables[key]) as lines:
                        assert table.to_csv(index=False, float_format='%.9g') == lines.read()


@pytest.mark.parametrize('inference', ['sample', 'linear_interpolation'])
def test_without_an_image_there_is_nothing_to_extract(tmp_path, inference):
    changes = {'AUTOENCODER': {'inference_type': inference}}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr('application_runs.write_weights', lambda *given: None)
        config = make_application(tmp_path / 'here', 'autoencoder', **changes)
    (tmp_path / 'here' / 'model').mkdir()
    with pytest.raises(OptionError, match='^no maps can be made: inference_type = ' + inference):
        na.Extractor(config, application=ours('autoencoder'))
