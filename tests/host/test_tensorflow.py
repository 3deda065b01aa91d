# -*- coding: utf-8 -*-
"""TensorFlow as NiftyNet sees it, whatever is imported first."""

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PACKAGE = os.path.join(ROOT, 'niftynet_activations')


def test_it_has_the_names_of_version_1():
    from niftynet_activations.host.tensorflow import tf

    assert tf is sys.modules['tensorflow']
    assert tf.contrib.layers.l2_regularizer and tf.Session


@pytest.mark.parametrize('module', ['capturing.point', 'geometry.graph', 'exactness.verdict'])
def test_a_module_that_uses_it_can_be_the_first_one(module, tmp_path):
    code = (
        'import warnings; warnings.simplefilter("error", RuntimeWarning);'
        'import niftynet_activations.{}; import niftynet; import tensorflow as tf; tf.Session'
    ).format(module)
    (tmp_path / 'config.ini').write_text('[global]\nhome = {}\n'.format(tmp_path))
    done = subprocess.run(
        [sys.executable, '-c', code],
        env=dict(os.environ, niftynet_config_home=str(tmp_path), PYTHONPATH=ROOT),
        cwd=str(tmp_path),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    assert done.returncode == 0, done.stdout.decode()


def test_no_other_module_takes_it_from_elsewhere_when_imported():
    found = []
    for folder, _, names in os.walk(PACKAGE):
        for name in names:
            if name.endswith('.py'):
                with open(os.path.join(folder, name), encoding='utf-8') as source:
                    lines = source.read().splitlines()
                if any(line.startswith(('import tensorflow', 'from tensorflow')) for line in lines):
                    found.append(os.path.relpath(os.path.join(folder, name), PACKAGE))
    assert found == [os.path.join('host', 'tensorflow.py')]
