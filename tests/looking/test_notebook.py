# -*- coding: utf-8 -*-
"""What a notebook shows."""

import base64
import io
import os
import re

import numpy as np
import pytest
from PIL import Image
from sample_folder import make_sample

from niftynet_activations import open_activations


@pytest.fixture(scope='module')
def maps(tmp_path_factory):
    folder = str(tmp_path_factory.mktemp('notebook') / 'maps')
    return open_activations(make_sample(folder, subjects=('1<b>', '2')).folder)


def pictures(html):
    found = re.findall(r'src="data:image/png;base64,([^"]+)"', html)
    return [Image.open(io.BytesIO(base64.b64decode(each))) for each in found]


@pytest.mark.slow
def test_a_map(maps):
    html = maps['2', 'logits']._repr_html_()
    (picture,) = pictures(html)
    assert np.asarray(picture.convert('L')).std() > 10 and max(picture.size) < 700
    cells = re.findall('<td>(.*?)</td>', html)
    assert cells[:5] == ['2', 'logits', '18 × 22 × 26', '4 × 3.5 × 3', '3']
    assert cells[5].startswith(('yes', 'no'))


@pytest.mark.slow
def test_all_maps_of_a_folder(maps):
    html = maps._repr_html_()
    assert len(pictures(html)) == 1
    assert html.count('<tr>') == len(maps) + 1
    assert '1&lt;b&gt;' in html and '<b>' not in html


def test_what_cannot_be_drawn_is_said(tmp_path):
    sample = make_sample(str(tmp_path / 'maps'), subjects=('1',))
    maps = open_activations(sample.folder)
    os.remove(maps['1', 'logits'].files[0])
    html = maps['1', 'logits']._repr_html_()
    assert not pictures(html) and 'is not there' in html
    assert '<table>' in html
