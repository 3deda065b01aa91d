# -*- coding: utf-8 -*-
"""What a section says of a map."""

import numpy as np
import pytest
from sample_folder import make_sample

from niftynet_activations.looking.maps import open_activations
from niftynet_activations.looking.report import sections


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


@pytest.mark.parametrize(
    'info, word, sentence',
    [
        ({'exact': True}, 'yes', 'Exact: every sample'),
        ({'exact': False, 'inexact_because': 'it is blended'}, 'no', 'Not exact: it is blended'),
        ({'exact': None}, 'unknown', 'Not known whether exact.'),
        (
            {'exact': None, 'inexact_because': 'op Foo'},
            'unknown',
            'Not known whether exact: op Foo',
        ),
    ],
)
def test_exactness_in_words(info, word, sentence):
    found = sections.exactness(info)
    assert found[0] == word
    assert found[1].startswith(sentence)


@pytest.mark.parametrize(
    'value, text',
    [
        (None, '–'),
        (True, 'yes'),
        ([1, 2, None], '1 × 2 × –'),
        (['/a/b.nii', 'c'], 'b.nii, c'),
        ({'T1': ['/a/b.nii']}, 'T1 b.nii'),
        (0.5, '0.5'),
        (7, '7'),
    ],
)
def test_values_as_text(value, text):
    assert sections.as_text(value) == text


def test_the_first_volume_of_any_image():
    five = np.arange(2 * 3 * 4 * 1 * 2).reshape(2, 3, 4, 1, 2)
    np.testing.assert_array_equal(sections.first_volume(five), five[:, :, :, 0, 0])
    assert sections.first_volume(np.zeros((2, 3))).shape == (2, 3, 1)
