# -*- coding: utf-8 -*-
"""From Python: several runs in one process, which leave the process as it was."""

import logging
import os
import subprocess
import sys

import numpy as np
import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

from example_run import ROOT, SUBJECTS, make_example  # noqa: E402
from inference_runs import run_plain, segmentations  # noqa: E402

import niftynet_activations as na  # noqa: E402
from niftynet_activations.errors import (  # noqa: E402
    ActivationError,
    CheckpointError,
    OptionError,
    SelectionError,
    WriteError,
)
from niftynet_activations.running.run import ActivationRun  # noqa: E402

HOOKS = 'extensions.activation_example.hooks'


@pytest.fixture(scope='module')
def example(tmp_path_factory):
    """Folder and config of a network that has a checkpoint."""
    folder = tmp_path_factory.mktemp('example')
    return folder, make_example(folder)


def test_layers_of_a_config(example, capsys):
    found = na.layers(example[1])
    names = [layer.name for layer in found]
    assert {'conv_0_relu', 'down_relu', 'bottleneck', 'up_relu', 'join_concat', 'logits'} < set(
        names
    )
    marked = found[names.index('bottleneck')]
    assert (marked.type, marked.shape, marked.channels) == ('ActivationPoint', [8, 8, 8, 12], 12)
    assert marked.stride == [2, 2, 2]
    assert capsys.readouterr() == ('', '')


def test_extract_twice_in_one_process(example, capsys):
    folder, config = example
    wanted, options = ['bottleneck', 'up_relu'], {'channels': [0, 2], 'format': 'nii'}
    before = list(wanted), dict(options), list(sys.argv), dict(os.environ), read_bytes(config)
    first = na.extract(config, layers=wanted, **options)
    assert (wanted, options, sys.argv, dict(os.environ), read_bytes(config)) == before
    assert capsys.readouterr().out == ''
    assert set(first) == {(subject, layer) for subject in SUBJECTS for layer in wanted}
    assert first.folder == str(folder / 'segmentation')
    for (subject, layer), one in first.items():
        assert one.channels == [0, 2]
        assert one.info['exact'] is True
        step = 2 if layer == 'bottleneck' else 1
        assert one.data.shape[:3] == tuple(-(-size // step) for size in SUBJECTS[subject])
    second = na.extract(config, layers='join_concat', dir=folder / 'elsewhere')
    assert second.folder == str(folder / 'elsewhere')
    # the joined layer lies on its skip connection's lattice, half a voxel beside the other
    joined, up = second['two', 'join_concat'].data[..., 6], first['two', 'up_relu'].data[..., 0]
    np.testing.assert_array_equal(joined[:-1, :-1, :-1], up[1:, 1:, 1:])


def test_the_segmentation_is_plain_niftynet_s_with_a_hook_too(example, tmp_path):
    _, config = example
    sys.modules.pop(HOOKS, None)
    hooks = __import__(HOOKS, fromlist=['unit_length'])
    run_plain(config, tmp_path / 'plain')
    plain = na.extract(config, layers='bottleneck', dir=tmp_path / 'as_it_is')
    with na.register_forward_hook('type:ActivationPoint', hooks.unit_length):
        hooked = na.extract(config, layers='bottleneck', save_seg_dir=str(tmp_path / 'hooked'))
    assert segmentations(tmp_path / 'hooked') == segmentations(tmp_path / 'plain')
    values = np.asarray(plain['one', 'bottleneck'].data)
    length = np.sqrt(np.maximum((values**2).sum(axis=-1, keepdims=True), 1e-12))
    np.testing.assert_allclose(hooked['one', 'bottleneck'].data, values / length, atol=1e-6)
    assert 'unit_length' in hooked['one', 'bottleneck'].info['tensor']


def test_a_folder_of_the_caller_s_holds_maps_and_segmentation(example, tmp_path, monkeypatch):
    folder, config = example
    monkeypatch.chdir(tmp_path)
    maps = na.extract(config, layers='up_relu', channels=slice(0, 4, 2), dir='here')
    assert maps.folder == str(tmp_path / 'here')
    assert sorted(segmentations(tmp_path / 'here')) == [
        'window_seg_{}_example.nii.gz'.format(subject) for subject in ('one', 'two')
    ]
    assert maps['one', 'up_relu'].channels == [0, 2]
    assert not (folder / 'here').exists()


def test_only_the_maps_of_this_run(example, tmp_path):
    _, config = example
    na.extract(config, layers='up_relu', dir=tmp_path, channels=0)
    maps = na.extract(config, layers=['bottleneck', 'conv_0_relu'], dir=tmp_path, channels=0)
    assert maps.layers == ['conv_0_relu', 'bottleneck']  # as the network calls them
    assert set(na.open_activations(tmp_path).layers) == {'conv_0_relu', 'bottleneck', 'up_relu'}
    # those that a run finds complete are its own too
    kept = na.extract(config, layers='up_relu', dir=tmp_path, channels=0, existing='skip')
    assert kept.layers == ['up_relu'] and len(kept) == 2
    nothing = na.extract(config, layers='none', dir=tmp_path / 'none')
    assert len(nothing) == 0 and nothing.subjects == []


def test_channels_of_each_selector(example, tmp_path):
    maps = na.extract(
        example[1],
        layers=['up_relu', 'bottleneck'],
        channels={'up_relu': slice(2), 'bottleneck': [1, slice(4, 6)]},
        dir=tmp_path,
    )
    assert maps['one', 'up_relu'].channels == [0, 1]
    assert maps['one', 'bottleneck'].channels == [1, 4, 5]


@pytest.mark.parametrize('progress', [None, True, False])
def test_progress_where_it_is_wanted(example, tmp_path, capfd, progress):
    na.extract(example[1], layers='up_relu', channels=0, dir=tmp_path, progress=progress)
    said = capfd.readouterr()
    assert ('window' in said.err) == bool(progress)  # standard error is no terminal here
    assert said.out == ''


KERAS = """
import numpy as np
import tensorflow as tf
before = tf.executing_eagerly()
values = np.ones((2, 4), 'float32')
model = tf.keras.Sequential([tf.keras.layers.Input((4,)), tf.keras.layers.Dense(3)])
told = model.predict(values, verbose=0)
import niftynet_activations as na
for _ in range(2):
    maps = na.extract({0!r}, layers='up_relu', channels=0, dir={1!r})
    assert len(maps) == 2 and len(na.layers({0!r})) > 5
    assert before and tf.executing_eagerly()
    np.testing.assert_array_equal(model.predict(values, verbose=0), told)
model.compile('sgd', 'mse')
model.fit(values, told + 1, verbose=0)
assert not np.array_equal(model.predict(values, verbose=0), told)
assert float(tf.function(lambda x: 2 * x)(tf.constant(3.0))) == 6.0
"""
AFTERWARDS = """
import niftynet_activations as na
na.extract({0!r}, layers='up_relu', channels=0, dir={1!r})
import tensorflow as tf
assert tf.executing_eagerly()
layer = tf.keras.layers.Dense(1, kernel_initializer='ones')
assert float(layer(tf.constant([[3.0, 4.0]]))[0, 0]) == 7.0
"""


@pytest.mark.skipif(sys.version_info < (3, 8), reason='TensorFlow 1 starts in graph mode')
@pytest.mark.parametrize('code', [KERAS, AFTERWARDS])
def test_the_caller_s_eager_mode_and_keras_models(example, tmp_path, code):
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join([ROOT] + sys.path))
    words = [sys.executable, '-c', code.format(str(example[1]), str(tmp_path / 'maps'))]
    done = subprocess.run(words, env=environment, stderr=subprocess.PIPE, universal_newlines=True)
    assert done.returncode == 0, done.stderr[-3000:]


def test_a_reducer_of_the_example(example, tmp_path):
    _, config = example
    reducer = 'extensions.activation_example.reducers.share_above_zero'
    plain = na.extract(config, layers='bottleneck', dir=tmp_path / 'plain')
    share = na.extract(config, layers='bottleneck', dir=tmp_path / 'share', reduce=reducer)
    expected = (np.asarray(plain['one', 'bottleneck'].data) > 0).mean(axis=-1, keepdims=True)
    np.testing.assert_allclose(share['one', 'bottleneck'].data, expected, atol=1e-6)
    assert share['one', 'bottleneck'].info['reduce'] == reducer


def test_the_caller_s_logging_stays(example, tmp_path):
    logger = logging.getLogger('tensorflow')
    handler = logging.NullHandler()
    kept = list(logger.handlers), logger.level, logger.propagate
    logger.handlers, logger.level, logger.propagate = [handler], 35, False
    try:
        na.extract(example[1], layers='up_relu', channels='0', dir=tmp_path)
        na.layers(example[1])
        assert (logger.handlers, logger.level, logger.propagate) == ([handler], 35, False)
    finally:
        logger.handlers, logger.level, logger.propagate = kept


def test_a_first_call_that_fails_leaves_no_trace(example, tmp_path):
    code = (
        'import logging, sys\n'
        'import niftynet_activations as na\n'
        'before = sys.excepthook, list(sys.argv), list(logging.root.handlers)\n'
        'try:\n'
        "    na.extract({0!r}, layers='conv_9')\n"
        'except ValueError as error:\n'
        "    assert 'conv_9' in str(error), error\n"
        "maps = na.extract({0!r}, layers='up_relu', channels=[1], dir={1!r})\n"
        'assert len(maps) == 2\n'
        'assert (sys.excepthook, sys.argv, logging.root.handlers) == before\n'
    ).format(str(example[1]), str(tmp_path / 'maps'))
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join([ROOT] + sys.path))
    subprocess.run([sys.executable, '-c', code, 'word'], env=environment, check=True)


def test_what_niftynet_only_prints_is_in_the_error(example, tmp_path, monkeypatch):
    def add_window(*unused):
        raise NotImplementedError('no more\nof this')

    monkeypatch.setattr(ActivationRun, 'add_window', add_window)
    with pytest.raises(WriteError, match='reached: one, two; .* NotImplementedError: no more$'):
        na.extract(example[1], layers='up_relu', dir=tmp_path)


def test_verbose_shows_what_niftynet_says(example, tmp_path, capsys):
    na.extract(example[1], layers='up_relu', channels='0', dir=tmp_path, verbose=True)
    assert 'inference iter' in capsys.readouterr().out


@pytest.mark.parametrize(
    'options, error, message',
    [
        ({'layers': 'conv_9'}, SelectionError, "'conv_9' matches nothing; nearest: "),
        ({'chanels': '0'}, OptionError, "unknown option 'chanels': did you mean 'channels'"),
        ({'format': 'mat'}, OptionError, "activation_format = 'mat': expected one of"),
        ({'batch_size': 'many'}, OptionError, 'argument --batch_size: invalid int value'),
        ({'model_dir': '/no/such/folder'}, CheckpointError, 'no checkpoint: the folder'),
        ({'inference_iter': 77}, CheckpointError, 'no checkpoint of iteration 77'),
        ({'layers': []}, OptionError, 'expected names of layers'),
        ({'dir': 5}, OptionError, 'dir = 5: expected a path'),
        ({'basis': [5]}, OptionError, 'basis = 5: expected a path'),
    ],
)
def test_what_is_wrong_is_one_line(example, options, error, message):
    with pytest.raises(error, match=message) as caught:
        na.extract(example[1], **options)
    assert isinstance(caught.value, ActivationError)
    assert '\n' not in str(caught.value)


def test_a_config_that_is_not_there(tmp_path):
    with pytest.raises(OptionError, match='Configuration file not found: .*nowhere.ini$'):
        na.extract(tmp_path / 'nowhere.ini')
    with pytest.raises(OptionError, match='nowhere.ini'):
        na.layers(tmp_path / 'nowhere.ini')


def read_bytes(path):
    with open(path, 'rb') as stream:
        return stream.read()
