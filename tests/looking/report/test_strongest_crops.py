# -*- coding: utf-8 -*-
"""The report's crops of what channels see where they are strongest."""

import base64
import io

import numpy as np
import pytest
from PIL import Image
from sample_folder import make_sample

from niftynet_activations import open_activations
from niftynet_activations.looking.report import sections, strongest_crops
from niftynet_activations.looking.report.page import write_report


@pytest.fixture
def sample(tmp_path):
    return make_sample(str(tmp_path / 'maps'), ['1'])


def section_of(sample, **changes):
    one = open_activations(sample.folder)['1', 'conv_0']
    source = sections.read_source(one.info, sample.folder)
    return sections.make_section(one, source._replace(**changes), [])


def test_rows(sample, undrawn):
    rows = section_of(sample)['strongest']
    values = sample.data['1', 'conv_0']
    # channel 1 is dead; the others by how much they vary
    numbers = [int(number) for number in np.argsort(-values.std(axis=(0, 1, 2))) if number != 1]
    assert [row['number'] for row in rows] == numbers
    for row in rows:
        channel = values[..., row['number']]
        first = row['cells'][0]
        assert first['value'] == '{:.4g}'.format(np.nanmax(channel))
        there = [float(each) for each in first['place'][: -len(' mm')].split(', ')]
        place = np.linalg.inv(sample.affine) @ (there + [1])
        assert channel[tuple(np.rint(place[:3]).astype(int))] == np.nanmax(channel)
        picture = base64.b64decode(first['picture'].split(',')[1])
        assert Image.open(io.BytesIO(picture)).size == (64, 64)


def test_crops_show_the_input_at_the_place(sample, monkeypatch, undrawn):
    drawn = []
    keep = strongest_crops.pictures.grey
    monkeypatch.setattr(
        strongest_crops.pictures,
        'grey',
        lambda picture, scale: drawn.append(picture) or keep(picture, scale),
    )
    rows = section_of(sample)['strongest']
    assert len(drawn) == sum(len(row['cells']) for row in rows)
    there = [float(each) for each in rows[0]['cells'][0]['place'][: -len(' mm')].split(', ')]
    place = np.rint(np.linalg.inv(sample.affine) @ (there + [1])).astype(int)[:3]
    assert sample.inputs['1'][tuple(place)] in drawn[0][31:33, 31:33]


def test_without_an_input_or_for_other_maps_there_are_none(sample, undrawn):
    assert section_of(sample, volume=None)['strongest'] == []
    one = open_activations(sample.folder)['1', 'conv_0']

    class Other(object):
        info = dict(one.info, attribution={'method': 'gradcam'})

    assert strongest_crops.strongest_rows(Other(), None, [], [], None) == []


def test_the_page_shows_them(sample, undrawn):
    with open(write_report(sample.folder), encoding='utf-8') as page:
        text = page.read()
    assert 'Strongest places of channels' in text and 'alt="Input around ' in text
