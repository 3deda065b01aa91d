# -*- coding: utf-8 -*-
"""The gallery shows what its commands make."""

import os
import runpy

import pytest
from PIL import Image
from sample_folder import Layer, make_sample

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


@pytest.fixture(scope='module')
def gallery():
    return runpy.run_path(os.path.join(ROOT, 'scripts', 'gallery.py'))


def test_every_command_has_its_picture_on_the_page(gallery):
    with open(gallery['PAGE'], encoding='utf-8') as stream:
        page = stream.read()
    found = gallery['commands']()
    assert len(found) >= 3
    for arguments in found:
        name = gallery['picture_of'](arguments)
        assert '(images/{})'.format(name) in page
        assert os.path.getsize(os.path.join(gallery['IMAGES'], name)) < 300000


@pytest.mark.slow
def test_a_command_makes_its_picture(gallery, tmp_path):
    few = [Layer('logits', 3, 1, 0.0)]
    make_sample(str(tmp_path / 'demo-output' / 'maps'), ['1'], few, shape=(9, 13, 11))
    first = gallery['commands']()[0]
    made = gallery['make'](first, str(tmp_path), str(tmp_path))
    assert os.path.basename(made) == gallery['picture_of'](first)
    with Image.open(made) as picture:
        assert picture.width == gallery['WIDTH'] and picture.height > 200
    assert not [name for name in os.listdir(str(tmp_path)) if name.endswith('.png')]
