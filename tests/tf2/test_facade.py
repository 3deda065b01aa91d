# -*- coding: utf-8 -*-
"""The module that NiftyNet sees as ``tensorflow``."""

import sys

import pytest

pytestmark = pytest.mark.slow


def test_it_stands_in_for_the_real_module(tf):
    assert sys.modules['tensorflow'] is tf
    assert type(tf).__module__ == 'niftynet_tf2.facade'
    assert tf.__version__.startswith('2.')


def test_version_1_comes_before_version_2(tf):
    from tensorflow.compat import v1

    assert tf.reduce_sum is v1.reduce_sum
    assert tf.logging is v1.logging
    assert tf.optimizers is not None  # a name that version 1 has not
    assert 'Session' in dir(tf)


def test_a_missing_name_is_said_to_be_missing(tf):
    with pytest.raises(AttributeError, match="no attribute 'no_such_name' in version 2"):
        tf.no_such_name  # noqa: B018


def test_graphs_are_of_version_1(tf):
    assert not tf.executing_eagerly()
    made = tf.get_variable('w', [2, 3])
    assert not hasattr(made, 'handle')
    assert tf.zeros([5, 7]).shape[0].value == 5


def test_generators_are_found_where_they_were(tf):
    from tensorflow.python.keras.utils import GeneratorEnqueuer

    enqueuer = GeneratorEnqueuer(iter([[1], [2], [3]]))
    enqueuer.start(workers=1, max_queue_size=2)
    values = enqueuer.get()
    assert [next(values) for _ in range(3)] == [[1], [2], [3]]
    enqueuer.stop()


def test_submodules_are_imported_as_before(tf):
    from tensorflow.core.framework import summary_pb2
    from tensorflow.python.framework import ops

    assert tf.core.framework.summary_pb2 is summary_pb2
    assert tf.Graph is ops.Graph


def test_version_2_that_cannot_be_switched_off_is_an_error(tf, monkeypatch):
    import tensorflow.compat.v1 as v1

    from niftynet_tf2 import facade

    def refuse():
        raise ValueError('must be called at program startup')

    monkeypatch.setattr(v1, 'disable_v2_behavior', refuse)
    with pytest.raises(ImportError, match="used before niftynet was imported.*startup.*put 'impor"):
        facade.install(tf)
    assert sys.modules['tensorflow'] is tf
