# -*- coding: utf-8 -*-
"""Which files belong together."""

import os

import pytest
from sample_folder import POSTFIX, make_sample

from niftynet_activations.errors import ReadError
from niftynet_activations.store import listing


def test_files_of_a_map_and_their_sidecars(tmp_path):
    folder = make_sample(str(tmp_path / 'out')).folder
    found = listing.find_map_files(folder)
    assert [(one.subject, one.layer) for one in found][:3] == [
        ('1', 'conv_0'),
        ('1', 'res_1/pool:1'),
        ('1', 'logits'),
    ]
    stem = os.path.join(folder, 'activation_res_1.pool-1_1_' + POSTFIX)
    assert found[1].paths == (stem + '.nii.gz',)
    assert found[1].sidecars == (stem + '.json',)
    assert {listing.postfix_of(one) for one in found} == {POSTFIX}


def test_split_files_are_in_the_order_of_their_channels(tmp_path):
    folder = str(tmp_path)
    names = ['activation_a_1_x_c10.nii', 'activation_a_1_x_c2.nii', 'activation_a_1_x_c0.nii']
    with open(os.path.join(folder, 'activations.csv'), 'w') as stream:
        stream.write('subject,layer,file\n' + ''.join('1,a,{}\n'.format(n) for n in names))
    with open(os.path.join(folder, 'activation_a_1_x.json'), 'w') as stream:
        stream.write('{}')
    (one,) = listing.find_map_files(folder)
    assert [os.path.basename(path) for path in one.paths] == names[::-1]
    assert one.sidecars == (os.path.join(folder, 'activation_a_1_x.json'),)
    assert listing.postfix_of(one) == 'x'


def test_segmentation_of_a_subject_whose_name_begins_another(tmp_path):
    folder = make_sample(str(tmp_path / 'out')).folder
    for subject in ('1', '1_b'):
        path = listing.find_segmentation(folder, subject, ['1', '1_b'])
        assert os.path.basename(path) == 'window_seg_{}_{}.nii.gz'.format(subject, POSTFIX)
    assert listing.find_segmentation(folder, '2', ['1', '1_b']) is None


@pytest.mark.parametrize(
    'entry, expected',
    [
        (None, []),
        ('a.nii', ['/f/a.nii']),
        (['/b/a.nii', 'c.nii'], ['/b/a.nii', '/f/c.nii']),
        ({'T1': ['/a.nii'], 'T2': '/b.nii'}, ['/a.nii', '/b.nii']),
    ],
)
def test_source_images_in_every_form(entry, expected):
    assert listing.source_images({'source_images': entry}, '/f') == expected


def test_folders_without_activations(tmp_path):
    with pytest.raises(ReadError, match='is no folder'):
        listing.find_map_files(str(tmp_path / 'none'))
    with pytest.raises(ReadError, match='holds no activations'):
        listing.find_map_files(str(tmp_path))
    (tmp_path / 'activations.csv').write_text('subject,layer,file\n')
    with pytest.raises(ReadError, match='lists no activations'):
        listing.find_map_files(str(tmp_path))
