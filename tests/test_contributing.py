# -*- coding: utf-8 -*-
"""What CONTRIBUTING.md names is there, and what it says stands in one place does so."""

import os
import re
import subprocess
import sys

import niftynet_activations

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def read(name):
    with open(os.path.join(ROOT, name), encoding='utf-8') as stream:
        return stream.read()


def test_every_file_that_is_named_is_there():
    page = read('CONTRIBUTING.md')
    named = re.findall(r'`([\w/.]+/[\w/.]*|[\w]+\.(?:py|md))`', page)
    named += re.findall(r'\]\(([\w/.]+)\)', page)
    assert len(named) > 20
    for name in named:
        below = os.path.join('niftynet_activations', name)
        if not name.startswith(('docs-output', '.venv')):
            assert os.path.exists(os.path.join(ROOT, name)) or os.path.exists(
                os.path.join(ROOT, below)
            ), name


def test_what_make_runs_for_people_is_a_target():
    text = read('CONTRIBUTING.md') + read('README.md')
    targets = re.findall(r'^(\w[\w-]*):', read('Makefile'), re.MULTILINE)
    for name in re.findall(r'(?:^|`)make ([\w-]+)', text, re.MULTILINE):
        assert name in targets, name
    assert 'make --no-print-directory lint' in read('.pre-commit-config.yaml')


def test_one_version():
    version = subprocess.run(
        [sys.executable, 'setup.py', '--version'],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    said = version.stdout.decode().split()
    assert said[-1] == niftynet_activations.__version__
    assert niftynet_activations.__version__ not in read('setup.py')


def test_the_site_lists_every_page_and_every_room():
    pages = {
        name[: -len('.md')]
        for name in os.listdir(os.path.join(ROOT, 'docs'))
        if name.endswith('.md')
    }
    listed = read(os.path.join('docs', 'index.md')).split()
    assert pages - set(listed) == {'index'}
    package = os.path.join(ROOT, 'niftynet_activations')
    rooms = {each.name for each in os.scandir(package) if each.is_dir() and each.name[0] != '_'}
    inside = read(os.path.join('docs', 'api', 'inside.md')).split()
    assert {'niftynet_activations.' + name for name in rooms} - set(inside) == set()
