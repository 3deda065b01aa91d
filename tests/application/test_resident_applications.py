# -*- coding: utf-8 -*-
"""A resident network of NiftyNet's other applications."""

import glob
import os

import numpy as np
import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

from application_runs import make_application, ours  # noqa: E402

import niftynet_activations as na  # noqa: E402


@pytest.mark.parametrize('kind', ['regression', 'classification'])
def test_an_extractor_of_another_application(tmp_path, kind):
    config = make_application(tmp_path / 'here', kind)
    named = dict(application=ours(kind))
    expected = na.extract(config, dir=tmp_path / 'maps', format='nii', layers='all', **named)
    with na.Extractor(config, 'all', **named) as extract:
        (section, *_) = extract._network.sections
        for subject in ('a', 'b'):
            pattern = os.path.join(str(tmp_path), 'here', '**', subject + '_*.nii*')
            (path, *_) = sorted(glob.glob(pattern, recursive=True))
            found = extract({section: path}, subject=subject)
            own = {key for key in expected if key[0] == subject}
            assert set(found) == own and own
            for key, one in found.items():
                np.testing.assert_array_equal(one.data, expected[key].data)
