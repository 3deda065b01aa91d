# -*- coding: utf-8 -*-
"""The commands and the Python of docs/ablation.md, run as they stand."""

import os
import re
import shlex
import shutil
import sys

import nibabel as nib
import numpy as np
import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

from toy_runs import LAYER, image_path, make_toy  # noqa: E402

from niftynet_activations.command_line import main  # noqa: E402

PAGE = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), 'docs/ablation.md')
MODULE = 'gentle'
SHAPE = (15, 17, 19)


def blocks():
    with open(PAGE, encoding='utf-8') as stream:
        return re.findall(r'^```(\w*)\n(.*?)^```', stream.read(), re.DOTALL | re.MULTILINE)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """What the page's commands find in the current folder."""
    config = make_toy(tmp_path / 'toy', {'one': SHAPE})
    shutil.copy(config, str(tmp_path / 'config.ini'))
    os.mkdir(str(tmp_path / 'labels_folder'))
    image = nib.load(image_path(tmp_path / 'toy', 'one'))
    labels = np.random.RandomState(1).randint(0, 3, SHAPE).astype(np.uint8)
    path = str(tmp_path / 'labels_folder' / 'one.nii.gz')
    nib.save(nib.Nifti1Image(labels, image.affine), path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield tmp_path
    sys.modules.pop(MODULE, None)


def test_the_page(folder, capsys):
    names = {}
    for kind, text in blocks():
        if kind == 'python' and text.startswith('# {}.py'.format(MODULE)):
            (folder / (MODULE + '.py')).write_text(text)
    for kind, text in blocks():
        if kind == 'python' and not text.startswith('#'):
            exec(compile(text, PAGE, 'exec'), names)
        for line in text.splitlines() if not kind else ():
            program, *words = shlex.split(line)
            assert program == 'net_activations'
            assert main(words) == 0, line
    rows = capsys.readouterr().out.splitlines()
    assert len([row for row in rows if row.startswith('one,')]) == 2 * 4
    assert list(names['needed'].index.levels[0]) == [LAYER] and len(names['needed']) == 5
    assert names['needed'].iloc[0] < 1
    columns = (folder / 'effect_of_means.csv').read_text().splitlines()[0].split(',')
    assert columns[-3:] == ['dice_before', 'dice_after', 'dice_change']
