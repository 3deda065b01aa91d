# -*- coding: utf-8 -*-
"""The command that draws figures, and what is wrong with its words."""

import os

import pytest
from sample_folder import make_sample

pytest.importorskip('matplotlib')

from niftynet_activations.command_line import main  # noqa: E402

STARTS = {'png': b'\x89PNG', 'svg': b'<?xml', 'pdf': b'%PDF'}


@pytest.fixture(scope='module')
def sample(tmp_path_factory):
    return make_sample(str(tmp_path_factory.mktemp('figures') / 'maps'))


@pytest.mark.parametrize('kind', sorted(STARTS))
def test_each_kind_of_file(kind, sample, tmp_path, capsys):
    path = str(tmp_path / ('figure.' + kind))
    words = ['figure', sample.folder, '--subject', '1', '--layers', 'logits', '-o', path]
    assert main(words + ['--channels', '1', '--at=-3,4.5,6']) == 0
    assert capsys.readouterr().out.strip() == path
    with open(path, 'rb') as picture:
        assert picture.read(5).startswith(STARTS[kind])
    assert os.listdir(str(tmp_path)) == ['figure.' + kind]


def test_print_resolution(sample, tmp_path):
    from PIL import Image

    path = str(tmp_path / 'figure.png')
    main(['figure', sample.folder, '--subject', '1', '--layers', 'logits,conv_0', '-o', path])
    with Image.open(path) as picture:
        assert picture.info['dpi'][0] == pytest.approx(300, abs=1)
        assert picture.size[0] > 2000


@pytest.mark.parametrize(
    'words, told',
    [
        (['--layers', 'logits'], 'several subjects; choose with --subject: 1, 1_b'),
        (['--subject', '1', '--layers', 'conv'], 'no map of subject 1, layer conv'),
        (['--subject', '1', '--layers', 'logits', '--channels', '3'], 'channels 0 to 2, not 3'),
        (['--subject', '1', '--layers', 'logits', '--channels', 'a'], 'expected 0:8 or 0,3,5'),
        (['--subject', '1', '--layers', 'logits', '--at', '1,2'], 'expected x,y,z in mm'),
        (['--subject', '1', '--layers', 'logits', '--range', '2,1'], 'low below high'),
    ],
)
def test_what_is_wrong_is_one_line(words, told, sample, tmp_path, capsys):
    path = str(tmp_path / 'figure.png')
    assert main(['figure', sample.folder, '-o', path] + words) == 2
    said = capsys.readouterr().err
    assert told in said and len(said.splitlines()) == 1
    assert not os.path.exists(path)


def test_other_kinds_of_files_are_refused(sample, capsys):
    assert main(['figure', sample.folder, '--layers', 'logits', '-o', 'figure.jpg']) == 2
    assert '.png or .svg or .pdf' in capsys.readouterr().err
