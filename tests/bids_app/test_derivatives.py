# -*- coding: utf-8 -*-
"""BIDS names of maps, results and tables: second names of the same files, and their sidecars."""

import json
import os
import shutil

import nibabel as nib
import numpy as np
import pytest

import niftynet_activations as na
from niftynet_activations.bids_app import derivatives
from niftynet_activations.bids_app.units import Unit

ANAT = 'sub-02/ses-b/anat/sub-02_ses-b_acq-fast_space-MNI_desc-'


def test_a_dataset_is_a_folder_of_maps(made):
    maps = na.open_activations(made.output)
    assert list(maps.subjects) == ['sub-01', 'sub-02_ses-b'] and len(maps) == 4
    for (subject, layer), one in maps.items():
        np.testing.assert_array_equal(np.asarray(one.data), made.sample.data[subject, layer])
        np.testing.assert_allclose(one.affine, made.sample.affines[subject, layer])
    one = maps['sub-02_ses-b', 'res_1/pool:1']
    assert one.files == [os.path.join(made.output, ANAT + 'res1Pool1_activations.nii.gz')]
    source = 'bids:raw:sub-02/ses-b/anat/sub-02_ses-b_acq-fast_space-MNI_T1w.nii.gz'
    assert one.info['Sources'] == [source] and one.info['SpatialReference'] == source
    assert "'res_1/pool:1'" in one.info['Description']
    with open(os.path.join(made.output, ANAT + 'myToyNet_dseg.json')) as stream:
        assert json.load(stream)['Sources'] == [source]


def test_names_take_no_room_and_stay_as_they_are(made):
    row = made.subjects['sub-01'].rows[0]
    target = na.open_activations(made.output)['sub-01', 'conv_0'].files[0]
    assert os.path.samefile(os.path.join(made.sample.folder, row[2]), target)
    before = os.stat(target), os.stat(target[: -len('.nii.gz')] + '.json')
    derivatives.publish_unit(made.places, made.units[0], made.subjects['sub-01'])
    after = os.stat(target), os.stat(target[: -len('.nii.gz')] + '.json')
    assert [each.st_ctime_ns for each in before] == [each.st_ctime_ns for each in after]
    # a map that was made again takes the name
    source = os.path.join(made.sample.folder, row[2])
    shutil.copy(source, source + 'x')
    os.rename(source + 'x', source)
    assert not os.path.samefile(source, target)
    derivatives.publish_unit(made.places, made.units[0], made.subjects['sub-01'])
    assert os.path.samefile(source, target)


def test_another_file_system(publish, monkeypatch):
    def refuse(source, target):
        raise OSError(18, 'Invalid cross-device link')

    monkeypatch.setattr(derivatives.os, 'link', refuse)
    made = publish()
    target = na.open_activations(made.output)['sub-01', 'conv_0'].files[0]
    before = os.stat(target)
    derivatives.publish_unit(made.places, made.units[0], made.subjects['sub-01'])
    assert before.st_nlink == 1 and os.stat(target).st_ctime_ns == before.st_ctime_ns
    names = [name for _, _, names in os.walk(made.output) for name in names]
    assert not [name for name in names if name.startswith('.activations-')]


def test_folders_of_files(publish):
    made = publish('zarr')
    one = na.open_activations(made.output)['sub-01', 'conv_0']
    assert one.files[0].endswith('_desc-conv0_activations.zarr')
    np.testing.assert_array_equal(np.asarray(one.data), made.sample.data['sub-01', 'conv_0'])
    before = os.stat(one.files[0])
    derivatives.publish_unit(made.places, made.units[0], made.subjects['sub-01'])
    assert os.stat(one.files[0]).st_ino == before.st_ino


def test_tables(tmp_path):
    (tmp_path / 'a.csv').write_text(
        'subject,region,c|0|mean\nsub-01_ses-2,1,0.5\nsub-01_ses-2,2,\n'
    )
    text = derivatives.as_tsv(str(tmp_path / 'a.csv'), Unit('01', '2', {}))
    assert text == (
        'participant_id\tsession_id\tregion\tc|0|mean\nsub-01\tses-2\t1\t0.5\nsub-01\tses-2\t2\tn/a\n'
    )
    assert 'sub-01\tn/a\t1' in derivatives.as_tsv(str(tmp_path / 'a.csv'), Unit('01', None, {}))
    assert derivatives.label_of_table('activation_features_my_net.csv') == 'features'
    assert derivatives.label_of_table('activation_table_x.csv') == 'table'


@pytest.mark.parametrize(
    'name,shape,kind',
    [
        ('window_seg_a_x.nii.gz', (3, 4, 5), 'dseg'),
        ('window_seg_a_x.nii.gz', (3, 4, 5, 1, 1), 'dseg'),
        ('window_seg_a_x.nii.gz', (3, 4, 5, 1, 2), 'probseg'),
        ('window_reg_a_x.nii.gz', (3, 4, 5), 'output'),
    ],
)
def test_kinds_of_results(name, shape, kind, tmp_path):
    nib.save(nib.Nifti1Image(np.zeros(shape, np.float32), np.eye(4)), str(tmp_path / name))
    assert derivatives.kind_of_result(str(tmp_path / name))[0] == kind


def test_a_network_that_was_intervened_on_says_so(made):
    subject = made.subjects['sub-01']
    changed = []
    for row in subject.rows:
        for ending in ('.nii.gz', '.json'):
            path = os.path.join(made.sample.folder, row[2][: -len('.nii.gz')])
            os.rename(path + ending, path + '_intervened' + ending)
        changed.append(row[:2] + [row[2].replace('.nii.gz', '_intervened.nii.gz')] + row[3:])
    result = subject.path.replace('.nii.gz', '_intervened.nii.gz')
    os.rename(subject.path, result)
    found = derivatives.publish_unit(
        made.places, made.units[0], subject._replace(rows=changed, path=result)
    )
    assert found.result.endswith('_desc-myToyNetIntervened_dseg.nii.gz')
    assert [row['file'].partition('_desc-')[2] for row in found.rows] == [
        'conv0Intervened_activations.nii.gz',
        'res1Pool1Intervened_activations.nii.gz',
    ]
