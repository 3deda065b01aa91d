# -*- coding: utf-8 -*-
"""The demonstration's steps around the run of NiftyNet; the run itself is ``make demo``."""

import importlib.util
import os
import runpy

import numpy as np
import pytest
from sample_folder import POSTFIX, Layer, make_sample

from niftynet_activations.command_line import main as net_activations

nib = pytest.importorskip('nibabel')

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir)


@pytest.fixture(scope='module')
def demo():
    return runpy.run_path(os.path.join(ROOT, 'scripts', 'demo.py'))


def test_the_home_holds_the_extension_and_the_subject(demo, tmp_path):
    if importlib.util.find_spec('nilearn') is None:
        pytest.skip('the template is part of nilearn, which is not installed')
    home = tmp_path / 'home'
    (home / 'left' / 'over').mkdir(parents=True)
    image, labels = demo['make_home'](str(home))
    assert sorted(p.name for p in home.iterdir()) == ['config.ini', 'data', 'extensions']
    assert (home / 'config.ini').read_text() == '[global]\nhome = {}\n'.format(home)
    assert (home / 'extensions' / 'mni152_tissue' / 'models' / 'checkpoint').is_file()
    assert [os.path.dirname(p) for p in (image, labels)] == [str(home / 'data/mni152_tissue')] * 2


def test_the_dice_is_printed_with_a_warning(demo, tmp_path, capsys):
    home = tmp_path / 'home'
    extension = home / 'extensions' / 'mni152_tissue'
    extension.mkdir(parents=True)
    with open(os.path.join(ROOT, 'extensions', 'mni152_tissue', 'data.py')) as source:
        (extension / 'data.py').write_text(source.read())
    paths = []
    for name, values in (('found', [0, 1, 1, 2, 2]), ('wanted', [1, 1, 1, 2, 0])):
        paths.append(str(tmp_path / (name + '.nii.gz')))
        volume = np.array(values, dtype=np.uint8).reshape(5, 1, 1)
        nib.save(nib.Nifti1Image(volume, np.eye(4)), paths[-1])
    demo['report_dice'](str(home), *paths)
    first, second = capsys.readouterr().out.splitlines()
    assert first == 'Mean Dice 0.733 (grey matter 0.800, white matter 0.667).'
    assert 'the image the network was trained on' in second


def test_a_failing_run_shows_the_end_of_its_log(demo, tmp_path, capfd, monkeypatch):
    program = tmp_path / 'program'
    program.write_text('#!/bin/sh\necho what went wrong\nexit 3\n')
    program.chmod(0o755)
    run_inference = demo['run_inference']
    monkeypatch.setitem(run_inference.__globals__, 'program_path', lambda name: str(program))
    assert run_inference(str(tmp_path), str(tmp_path / 'maps'), 'all') == 3
    assert 'what went wrong' in capfd.readouterr().err


def test_a_figure_a_layer_is_drawn_by_the_command(demo, tmp_path, monkeypatch, capfd):
    pytest.importorskip('matplotlib')
    layers = [Layer('conv_0', 2, 1, 0.0), Layer('res_1/pool:1', 1, 2, 0.5)]
    sample = make_sample(str(tmp_path / 'maps'), ['1'], layers, shape=(7, 9, 11))
    draw = demo['draw_figures']
    monkeypatch.setitem(
        draw.__globals__, 'call_program', lambda name, *words: net_activations(list(words))
    )
    drawn = draw(sample.folder, str(tmp_path / 'pictures'))
    assert [os.path.basename(path) for path in drawn] == ['conv_0.png', 'res_1.pool-1.png']
    for path in drawn:
        with open(path, 'rb') as picture:
            assert picture.read(4) == b'\x89PNG'
    os.remove(os.path.join(sample.folder, 'activation_conv_0_1_{}.nii.gz'.format(POSTFIX)))
    assert draw(sample.folder, str(tmp_path / 'pictures')) == []
    assert 'conv_0' in capfd.readouterr().err
