# -*- coding: utf-8 -*-
"""Datasets of NiftyNet are not watched by TensorFlow's tuning, and give what they gave."""

import pytest

pytestmark = pytest.mark.slow


def test_values_come_in_order(tf):
    dataset = tf.data.Dataset.from_generator(lambda: iter([5, 7, 11]), tf.int32).prefetch(2)
    following = dataset.make_one_shot_iterator().get_next()
    with tf.Session() as session:
        assert [session.run(following) for _ in range(3)] == [5, 7, 11]
        with pytest.raises(tf.errors.OutOfRangeError):
            session.run(following)


def test_tuning_is_off(tf):
    from tensorflow.core.framework.dataset_options_pb2 import Options

    tf.data.Dataset.range(3).make_one_shot_iterator().get_next()
    library = tf.get_default_graph().as_graph_def().library
    nodes = [node for each in library.function for node in each.node_def]
    found = [
        Options.FromString(node.attr['serialized_options'].s)
        for node in nodes
        if node.op == 'OptionsDataset'
    ]
    assert [each.autotune_options.enabled for each in found] == [False]


def test_installing_twice_changes_nothing(tf):
    from tensorflow.compat import v1

    from niftynet_tf2 import data

    before = v1.data.Dataset.make_one_shot_iterator
    data.install(v1)
    assert v1.data.Dataset.make_one_shot_iterator is before
