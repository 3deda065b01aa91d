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
