# -*- coding: utf-8 -*-
"""What makes ``activation_existing = skip`` compute a map again, and what does not."""

import argparse
import os

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

import tensorflow as tf  # noqa: E402
from inference_runs import run_activations  # noqa: E402
from toy_runs import LAYER, make_toy  # noqa: E402

from niftynet_activations.planning.provenance import (  # noqa: E402
    file_state,
    graph_digests,
    preprocessing_state,
)
from niftynet_activations.running.run import ActivationRun  # noqa: E402


def digests(*functions):
    """
    :param functions: of the image, or of the output of the one before where they take two arguments
    :return: the digest of each one's output
    """
    with tf.Graph().as_default():
        image = tf.placeholder(tf.float32, (1, 5, 7, 11, 2))
        tensors = [function(image) for function in functions]
        found = graph_digests(tensors, image)
        return [found[tensor.name] for tensor in tensors]


def weighted(name):
    def multiply(image):
        with tf.variable_scope('', reuse=tf.AUTO_REUSE):
            return image * tf.get_variable(name, (2,))

    return multiply


def counted(times):
    return lambda image: tf.while_loop(
        lambda i, _: i < times, lambda i, value: (i + 1, value * 2.0), (0, image)
    )[1]


def test_other_layers_beside_change_nothing():
    (alone,) = digests(weighted('w'))
    beside = digests(tf.nn.relu, weighted('v'), weighted('w'))
    assert beside[2] == alone
    assert len(set(beside)) == 3


@pytest.mark.parametrize(
    'one, other',
    [
        (tf.nn.relu, tf.nn.elu),
        (lambda image: image * 2.0, lambda image: image * 3.0),
        (lambda image: image[..., 0:1], lambda image: image[..., 1:2]),
        (lambda image: tf.unstack(image, axis=-1)[0], lambda image: tf.unstack(image, axis=-1)[1]),
        (lambda image: tf.nn.relu(image * 2.0), lambda image: tf.nn.relu(image) * 2.0),
        (weighted('w'), weighted('v')),
        (counted(2), counted(3)),
    ],
)
def test_what_computes_something_else_is_told(one, other):
    assert digests(one) == digests(one)
    assert digests(one) != digests(other)


def test_preprocessing(tmp_path):
    histogram = tmp_path / 'standard.txt'
    param = argparse.Namespace(
        whitening=True, queue_length=4, histogram_ref_file=str(histogram), cutoff=(0.01, 0.99)
    )
    before = preprocessing_state(param)
    assert preprocessing_state(argparse.Namespace(**dict(vars(param), queue_length=9))) == before
    assert preprocessing_state(argparse.Namespace(**dict(vars(param), whitening=False))) != before
    histogram.write_text('T1 0 1 2')
    trained = preprocessing_state(param)
    assert trained != before
    os.utime(str(histogram), (1, 1))
    assert preprocessing_state(param) == trained
    histogram.write_text('T1 0 1 3')
    assert preprocessing_state(param) != trained


def test_a_file_that_changes_without_its_size(tmp_path):
    path = tmp_path / 'image.nii'
    path.write_bytes(b'ab')
    before = file_state(str(path))
    os.utime(str(path), (1, 1))
    assert file_state(str(path)) != before


def test_skip_after_the_config_has_changed(tmp_path):
    config = make_toy(tmp_path / 'toy', {'a': (14, 15, 17)})
    path = tmp_path / 'out' / 'activation_{}_a_x.nii.gz'.format(LAYER)
    with open(config) as lines:
        text = lines.read()

    def written(more_layers='', *edit):
        with open(config, 'w') as target:
            target.write(text.replace(*edit) if edit else text)
        words = ['--activation_layers', LAYER + more_layers, '--activation_existing', 'skip']
        run_activations(config, tmp_path / 'out', *words)
        return path.stat().st_mtime_ns

    first = written()
    assert written(',logits', 'queue_length = 4', 'queue_length = 6') == first
    edits = [
        ('whitening = True', 'whitening = False'),
        ('volume_padding_size = 2', 'volume_padding_size = 2\nvolume_padding_mode = constant'),
        ('interp_order = 1', 'interp_order = 1\naxcodes = L,P,S'),
    ]
    for edit in edits:
        before = path.stat().st_mtime_ns
        assert written('', *edit) != before, edit


def test_layers_that_are_complete_are_not_computed_again(tmp_path, monkeypatch):
    config = make_toy(tmp_path / 'toy', {'a': (14, 15, 17)})
    fetched = []
    add = ActivationRun.add_windows

    def note(run, windows, locations):
        fetched.append(len(windows))
        add(run, windows, locations)

    monkeypatch.setattr(ActivationRun, 'add_windows', note)
    # the third time nothing is left to do, and no window is read
    for layers, counts in ((LAYER, {1}), (LAYER + ',logits', {1}), (LAYER, set())):
        words = ['--activation_layers', layers, '--activation_existing', 'skip']
        run_activations(config, tmp_path / 'out', *words)
        assert set(fetched) == counts
        del fetched[:]
