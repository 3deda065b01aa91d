# -*- coding: utf-8 -*-
"""
What is built for each way of installing holds the switch, and lists it to be uninstalled.

``setuptools`` alone is run, as pip would run it: nothing is fetched and nothing installed.
"""

import os
import shutil
import subprocess
import sys
import zipfile

import pytest

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SWITCH = 'niftynet_tf2.pth'
LINE = 'import niftynet_tf2'
SOURCES = ('setup.py', 'pyproject.toml', 'README.md', 'LICENSE', 'MANIFEST.in', SWITCH)
PACKAGES = ('niftynet_activations', 'niftynet_tf2')
BUILD = 'import setuptools.build_meta as backend; print(backend.build_{}({!r}))'


@pytest.fixture
def sources(tmp_path):
    """A copy of what a release is made of, so that nothing is built in the repository."""
    folder = tmp_path / 'sources'
    folder.mkdir()
    for name in SOURCES:
        shutil.copy(os.path.join(ROOT, name), str(folder / name))
    for name in PACKAGES:
        unwanted = shutil.ignore_patterns('__pycache__')
        shutil.copytree(os.path.join(ROOT, name), str(folder / name), ignore=unwanted)
    return folder


def test_the_switch_is_one_line():
    with open(os.path.join(ROOT, SWITCH)) as lines:
        assert lines.read().strip() == LINE


def test_a_wheel_holds_the_switch(sources):
    with zipfile.ZipFile(_build('wheel', sources)) as wheel:
        _check_switch(wheel)
        names = wheel.namelist()
    wanted = ('niftynet_tf2/switch.py', 'niftynet_tf2/contrib/resampler.py')
    assert set(wanted) <= set(names)
    assert any(name.startswith('niftynet_activations/looking/viewer/static/') for name in names)
    assert any(name.startswith('niftynet_activations/looking/report/templates/') for name in names)
    assert not [name for name in names if name.startswith(('tests/', 'extensions/'))]


def test_an_editable_wheel_holds_the_switch(sources):
    pytest.importorskip('setuptools.command.editable_wheel', reason='setuptools older than 64')
    with zipfile.ZipFile(_build('editable', sources)) as wheel:
        _check_switch(wheel)
        assert 'niftynet_tf2/switch.py' not in wheel.namelist()


def test_a_source_archive_builds_a_wheel_with_the_switch(sources, tmp_path):
    _python(['-m', 'tarfile', '-e', _build('sdist', sources), 'unpacked'], tmp_path)
    (unpacked,) = (tmp_path / 'unpacked').iterdir()
    with zipfile.ZipFile(_build('wheel', unpacked)) as wheel:
        _check_switch(wheel)


def test_an_old_setuptools_installs_and_removes_the_switch(sources, tmp_path):
    if sys.version_info >= (3, 8):
        pytest.skip('newer Pythons come with a setuptools that builds editable wheels')
    site = tmp_path / 'site'
    site.mkdir()
    develop = ['setup.py', 'develop', '--no-deps', '--install-dir', str(site)]
    _python(develop + ['--script-dir', str(site)], sources, PYTHONPATH=str(site))
    assert (site / SWITCH).read_text().strip() == LINE
    _python(develop + ['--uninstall'], sources, PYTHONPATH=str(site))
    assert not (site / SWITCH).exists()


def _check_switch(wheel):
    assert wheel.read(SWITCH).decode().strip() == LINE
    (record,) = (name for name in wheel.namelist() if name.endswith('.dist-info/RECORD'))
    assert any(
        line.startswith(SWITCH + ',') for line in wheel.read(record).decode().splitlines()
    ), 'uninstalling would leave the switch behind'


def _build(kind, folder):
    """Path of what setuptools' ``build_KIND`` makes in ``folder``."""
    pytest.importorskip('setuptools.build_meta')
    if kind != 'sdist':
        pytest.importorskip('wheel')
    output = _python(['-c', BUILD.format(kind, str(folder))], folder)
    return str(folder / output.strip().splitlines()[-1])


def _python(arguments, folder, **variables):
    done = subprocess.run(
        [sys.executable] + arguments,
        cwd=str(folder),
        env=dict(os.environ, **variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        universal_newlines=True,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout
