# -*- coding: utf-8 -*-
"""The worked study of docs/study.md, run as it stands but for smaller pieces of the template."""

import importlib.util
import os
import re
import runpy
import shlex
import subprocess
import sys

import pandas as pd
import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')
if importlib.util.find_spec('nilearn') is None:
    pytest.skip('the template is part of nilearn, which is not installed', allow_module_level=True)

from niftynet_activations.command_line import main  # noqa: E402
from niftynet_activations.looking.opened import open_activations  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PAGE = os.path.join(ROOT, 'docs', 'study.md')
SMALL = '(28, 34, 30)'


def blocks():
    with open(PAGE, encoding='utf-8') as stream:
        text = stream.read()
    assert text.count('SIZE = (98, 116, 94)') == 1
    text = text.replace('SIZE = (98, 116, 94)', 'SIZE = ' + SMALL)
    assert text.count('96,96,96') == 2
    text = text.replace('96,96,96', '64,64,64')  # no larger than a padded piece
    return re.findall(r'^```(\w*)\n(.*?)^```', text, re.DOTALL | re.MULTILINE)


@pytest.fixture
def home(tmp_path, monkeypatch):
    """The demonstration's NiftyNet home, and a folder to work in."""
    path = tmp_path / 'demo-output' / 'niftynet-home'
    runpy.run_path(os.path.join(ROOT, 'scripts', 'demo.py'))['make_home'](str(path))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv('PWD', str(tmp_path))
    monkeypatch.setenv('PYTHONPATH', os.pathsep.join(path for path in sys.path if path))
    return path


def run_line(line, monkeypatch):
    words = shlex.split(os.path.expandvars(line))
    if words[0] == 'export':
        name, value = words[1].split('=', 1)
        monkeypatch.setenv(name, value)
    elif words[0] == 'net_run' or words[1] in ('attribute', 'ablate'):
        # NiftyNet's home is looked up once in a process
        words[0] = os.path.join(os.path.dirname(sys.executable), words[0])
        done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        assert done.returncode == 0, done.stdout.decode()
    else:
        assert words[0] == 'net_activations' and main(words[1:]) == 0, line


def test_study(home, tmp_path, monkeypatch, capsys):
    names = {}
    for language, text in blocks():
        if language == 'python':
            exec(compile(text, PAGE, 'exec'), names)
        elif not language:
            for line in text.splitlines():
                run_line(line, monkeypatch)
    accuracy = names['accuracy']
    assert list(names['layers']) == ['conv_0_relu', 'context', 'merge_0_relu']
    assert accuracy.shape == (3, 2) and accuracy.loc['merge_0_relu', 'tissue'] > 0.8
    table = pd.read_csv('study/activation_features_tissue.csv', dtype={'subject': str})
    assert set(table['subject']) == {'p{}'.format(piece) for piece in range(8)}
    assert not [name for name in os.listdir('study') if re.match(r'activation_.*\.nii', name)]
    figures = 'features components effect gradcam hirescam compare'.split()
    for name in ['study_{}.png'.format(each) for each in figures] + ['study_maps/report.html']:
        assert os.path.getsize(name) > 5000, name
    why = open_activations('study_why')
    assert len(why) == 4 and all(one.info['exact'] for one in why.values())
    differences = pd.read_csv('study_differences.csv', index_col='layer_a')['of_range']
    assert differences['conv_0_relu'] <= 1e-6 < 1e-3 < differences['up_1_relu']
    assert len(pd.read_csv('study_points.csv')) == len(pd.read_csv('study_boxes.csv')) == 8 * 3
    effect = pd.read_csv('study_effect.csv')
    assert list(effect['label'].unique()) == ['0', '1', '2', 'all'] and len(effect) == 16 * 4
    assert effect['changed'].max() > 0 and effect['dice_change'].min() < 0
    with open('study_maps/report.html', encoding='utf-8') as page:
        assert 'Best channels of each label' in page.read()
