# -*- coding: utf-8 -*-
"""What is a BIDS dataset, who is in it, and which files a filter takes, by the real pybids."""

import os

import pytest
from bids_dataset import describe

from niftynet_activations.bids_app import dataset
from niftynet_activations.errors import InputError, OptionError

NAMES = (
    'sub-01/anat/sub-01_run-1_T1w.nii.gz',
    'sub-01/anat/sub-01_run-2_T1w.nii.gz',
    'sub-01/anat/sub-01_T1w.json',
    'sub-01b/ses-x/anat/sub-01b_ses-x_T1w.nii',
    'derivatives/m/sub-01/anat/sub-01_space-MNI_label-lesion_mask.nii.gz',
)


@pytest.fixture
def root(tmp_path):
    # what its path holds above the dataset has no say
    folder = tmp_path / 'sub-projects' / 'ses-all' / 'a b'
    describe(folder)
    describe(folder / 'derivatives' / 'm', DatasetType='derivative', GeneratedBy=[{'Name': 'm'}])
    for name in NAMES:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text('')
    return str(folder)


def taken(root, query, participants=('01', '01b')):
    pytest.importorskip('bids', reason='pybids is not installed')
    layout = dataset.open_layout(root, participants, [os.path.join(root, 'derivatives', 'm')])
    found = dataset.files_by_filter(layout, 'T1', query, participants)
    return sorted(os.path.relpath(each.path, root) for each in found)


@pytest.mark.slow
def test_filters(root):
    images = {'suffix': 'T1w', 'extension': ['.nii', '.nii.gz']}
    assert taken(root, images) == [NAMES[0], NAMES[1], NAMES[3]]
    assert taken(root, images, ['01']) == [NAMES[0], NAMES[1]]
    assert taken(root, images, ['01b']) == [NAMES[3]]
    assert taken(root, dict(images, run=2)) == [NAMES[1]]
    assert taken(root, dict(images, run=None)) == [NAMES[3]]
    assert taken(root, dict(images, session='*')) == [NAMES[3]]
    assert taken(root, dict(images, session=None)) == list(NAMES[:2])
    assert taken(root, dict(images, session=['ses-x', 'y'])) == [NAMES[3]]
    assert taken(root, dict(images, reconstruction='*')) == []
    assert taken(root, dict(images, subject='sub-01b')) == [NAMES[3]]
    assert taken(root, dict(images, subject=['02'])) == []
    mask = {'suffix': 'mask', 'label': 'lesion', 'space': 'MNI'}
    assert taken(root, mask) == []
    assert taken(root, dict(mask, scope='derivatives')) == [NAMES[4]]
    with pytest.raises(OptionError, match=r"section \[T1\]: 'aquisition' is not a recognized"):
        taken(root, {'aquisition': 'x'})


def test_participants(root):
    dataset.check_dataset(root)
    assert dataset.chosen_participants(root, None) == ['01', '01b']
    assert dataset.chosen_participants(root, ['sub-01b', '01', '01']) == ['01', '01b']
    with pytest.raises(OptionError, match="has no participant '7'; it has 2: 01, 01b"):
        dataset.chosen_participants(root, ['7'])


def test_what_is_no_dataset(tmp_path):
    with pytest.raises(InputError, match='there is no such folder'):
        dataset.check_dataset(str(tmp_path / 'none'))
    with pytest.raises(InputError, match='it has no dataset_description.json'):
        dataset.check_dataset(str(tmp_path))
    describe(tmp_path)
    with pytest.raises(InputError, match='has no participant'):
        dataset.check_dataset(str(tmp_path))


def test_without_pybids(monkeypatch, tmp_path):
    monkeypatch.setitem(__import__('sys').modules, 'bids.layout', None)
    with pytest.raises(OptionError, match=r"pip install 'niftynet_activations\[bids\]'"):
        dataset.open_layout(str(tmp_path), ['01'], [])
