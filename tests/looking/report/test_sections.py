# -*- coding: utf-8 -*-
"""What a section says of a map."""

import numpy as np
from sample_folder import make_sample

from niftynet_activations import open_activations
from niftynet_activations.looking.report import sections
from niftynet_activations.looking.report.spot import Spot


def test_a_section_of_a_real_map(tmp_path):
    sample = make_sample(str(tmp_path / 'out'))
    one = open_activations(sample.folder)['1', 'conv_0']
    source = sections.read_source(one.info, sample.folder)
    np.testing.assert_array_equal(source.volume, sample.inputs['1'])
    section = sections.make_section(one, source, [])
    assert section['dead'] == [1]
    assert section['exact'][0] == 'yes'
    assert section['montage_shown'] == 4
    assert section['source_note'] == ''
    assert ('stride', '1 × 1 × 1') in section['facts']
    assert section['triplanar'].startswith('data:image/')
    std = sample.data['1', 'conv_0'].std(axis=(0, 1, 2))
    assert section['lead'] == int(std.argmax())


def test_an_input_that_is_not_there_is_named(tmp_path):
    source = sections.read_source({'source_images': {'T1': ['gone.nii']}}, str(tmp_path))
    assert source.volume is None
    assert 'gone.nii is not there' in source.note
    assert 'names no input' in sections.read_source({}, str(tmp_path)).note


def test_the_first_volume_of_any_image():
    five = np.arange(2 * 3 * 4 * 1 * 2).reshape(2, 3, 4, 1, 2)
    np.testing.assert_array_equal(sections.first_volume(five), five[:, :, :, 0, 0])
    assert sections.first_volume(np.zeros((2, 3))).shape == (2, 3, 1)


def test_all_maps_of_a_subject_can_be_shown_at_one_place(tmp_path, undrawn):
    sample = make_sample(str(tmp_path / 'out'), ['1'])
    maps = open_activations(sample.folder)
    at = Spot((sample.affine @ [4.0, 15.0, 7.0, 1.0])[:3], 'there')
    for layer in maps.layers:
        one = maps['1', layer]
        source = sections.read_source(one.info, sample.folder)
        drawing = sections.lay_map_out(one, source, False, at)
        np.testing.assert_allclose(drawing.centre, at.centre)
        section = sections.make_section(one, source, [], at=at)
        assert section['centre'] == ', '.join('{:.1f}'.format(v) for v in at.centre) + ' mm'
        assert section['place'] == 'there'


def test_some_channels_alone_and_marks_on_those_that_tell_nothing(tmp_path, undrawn):
    sample = make_sample(str(tmp_path / 'out'), ['1'])
    one = open_activations(sample.folder)['1', 'conv_0']
    source = sections.read_source(one.info, sample.folder)
    section = sections.make_section(one, source, [], channels=[1, 3], beside=2)
    assert [each['number'] for each in section['channels']] == ['1', '3']
    assert section['lead'] == 3 and section['montage_shown'] == 2 and section['dead'] == [1]
    assert section['glance_channel'] == 2
    facts = sections.lay_map_out(one, source, False).facts.channels
    assert sections._corner(facts[1]) == '1 dead' and sections._corner(facts[2]) == '2'
    assert sections._corner(facts[2]._replace(duplicate_of=0)) == '2 = 0'
