# -*- coding: utf-8 -*-
"""The commands and the Python of docs/answers.md, run as they stand."""

import os
import re
import shlex
import shutil

import nibabel as nib
import numpy as np
import pytest
from sample_folder import make_sample

import niftynet_activations as na
from niftynet_activations.command_line import main

PAGE = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), 'docs/answers.md')


def blocks(language):
    with open(PAGE, encoding='utf-8') as stream:
        found = re.findall(r'^```(\w*)\n(.*?)^```', stream.read(), re.DOTALL | re.MULTILINE)
    return [text for kind, text in found if kind == language]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """What the page's commands find in the current folder."""
    monkeypatch.chdir(tmp_path)
    sample = make_sample(str(tmp_path / 'maps'), shape=(8, 9, 10))
    for name in ('maps_a', 'maps_b'):
        shutil.copytree('maps', name)
    os.mkdir('labels_folder')
    for subject, labels in sample.labels.items():
        image = nib.Nifti1Image(labels, sample.affine)
        nib.save(image, os.path.join('labels_folder', subject + '.nii.gz'))
    nib.save(nib.Nifti1Image(sample.labels['1'], sample.affine), 'atlas.nii.gz')
    centre = sample.affine[:3, :3] @ [4, 4, 5] + sample.affine[:3, 3]
    for name in ('points.csv', 'lesions.csv'):
        with open(name, 'w') as stream:
            stream.write('x,y,z\n{:.2f},{:.2f},{:.2f}\n'.format(*centre))
    return sample


def test_answers(folder, capsys):
    commands = [line for block in blocks('') for line in block.splitlines()]
    assert len(commands) >= 8
    for line in commands:
        program, *words = shlex.split(line)
        assert program == 'net_activations'
        assert main(words) == 0, line
    said = capsys.readouterr()
    assert said.err == '' and 'conv_0/pca' in said.out
    names = {'na': na}
    for block in blocks('python'):
        exec(compile(block, PAGE, 'exec'), names)
    assert names['one'].shape[3] == 3 and len(names['table']) == 4
    assert np.isfinite(names['table']['conv_0|0|mean']).any()
