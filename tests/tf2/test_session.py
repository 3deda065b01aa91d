# -*- coding: utf-8 -*-
"""
The graph rewrite that drops a padding: shown at work, and kept away from every session.

The right answer is that of TensorFlow 1.15, where the fault does not exist.
"""

import numpy as np
import pytest

from .cases import padded_convolution, padded_convolution_of_input

pytestmark = pytest.mark.slow
SHAPE = (1, 6, 7, 8, 18)
FAULT = """
import tensorflow as tf
v1 = tf.compat.v1
v1.disable_eager_execution()
padded = tf.pad(v1.placeholder(tf.float32, [1, 4, 4, 4, 16]), [[0, 0]] + [[1, 1]] * 3 + [[0, 0]])
output = v1.nn.conv3d(padded, tf.ones([3, 3, 3, 16, 18]), [1] * 5, 'SAME')
with v1.Session() as session:
    print(session.run(output, {session.graph.get_operations()[0].outputs[0]: [[[[[1.0] * 16] * 4] * 4] * 4]}).shape)
"""  # noqa: E501


def test_the_fault_is_there_without_niftynet(python):
    """Where this fails, TensorFlow has been repaired and the stand-in may go."""
    pytest.importorskip('tensorflow', minversion='2.21')
    done = python(FAULT, NIFTYNET_TF2='0', TF_ENABLE_ONEDNN_OPTS='1')
    if done.stdout.strip() == '(1, 6, 6, 6, 18)':
        pytest.skip('this TensorFlow, or its processor, does not have the fault')
    assert done.stdout.strip() == '(1, 4, 4, 4, 18)', done.stderr


def test_a_session_without_settings_is_right(both):
    found, stored = both('padded_convolution')
    np.testing.assert_allclose(found['value'], stored['value'], rtol=1e-4, atol=1e-4)


def _tf_config(tf):
    from niftynet.utilities.util_common import tf_config

    return tf_config()


def _remapping_asked_for(tf):
    config = tf.ConfigProto()
    config.graph_options.rewrite_options.remapping = 1
    return config


@pytest.mark.parametrize('make', [lambda tf: None, _tf_config, _remapping_asked_for])
def test_no_settings_bring_it_back(tf, monkeypatch, make):
    started = tf.Session
    monkeypatch.setattr(tf, 'Session', lambda: started(config=make(tf)))
    assert padded_convolution(tf)['value'].shape == SHAPE


def test_interactive_and_monitored_sessions_are_right_too(tf):
    tf.train.get_or_create_global_step()
    output, feed = padded_convolution_of_input(tf)
    for make in (tf.InteractiveSession, tf.train.MonitoredSession):
        session = make()
        value = session.run(output, feed)
        session.close()
        assert value.shape == SHAPE


def test_sessions_of_tensorflows_own_tests_are_right_too(tf):
    class Test(tf.test.TestCase):
        def runTest(self):
            output, feed = padded_convolution_of_input(tf)
            with self.cached_session() as session:
                self.value = session.run(output, feed)

    test = Test()
    test.runTest()
    assert test.value.shape == SHAPE


def test_settings_are_not_changed(tf):
    from tensorflow.compat import v1

    config = v1.ConfigProto(log_device_placement=False)
    with tf.Session(config=config):
        pass
    assert config == v1.ConfigProto(log_device_placement=False)


def test_wrong_settings_are_refused_by_tensorflow(tf):
    with pytest.raises(TypeError, match='config'):
        tf.Session(config='fast')
