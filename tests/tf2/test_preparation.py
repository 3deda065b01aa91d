# -*- coding: utf-8 -*-
"""What is said of a Python or a TensorFlow that will not do, and of a wrong order."""

import os
import subprocess
import sys

import pytest

from niftynet_tf2 import preparation


def test_an_old_python_is_named():
    preparation.check_python((3, 10), '2.21.0')
    with pytest.raises(
        ImportError, match='TensorFlow 2.21.0 needs Python 3.10 or newer, this is 3.8'
    ):
        preparation.check_python((3, 8), '2.21.0')


def test_an_old_tensorflow_is_named():
    preparation.check_tensorflow('2.12.1')
    preparation.check_tensorflow('2.22.0-rc1')
    with pytest.raises(ImportError, match='needs TensorFlow 2.12 or newer, found 2.8.0: run'):
        preparation.check_tensorflow('2.8.0')


def test_two_tensorflows_are_named():
    preparation.check_versions({})
    preparation.check_versions({'tensorflow': '2.21.0', 'tensorflow-cpu': '2.21.0'})
    with pytest.raises(ImportError, match=r'\(tensorflow 1.15.5, tensorflow-cpu 2.11.0\): uninst'):
        preparation.check_versions({'tensorflow-cpu': '2.11.0', 'tensorflow': '1.15.5'})


def test_the_installed_tensorflow_is_found():
    pytest.importorskip('niftynet_activations')
    versions = set(preparation.installed_versions().values())
    assert len(versions) == 1 and versions.pop()[:2] in ('1.', '2.')


@pytest.mark.slow
def test_nothing_is_left_to_do_a_second_time(tf):
    assert preparation.prepare() is False


@pytest.mark.slow
def test_nothing_is_changed_under_version_1():
    pytest.importorskip('niftynet')
    import tensorflow as tf

    if not tf.__version__.startswith('1.'):
        pytest.skip('needs TensorFlow 1')
    assert preparation.prepare() is False
    assert 'niftynet_tf2' not in tf.contrib.resampler.resampler.__module__


@pytest.mark.slow
def test_tensorflow_used_before_niftynet_is_a_warning(tf, python):
    done = python(
        'import tensorflow as before; before.ones([2, 3]) + 1\n'
        'import niftynet, tensorflow as after\n'
        'with after.Session() as session:\n'
        '    print(session.run(after.zeros([5])).shape, hasattr(before, "Session"))'
    )
    assert done.stdout.splitlines()[-1] == '(5,) False', done.stderr
    assert 'was imported before niftynet: NiftyNet works, but' in done.stderr
    assert "put 'import niftynet' first" in done.stderr


@pytest.mark.slow
def test_a_mixture_ends_a_program_with_one_line(tf, tmp_path):
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    other = tmp_path / 'tensorflow_cpu-2.15.0.dist-info'
    other.mkdir()
    (other / 'METADATA').write_text(
        'Metadata-Version: 2.1\nName: tensorflow-cpu\nVersion: 2.15.0\n'
    )
    done = subprocess.run(
        [sys.executable, '-c', 'import niftynet_tf2, niftynet'],
        env=dict(os.environ, PYTHONPATH=os.pathsep.join([root, str(tmp_path)] + sys.path)),
        stderr=subprocess.PIPE,
        universal_newlines=True,
    )
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith('niftynet_tf2: error: several TensorFlows') and 'cpu 2.15.0' in line
