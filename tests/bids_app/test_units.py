# -*- coding: utf-8 -*-
"""Participants and sessions with their files, and what is said of those that cannot be done."""

import os

import pytest
from bids_dataset import describe, image_path

from niftynet_activations.bids_app.dataset import open_layout
from niftynet_activations.bids_app.filters import filters_of
from niftynet_activations.bids_app.units import find_units
from niftynet_activations.errors import InputError, OptionError

pytestmark = pytest.mark.slow  # pybids makes a database for each dataset

SECTIONS = ['T1', 'FLAIR']
UNITS = ('sub-01', 'sub-02_ses-a', 'sub-02_ses-b', 'sub-03')


@pytest.fixture
def root(tmp_path):
    pytest.importorskip('bids', reason='pybids is not installed')
    describe(tmp_path)
    for unit in UNITS:
        for suffix in ('T1w', 'FLAIR', 'PDw'):
            touch(tmp_path, unit, suffix)
    return tmp_path


def touch(root, unit, suffix, extra=''):
    path = image_path(root, unit, suffix, extra)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    open(path, 'w').close()


def found(root, sessions=None, filters=None, participants=('01', '02', '03')):
    queries = filters_of(filters or {}, SECTIONS, SECTIONS)
    layout = open_layout(str(root), participants, [])
    return find_units(layout, queries, SECTIONS, participants, sessions)


def test_units_and_their_files(root):
    (root / 'sub-03' / 'ses-z' / 'func').mkdir(parents=True)  # no image of a section
    units, left_out = found(root)
    assert [unit.name for unit in units] == list(UNITS) and not left_out
    assert units[1].files == {
        'T1': image_path(root, 'sub-02_ses-a', 'T1w'),
        'FLAIR': image_path(root, 'sub-02_ses-a', 'FLAIR'),
    }
    units, left_out = found(root, ['ses-b'])
    assert [unit.name for unit in units] == ['sub-02_ses-b']
    assert left_out[0].subject == 'sub-01' and left_out[0].reason.endswith('in session ses-b')
    with pytest.raises(OptionError, match="no image of a session 'c'; there are a, b"):
        found(root, ['c'])


def test_two_files_for_one_section(root):
    touch(root, 'sub-01', 'T1w', '_run-1')
    units, left_out = found(root)
    assert [unit.name for unit in units] == list(UNITS[1:])
    ((name, reason),) = left_out
    assert name == 'sub-01' and reason.startswith('[T1] matches 2 files (sub-01_T1w.nii.gz, ')
    assert reason.endswith('say in its filter which, such as "run": "1"')
    assert not found(root, filters={'T1': {'suffix': 'T1w', 'run': None}}).left_out


def test_a_modality_that_is_missing_is_left_to_the_run(root):
    os.remove(image_path(root, 'sub-03', 'FLAIR'))
    units, left_out = found(root)
    assert not left_out and list(units[-1].files) == ['T1']


def test_nothing_to_be_found(root):
    for suffix in ('T1w', 'FLAIR'):
        os.remove(image_path(root, 'sub-03', suffix))
    ((name, reason),) = found(root).left_out
    assert (name, reason) == (
        'sub-03',
        'no file matches [T1] {"suffix": "T1w"} or [FLAIR] {"suffix": "FLAIR"}',
    )
    with pytest.raises(InputError, match="nothing could be done: 'sub-03': no file matches"):
        found(root, participants=['03'])


def test_a_link_to_nothing(root):
    path = image_path(root, 'sub-01', 'T1w')
    os.remove(path)
    os.symlink('.git/annex/objects/x', path)
    ((name, reason),) = found(root).left_out
    assert name == 'sub-01' and reason.endswith('fetch its content (datalad get)')
