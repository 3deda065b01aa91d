# -*- coding: utf-8 -*-
"""One pass over a whole volume, beside the same weights run by hand."""

import numpy as np
import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

import random_checkpoint  # noqa: E402
from niftynet.application.base_application import SingletonApplication  # noqa: E402
from random_checkpoint import tf  # noqa: E402
from toy_runs import make_toy  # noqa: E402

import niftynet_activations  # noqa: E402
from niftynet_activations.errors import OptionError  # noqa: E402
from niftynet_activations.host.config import read_config  # noqa: E402
from niftynet_activations.verification.whole_pass import whole_layers  # noqa: E402

FEATURES, LOGITS = 'conv_input_bn_relu', 'conv_output_bn'


@pytest.fixture(scope='module')
def toy(tmp_path_factory):
    folder = tmp_path_factory.mktemp('toy') / 'run'
    path = make_toy(folder, {'a': (20, 23, 25)})
    niftynet_activations.app  # noqa: B018  registers the options, as net_run does
    config = read_config(path, ['--activation_layers', 'all'])
    SingletonApplication.clear()
    application = niftynet_activations.app(
        config.system['NETWORK'], config.system['INFERENCE'], 'inference'
    )
    application.segmentation_param = config.system['CUSTOM']
    yield path, application, str(folder / 'model' / 'models' / 'model.ckpt-1')
    SingletonApplication.clear()


def logits_by_hand(config, checkpoint, volume):
    parsed = random_checkpoint.read_config(config)
    with tf.Graph().as_default(), tf.Session() as session:
        images = tf.placeholder(tf.float32, (1,) + volume.shape)
        logits = random_checkpoint.build_network(parsed, images)
        tf.train.Saver().restore(session, checkpoint)
        return session.run(logits, {images: volume[np.newaxis]})[0]


@pytest.mark.parametrize('limit', [1, 1 << 30])
def test_layers_of_a_volume(toy, limit):
    config, application, checkpoint = toy
    volume = np.random.RandomState(0).normal(size=(15, 17, 19, 1)).astype(np.float32)
    given = list(
        whole_layers(application, volume, [0, 1, 2], [LOGITS, FEATURES], checkpoint, limit)
    )
    assert [each.name for each in given] == [FEATURES, LOGITS]  # in the network's order
    assert given[0].values.shape == (15, 17, 19, 10) and given[0].values.min() == 0
    expected = logits_by_hand(config, checkpoint, volume)
    np.testing.assert_allclose(given[1].values, expected, atol=1e-5)
    assert [axis.size for axis in given[1].axes] == [15, 17, 19]


def test_slice_by_slice_needs_two_axes(toy):
    _, application, checkpoint = toy
    volume = np.zeros((15, 17, 2, 1), np.float32)
    with pytest.raises(OptionError, match='a network of at least two axes'):
        list(whole_layers(application, volume, [0], [LOGITS], checkpoint, 1))
