# -*- coding: utf-8 -*-
"""A checkpoint that does not fit, is damaged or missing is told in one line, before the session."""

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

from broken_example import copy_of, told  # noqa: E402
from example_run import make_example  # noqa: E402

import niftynet_activations as na  # noqa: E402
from niftynet_activations.errors import CheckpointError  # noqa: E402

INDEX = 'model.ckpt-1.index'
DATA = 'model.ckpt-1.data-00000-of-00001'
LFS = 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935\nsize 12345\n'


@pytest.fixture(scope='module')
def example(tmp_path_factory):
    return make_example(tmp_path_factory.mktemp('example'))


def set_to(section, option, value):
    def change(config):
        config[section][option] = value

    return change


def cut(name, part):
    def change(models):
        whole = (models / name).read_bytes()
        (models / name).write_bytes(whole[: int(len(whole) * part)])

    return change


def swap_a_byte(models):
    whole = bytearray((models / DATA).read_bytes())
    whole[len(whole) // 2] ^= 255
    (models / DATA).write_bytes(bytes(whole))


def pointer(name):
    return lambda models: (models / name).write_text(LFS)


OTHER_NETWORK = "variables begin with 'PointedNet/': set name in [NETWORK]"
CASES = [
    (set_to('SEGMENTATION', 'num_classes', '5'), None, 'set num_classes = 3 in [SEGMENTATION]'),
    (
        set_to('SEGMENTATION', 'image', 'T1,T1'),
        None,
        'images with 1 channel and the input has 2',
    ),
    (set_to('NETWORK', 'name', 'toynet'), None, OTHER_NETWORK),
    (set_to('NETWORK', 'activation_function', 'prelu'), None, 'set activation_function = relu'),
    (None, lambda models: (models / DATA).unlink(), DATA + "' is missing beside '" + INDEX),
    (None, cut(DATA, 0.5), DATA + "' was cut short: it holds 5490 bytes, and the variables"),
    (None, cut(DATA, 0.999), DATA + "' was cut short"),
    (None, cut(INDEX, 0.5), INDEX + "' cannot be read"),
    (None, swap_a_byte, DATA + "' cannot be read"),
    (None, pointer(DATA), DATA + "' is only a pointer of Git LFS"),
    (None, pointer(INDEX), INDEX + "' is only a pointer of Git LFS"),
    (None, pointer('checkpoint'), "models/checkpoint' is only a pointer of Git LFS"),
    (None, lambda models: (models / 'checkpoint').unlink(), "models/checkpoint' does not exist"),
    (set_to('INFERENCE', 'inference_iter', '7'), None, 'it holds model.ckpt-1: check model_dir'),
]


@pytest.mark.parametrize('change, models, message', CASES)
def test_verify_and_extract_say_what_is_wrong(tmp_path, capfd, example, change, models, message):
    config = copy_of(example, tmp_path / 'copy', change, models)
    status, said = told(capfd, 'verify', '-c', config)
    assert status == 2 and message in said and str(tmp_path / 'copy' / 'models') in said
    assert 'run it again' not in said
    with pytest.raises(CheckpointError) as caught:
        na.extract(config, layers='none')
    assert str(caught.value) == said


def test_weights_that_the_network_has_no_place_for_are_told(tmp_path, example, capsys):
    """A network trained with one branch more runs, but computes otherwise."""
    config = copy_of(example, tmp_path / 'copy')
    add_variable(tmp_path / 'copy' / 'models' / 'model.ckpt-1', 'PointedNet/left/conv_/w')
    assert na.extract(config, layers='up_relu', verbose=True)
    said = capsys.readouterr().out
    assert 'holds 1 variables that the network' in said and 'PointedNet/left/conv_/w' in said


def add_variable(path, name):
    from random_checkpoint import tf

    reader = tf.train.load_checkpoint(str(path))
    with tf.Graph().as_default(), tf.Session() as session:
        for each in reader.get_variable_to_shape_map():
            tf.get_variable(each, initializer=reader.get_tensor(each))
        tf.get_variable(name, [3])
        session.run(tf.global_variables_initializer())
        tf.train.Saver(save_relative_paths=True).save(session, str(path))
