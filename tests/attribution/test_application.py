# -*- coding: utf-8 -*-
"""
Applications other than segmentation.
"""

import numpy as np
import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

from application_runs import make_application, ours  # noqa: E402
from random_checkpoint import tf  # noqa: E402

import niftynet_activations as na  # noqa: E402
from niftynet_activations.errors import OptionError  # noqa: E402


def test_classification(tmp_path):
    """The decision is linear in the mean over space: the weights are those of its layer."""
    config = make_application(tmp_path, 'classification', subjects=('a',))
    application = ours('classification')
    given = dict(dir=str(tmp_path / 'maps'), application=application)
    plain = na.extract(config, ['second_bn_relu'], **given)['a', 'second_bn_relu']
    maps = na.attribute(config, 'second_bn_relu', 2, 'gradcam', **given)
    one = maps['a', 'second_bn_relu/gradcam_label_2']
    reader = tf.train.load_checkpoint(str(tmp_path / 'model' / 'models' / 'model.ckpt-1'))
    weights = reader.get_tensor('SmallClassifier/decide/fc_/w')[:, 2]
    values = np.asarray(plain.data)
    found = (values * weights).sum(-1, keepdims=True) / values[..., 0].size
    np.testing.assert_allclose(one.data, np.maximum(found, 0), atol=1e-4 * np.ptp(found))
    assert one.info['attribution']['voxels'] is None


@pytest.mark.parametrize('kind, layer', [('autoencoder', 'ConvEncoder'), ('gan', 'generator')])
def test_a_network_of_several_results_has_no_label_to_explain(tmp_path, kind, layer):
    config = make_application(tmp_path, kind, subjects=('a',))
    with pytest.raises(OptionError, match=r'this network returns \d results \(.*, .*\)'):
        na.attribute(config, layer, 1, 'gradcam', application=ours(kind))
