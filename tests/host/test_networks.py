# -*- coding: utf-8 -*-
"""A network that cannot be imported or made is told in one line by every command."""

import sys

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

from broken_example import copy_of, told  # noqa: E402
from example_run import make_example  # noqa: E402

import niftynet_activations as na  # noqa: E402
from niftynet_activations.errors import OptionError  # noqa: E402

FILES = {
    'bad_syntax': 'class Net(:\n    pass\n',
    'bad_import': 'import not_installed_thing\n\n\nclass Net(object):\n    pass\n',
    'bad_name': '\nx = undefined_name\n',
    'no_network': 'Net = 3\n\n\nclass Other(object):\n    pass\n',
    'poor': 'from niftynet.network.base_net import BaseNet\n\n\nclass Net(BaseNet):\n'
    '    def __init__(self, num_classes):\n        pass\n',
    'faulty': 'import tensorflow as tf\nfrom niftynet.network.base_net import BaseNet\n\n\n'
    'class Net(BaseNet):\n'
    '    def layer_op(self, images, is_training=True, **unused):\n'
    '        return tf.no_such_function(images)\n\n\n'
    'class Key(BaseNet):\n'
    '    def layer_op(self, images, is_training=True, **unused):\n'
    "        return {}['features']\n",
}
CASES = [
    ('toynett', "NiftyNet has no network of that name: did you mean 'toynet'?; it has deepmedic,"),
    (
        'my_nets.good.Net',
        "module 'my_nets.good' cannot be imported (ModuleNotFoundError: No module",
    ),
    ('my_nets.good.Net', 'check its spelling, put the folder that holds it into'),
    ('poor.Nett', "poor.py' has no class 'Nett': did you mean 'Net'?"),
    ('bad_syntax.Net', "cannot be imported (SyntaxError: invalid syntax, in '"),
    ('bad_import.Net', "(ModuleNotFoundError: No module named 'not_installed_thing')"),
    ('bad_name.Net', "(NameError: name 'undefined_name' is not defined, in '"),
    ('bad_name.Net', "bad_name.py', line 2)"),
    ('no_network.Net', 'is no network: expected a class that is derived from'),
    ('no_network.Other', 'is no network: expected a class that is derived from'),
    ('poor.Net', "unexpected keyword argument 'w_initializer'"),
]


@pytest.fixture(scope='module')
def example(tmp_path_factory):
    return make_example(tmp_path_factory.mktemp('example'))


@pytest.fixture
def files(tmp_path, monkeypatch):
    folder = tmp_path / 'nets'
    folder.mkdir()
    for name, text in FILES.items():
        (folder / (name + '.py')).write_text(text)
    monkeypatch.syspath_prepend(str(folder))
    yield
    for name in FILES:
        sys.modules.pop(name, None)


@pytest.mark.parametrize('name, message', CASES)
def test_every_command_says_what_is_wrong(tmp_path, capfd, example, files, name, message):
    def change(config):
        config['NETWORK']['name'] = name

    config = copy_of(example, tmp_path / 'copy', change)
    for command in ('layers', 'verify'):
        status, said = told(capfd, command, '-c', config)
        assert status == 2 and message in said
        assert said.startswith("name = '{}' in [NETWORK]: ".format(name))
    with pytest.raises(OptionError) as caught:
        na.layers(config)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    'name, message',
    [
        ('Net', "no_such_function'"),
        ('Key', "code ends in an error (KeyError: features, in '"),
        ('Key', "faulty.py', line 12)"),
    ],
)
def test_code_that_ends_in_an_error(tmp_path, capfd, example, files, name, message):
    def change(config):
        config['NETWORK']['name'] = 'faulty.' + name

    status, said = told(capfd, 'layers', '-c', copy_of(example, tmp_path / 'copy', change))
    assert status == 2 and message in said


def test_an_initialiser_that_is_mistyped(tmp_path, capfd, example):
    def change(config):
        config['NETWORK']['weight_initializer'] = 'he_norml'

    config = copy_of(example, tmp_path / 'copy', change)
    status, said = told(capfd, 'layers', '-c', config)
    assert status == 2 and 'did you mean "he_normal"?' in said
