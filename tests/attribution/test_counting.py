# -*- coding: utf-8 -*-
"""
Which voxels are counted: masks, batches, labels.
"""

import numpy as np
import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

from direct_attribution import LABEL, Direct, check, read  # noqa: E402
from toy_runs import LAYER  # noqa: E402

import niftynet_activations as na  # noqa: E402
from niftynet_activations.attribution.counting import label_of  # noqa: E402


def test_a_mask_and_batches(toy, tmp_path):
    folder, config = toy
    given = dict(label=LABEL, method='hirescam', dir=str(tmp_path))
    by_section = na.attribute(config, [LAYER], mask='lesion', batch_size=2, **given)
    name = LAYER + '/hirescam_label_1_masked'
    for subject in 'ab':
        one = by_section[subject, name]
        mask = np.zeros(one.data.shape[:3], bool)
        mask[3:11, 8:20, 5:18] = True
        direct = Direct(config, folder, read(folder, subject))
        check(one, 'hirescam', *direct.of(one.info['tensor'], mask))
        assert one.info['attribution']['target'] == 'lesion'
    expected_values = np.asarray(by_section['a', name].data)
    by_folder = na.attribute(config, [LAYER], mask=str(folder / 'lesions'), **given)
    np.testing.assert_allclose(np.asarray(by_folder['a', name].data), expected_values, atol=1e-5)


class Normalising(object):
    """As NiftyNet's label normalisation: two labels of files, two classes."""

    key = ('from', 'to')
    label_map = {'from': (0.0, 40.0, 7.0), 'to': (0, 2, 1)}

    def is_ready(self):
        return True


class OneReader(object):
    def __init__(self, *preprocessors):
        self.preprocessors = preprocessors


class App(object):
    def __init__(self, *readers):
        self.readers = readers


def test_labels_are_those_of_the_files():
    assert [label_of(App(OneReader(Normalising())), index) for index in range(4)] == [0, 7, 40, 3]
    assert label_of(App(OneReader(object())), 2) == label_of(App(), 2) == 2
