# -*- coding: utf-8 -*-
"""The files that images are built from agree with each other and with setup.py."""

import os
import re
import shutil
import subprocess

import pytest

import niftynet_activations
from niftynet_activations.bids_app.dataset_files import IMAGE

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FOLDER = os.path.join(ROOT, 'containers')


def read(*names):
    with open(os.path.join(ROOT, *names), encoding='utf-8') as stream:
        return stream.read()


DOCKER, APPTAINER = read('containers', 'Dockerfile'), read('containers', 'apptainer.def')
SETUP = read('setup.py')


def test_one_python_that_the_package_takes():
    (version,) = re.findall(r'^ARG PYTHON=(.+)$', DOCKER, re.MULTILINE)
    assert set(re.findall(r'^From: python:(.+)-slim$', APPTAINER, re.MULTILINE)) == {version}
    assert len(re.findall(r'^FROM python:\$\{PYTHON\}-slim', DOCKER, re.MULTILINE)) == 2
    (upper,) = re.findall(r"python_requires='.*<3\.(\d+)'", SETUP)
    assert 10 <= int(version.split('.')[1]) < int(upper)


def test_one_version():
    version = niftynet_activations.__version__
    assert 'org.opencontainers.image.version="{}"'.format(version) in DOCKER
    assert 'org.opencontainers.image.version {}\n'.format(version) in APPTAINER
    for text in (DOCKER, APPTAINER):
        assert '{}=niftynet_activations:{}'.format(IMAGE, version) in text
        assert set(re.findall(r'niftynet_activations[:-](\d+\.\d+\.\d+)', text)) == {version}


def test_the_same_environment():
    (block,) = re.findall(r'^ENV (.*?)^ENTRYPOINT', DOCKER, re.DOTALL | re.MULTILINE)
    ours = {name: value for name, value in re.findall(r'(\w+)=(\S+)', block)}
    theirs = dict(re.findall(r'^    export (\w+)=(\S+)$', APPTAINER, re.MULTILINE))
    assert ours.pop('PATH').split(':')[0] == theirs.pop('PATH').split(':')[0] == '/opt/venv/bin'
    assert ours == theirs and len(ours) == 5


def test_the_same_sources_which_are_there():
    copied = re.findall(r'^COPY (?!--from)(.+) \S+$', DOCKER, re.MULTILINE)
    ours = {name for names in copied for name in names.split()}
    theirs = set(re.findall(r'^    (\S+) /(?:source|opt)/\S+$', APPTAINER, re.MULTILINE))
    assert ours == {name for name in theirs if not name.startswith('/')}
    admitted = [line[1:] for line in read('.dockerignore').splitlines() if line.startswith('!')]
    for name in ours:
        assert os.path.exists(os.path.join(ROOT, name)), name
        assert name.split('/')[0] in admitted, name
    # all that a release is made of
    assert {'setup.py', 'niftynet_tf2.pth', 'niftynet_activations', 'niftynet_tf2'} <= ours


def test_what_is_installed_is_there():
    script = read('containers', 'install.sh')
    extras = re.findall(r"^        '(\w+)': \[", SETUP, re.MULTILINE)
    (named,) = re.findall(r'^extras=([\w,]+)$', script, re.MULTILINE)
    assert set(named.split(',') + ['gpu']) <= set(extras)
    commands = set(re.findall(r'/opt/venv/bin/(net_\w+)', script))
    for command in commands | {'net_activations_bids'}:
        assert "'{} = ".format(command) in SETUP


@pytest.mark.parametrize(
    'words,run',
    [
        ('in out participant', 'net_activations_bids in out participant'),
        ('--version', 'net_activations_bids --version'),
        ('net_run inference -c x', 'net_run inference -c x'),
        ('net_activations status maps', 'net_activations status maps'),
        ('', 'net_activations_bids'),
    ],
)
def test_what_an_image_runs(words, run, tmp_path):
    for name in ('net_run', 'net_activations', 'net_activations_bids'):
        (tmp_path / name).write_text('#!/bin/sh\necho {} "$@"\n'.format(name))
        (tmp_path / name).chmod(0o755)
    environment = dict(os.environ, PATH='{}:{}'.format(tmp_path, os.environ['PATH']))
    script = ['sh', os.path.join(FOLDER, 'entry.sh')] + words.split()
    done = subprocess.run(script, env=environment, stdout=subprocess.PIPE, check=True)
    assert done.stdout.decode().split() == run.split()


def test_scripts_can_be_read_by_a_shell():
    for name in ('entry.sh', 'install.sh'):
        subprocess.run(['sh', '-n', os.path.join(FOLDER, name)], check=True)
    done = subprocess.run(
        ['sh', os.path.join(FOLDER, 'install.sh'), 'tpu'], stderr=subprocess.PIPE, check=False
    )
    assert done.returncode == 2 and b"expected cpu or gpu, not 'tpu'" in done.stderr


def test_a_linter_of_dockerfiles():
    tool = shutil.which('hadolint')
    if tool is None:
        pytest.skip('hadolint is not installed: its releases are binaries')
    subprocess.run([tool, os.path.join(FOLDER, 'Dockerfile')], check=True)
