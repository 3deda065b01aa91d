# -*- coding: utf-8 -*-
"""The report as one file that needs no other."""

import os
import re

import nibabel as nib
import pytest
from sample_folder import LAYERS, POSTFIX, add_modality, make_picture_sample, make_sample

from niftynet_activations.errors import OptionError, ReadError, WriteError
from niftynet_activations.looking.report import page
from niftynet_activations.looking.report.choice import Choice


def pictures_of(text):
    """How many there are, without the crops of strongest places."""
    return text.count('<img') - text.count('alt="Input around ')


def test_the_page_needs_no_other_file(tmp_path):
    sample = make_sample(str(tmp_path / 'out'), layers=LAYERS[:2])
    path = page.write_report(sample.folder)
    assert path == os.path.join(sample.folder, 'report.html')
    with open(path, encoding='utf-8') as stream:
        text = stream.read()
    sources = re.findall(r'(?:src|href)="([^"]{1,20})', text)
    assert sources and all(
        s.startswith(('data:', '#s', '#other-reason', '#reason-')) for s in sources
    )
    assert 'http' not in re.sub(r'base64,[^"]*', '', text)
    assert text.count('<article') == 4
    assert pictures_of(text) == 12 + 4  # three a map, and the table of all
    assert 'Not exact: windows start between the network&#39;s steps.' in text
    for link in set(re.findall(r'href="#([^"]+)"', text)):
        assert ' id="{}"'.format(link) in text, link
    assert 'loading="lazy"' not in text
    assert sorted(os.listdir(sample.folder)).count('report.html') == 1
    assert not [name for name in os.listdir(sample.folder) if name.startswith('.')]


def test_a_picture_has_no_right_and_left(tmp_path):
    make_picture_sample(str(tmp_path / 'out'))
    text = tmp_path / 'out' / 'report.html'
    page.write_report(str(tmp_path / 'out'))
    text = text.read_text(encoding='utf-8')
    assert "patient's right" not in text and 'radiological' not in text
    assert 'alt="Picture of channel' in text and 'Over the input retina.png' in text
    assert re.search(r'at row \d+\.\d, column \d+\.\d, ', text)
    os.remove(str(tmp_path / 'out' / 'retina.png'))
    text = open(page.write_report(str(tmp_path / 'out')), encoding='utf-8').read()
    assert 'retina.png is not there' in text and 'alt="Picture of channel' in text


def test_either_modality_beneath_the_maps(tmp_path):
    sample = make_sample(str(tmp_path / 'out'), subjects=['1'], layers=LAYERS[:2])
    other = str(tmp_path / 'inputs' / '1_T2.nii.gz')
    nib.save(nib.Nifti1Image(500 - sample.inputs['1'], sample.affine), other)
    add_modality(sample.folder, other)
    texts = [
        open(page.write_report(sample.folder, modality=name), encoding='utf-8').read()
        for name in (None, 'T2')
    ]
    assert 'Over the input 1_T1.nii.gz' in texts[0] and 'Other inputs: 1_T2.nii.gz' in texts[0]
    assert 'Over the input 1_T2.nii.gz' in texts[1] and 'Other inputs: 1_T1.nii.gz' in texts[1]
    pictures = r'src="(data:[^"]*)"\s*alt="(?!Input around)'
    first, second = (re.findall(pictures, text) for text in texts)
    # the small ones and the triplanar pictures differ, montage and histogram do not
    assert [a == b for a, b in zip(first, second)] == [False] * 2 + [False, True, True] * 2
    with pytest.raises(OptionError, match="input 'flair': expected"):
        page.write_report(sample.folder, modality='flair')


def test_some_subjects_layers_and_channels_at_a_place(tmp_path, undrawn):
    sample = make_sample(str(tmp_path / 'out'), shape=(9, 13, 11))
    choice = Choice(subjects=['1_b'], layers=['conv_0'], channels='2:', at=[10.0, -20.0, -25.0])
    text = open(page.write_report(sample.folder, choice=choice), encoding='utf-8').read()
    assert text.count('<article') == 1 and pictures_of(text) == 3
    assert 'at 10.0, -20.0, -25.0 mm, the place that was asked for' in text
    assert 'All 2\nof 2 channels' in text
    with pytest.raises(OptionError, match='it has conv_0'):
        page.write_report(sample.folder, choice=Choice(layers=['gone']))


def test_pages_of_many_subjects_show_the_first_ones_at_a_glance(tmp_path, monkeypatch, undrawn):
    subjects = ['s{}'.format(number) for number in range(4)]
    sample = make_sample(str(tmp_path / 'out'), subjects, LAYERS[:1], shape=(5, 6, 7))
    monkeypatch.setattr(page, 'MOST_AT_A_GLANCE', 3)
    text = open(page.write_report(sample.folder), encoding='utf-8').read()
    assert 'The first 3 of 4 subjects.' in text and text.count('<article') == 4
    assert pictures_of(text) == 4 * 3 + 3
    assert re.findall('<h2 class="subject">(.*)</h2>', text) == subjects
    places = [text.index('id="s{}-1"'.format(number)) for number in (1, 2, 3, 4)]
    assert places == sorted(places) and text.index('id="other-reason"') > places[-1]
    assert sorted(os.listdir(sample.folder)).count('report.html') == 1


def test_a_broken_map_leaves_the_others_on_the_page(tmp_path, undrawn):
    sample = make_sample(str(tmp_path / 'out'))
    os.remove(os.path.join(sample.folder, 'activation_logits_1_{}.nii.gz'.format(POSTFIX)))
    os.remove(os.path.join(sample.folder, 'activation_conv_0_1_{}.json'.format(POSTFIX)))
    text = open(page.write_report(sample.folder), encoding='utf-8').read()
    assert 'activation_logits_1_{}.nii.gz is not there'.format(POSTFIX) in text
    assert '1, conv_0: the map has no sidecar' in text
    assert pictures_of(text) == 4 * 4
    assert 'not readable' in text


def test_names_are_escaped(tmp_path, undrawn):
    sample = make_sample(str(tmp_path / 'out'), subjects=('<b>&',), shape=(5, 7, 6))
    assert '&lt;b&gt;&amp;' in open(page.write_report(sample.folder), encoding='utf-8').read()


def test_a_page_that_cannot_be_written(tmp_path):
    sample = make_sample(str(tmp_path / 'out'), ['1'], LAYERS[2:], shape=(5, 7, 6))
    with pytest.raises(WriteError, match='cannot be written'):
        page.write_report(sample.folder, str(tmp_path / 'no' / 'report.html'))


def test_a_folder_without_activations(tmp_path):
    with pytest.raises(ReadError, match='holds no activations'):
        page.write_report(str(tmp_path))
