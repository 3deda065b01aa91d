# -*- coding: utf-8 -*-
"""Which label image belongs to which subject, by names as people give them."""

import os
import re
import time

import numpy as np
import pytest

from niftynet_activations.errors import OptionError
from niftynet_activations.looking import label_files
from niftynet_activations.looking.label_files import find_labels, names_it


def write(folder, names):
    for name in names.split():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text('')


@pytest.mark.parametrize(
    'names, found',
    [
        # an id that is a part of another, files that are not meant
        ('seg_1_x.nii seg_1_b_x.nii.gz activation_a_1_x.nii notes_1.txt', {'1': 0, '1_b': 1}),
        # NiftyNet's ids: the searched word taken out in front, behind, in the middle
        ('label_pat0001.nii.gz label_pat0002.nii.gz', {'_pat0001': 0, '_pat0002': 1}),
        ('pat0001_seg.nii pat0002_seg.nii', {'pat0001_': 0, 'pat0002_': 1}),
        ('pat0001_seg.nii', {'_pat0001': 0}),
        ('window_seg__pat0001__out.nii.gz', {'_pat0001': 0}),
        # characters that NiftyNet takes out of an id
        ('sub-01_ses-2_dseg.nii.gz sub-02_ses-2_dseg.nii.gz', {'sub01_ses2_': 0, 'sub02_ses2_': 1}),
        ('a.b-7_seg.nii', {'ab7_': 0}),
        # a searched word without anything between it and the id
        ('pat01seg.nii pat02seg.nii pat11seg.nii', {'pat01': 0, 'pat02': 1}),
        ('segpat01.nii segpat02.nii', {'pat01': 0, 'pat02': 1}),
        ('pat01seg.nii.gz', {'pat01': 0}),
        # one folder a subject
        ('pat01/seg.nii.gz pat02/seg.nii.gz', {'pat01': 0, 'pat02': 1}),
        ('_pat0001/label.nii pat0002/label.nii.gz', {'pat0001_': 0, '_pat0002': 1}),
        ('sub-01/x.nii pat02_x.nii', {'sub01_': 0, 'pat02': 1}),
    ],
)
def test_one_image_for_each(tmp_path, names, found):
    write(tmp_path, names)
    paths = [str(tmp_path / name) for name in names.split()]
    expected = {subject: paths[place] for subject, place in found.items()}
    assert find_labels(str(tmp_path), list(found)) == expected


def test_every_name_is_held_by_the_rule_however_many_there_are():
    random = np.random.RandomState(7)
    letters = list('aB1') + ['\xe4', '_', '-', '.', os.sep]
    for _ in range(60):
        names = [''.join(random.choice(letters, random.randint(1, 9))) for _ in range(6)]
        subjects = sorted({re.sub(r'\W', '', name)[random.randint(3) :] for name in names})
        found = label_files._match(names, subjects)
        for subject in subjects:
            wanted = [
                name
                for name in names
                if names_it(name, subject)
                and not any(
                    names_it(name, other) and names_it(other, subject)
                    for other in subjects
                    if other != subject
                )
            ]
            assert wanted in ([], found[subject]), (names, subject)
            assert wanted or not any(names_it(name, subject) for name in found[subject])


def test_the_time_does_not_grow_with_the_square(tmp_path):
    subjects = ['sub{:04d}'.format(number) for number in range(3000)]
    for ending in ('_seg.nii', 'seg.nii'):
        names = ['sub-{:04d}{}'.format(number, ending) for number in range(3000)]
        begun = time.process_time()
        found = label_files._match(names, subjects)
        assert time.process_time() - begun < 3  # each name beside each subject: minutes
        assert [found[subject] for subject in subjects] == [[name] for name in names]


def test_one_image_for_all(tmp_path):
    write(tmp_path, 'atlas.nii')
    one = str(tmp_path / 'atlas.nii')
    assert find_labels(one, ['1', '_pat']) == {'1': one, '_pat': one}


def test_a_pattern_says_which_of_several(tmp_path):
    write(tmp_path, 'B_1/B_1_t1.nii B_1/B_1_seg.nii B_2/B_2_t1.nii B_2/B_2_seg.nii')
    with pytest.raises(OptionError, match=r'with B_1 in its name, found 2: B_1/B_1_seg.nii, B_1/B'):
        find_labels(str(tmp_path), ['B_1', 'B_2'])
    found = find_labels(str(tmp_path / '*' / '*_seg.nii'), ['B_1', 'B_2'])
    assert found == {name: str(tmp_path / name / (name + '_seg.nii')) for name in ('B_1', 'B_2')}


@pytest.mark.parametrize('header', ['', 'subject,file\n'])
def test_a_list_of_subject_and_file(tmp_path, header, monkeypatch):
    write(tmp_path, 'x/one.nii.gz two.mgz')
    elsewhere = str(tmp_path / 'two.mgz')
    (tmp_path / 'list.csv').write_text(header + '_pat1, x/one.nii.gz\npat2,' + elsewhere + '\n')
    found = find_labels(str(tmp_path / 'list.csv'), ['_pat1', 'pat2_'])
    assert found == {'_pat1': str(tmp_path / 'x' / 'one.nii.gz'), 'pat2_': elsewhere}
    monkeypatch.chdir(tmp_path)
    assert find_labels('list.csv', ['_pat1']) == {'_pat1': os.path.join('x', 'one.nii.gz')}


@pytest.mark.parametrize(
    'text, message',
    [
        ('pat2,two.nii\n', "has no row of subject 'pat1'; expected .* found pat2"),
        ('pat1,no.nii\n', "names 'no.nii' for subject 'pat1', and there is no such file"),
        ('pat1,two.nii\npat1,three.nii\n', "names two files for subject 'pat1'"),
    ],
)
def test_a_list_that_does_not_serve(tmp_path, text, message):
    write(tmp_path, 'two.nii three.nii')
    (tmp_path / 'list.csv').write_text(text)
    with pytest.raises(OptionError, match=message):
        find_labels(str(tmp_path / 'list.csv'), ['pat1'])


@pytest.mark.parametrize(
    'names, subject, message',
    [
        ('a_1.nii b_1.nii', '1', 'with 1 in its name, found 2: a_1.nii, b_1.nii; a pattern'),
        ('a_1.nii', '12', 'with 12 in its name, found 0; a pattern in quotation marks'),
        # of another subject, whose name only begins alike
        ('pat11seg.nii', 'pat1', 'found 0'),
        ('annabel_seg.nii', 'anna', 'found 0'),
        ('annabel/seg.nii', 'anna', 'found 0'),
        ('pat11/seg.nii', 'pat1', 'found 0'),
    ],
)
def test_not_one_label_image_for_a_subject(tmp_path, names, subject, message):
    write(tmp_path, names)
    with pytest.raises(OptionError, match=message):
        find_labels(str(tmp_path), [subject])


def test_what_is_not_there(tmp_path):
    with pytest.raises(OptionError, match='neither a label image nor a folder, pattern or CSV'):
        find_labels(str(tmp_path / 'none'), ['1'])


def test_a_name_that_holds_a_subject_s():
    assert names_it('seg_12_x.nii', '12') and names_it('sub-01_x.nii', 'sub01_')
    assert not names_it('seg_123_x.nii', '12') and not names_it('seg_12', '_')
