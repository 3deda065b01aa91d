# -*- coding: utf-8 -*-
"""A table of one subject in the place of NiftyNet's."""

import argparse

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

from niftynet_activations.host.given_files import GivenFiles, sections_of  # noqa: E402


def test_one_row_whatever_is_asked_for():
    files = GivenFiles('07', {'T1': '/a/x.nii', 'T2': '/b/y.nii'})
    files.reset()
    assert files.initialise(data_param={}, new_partition=False) is files
    for asked in ({}, {'phase': 'inference', 'action': 'inference'}):
        (table,) = files.get_file_lists_by(**asked)
        assert table.to_dict('records') == [
            {'subject_id': '07', 'T1': '/a/x.nii', 'T2': '/b/y.nii'}
        ]
    assert not files.has_validation


def test_sections_find_the_given_files(tmp_path):
    searched = dict(path_to_search='/elsewhere', csv_file='/old.csv', filename_contains=('T1',))
    inputs = {name: argparse.Namespace(**searched) for name in ('T1', 'label')}
    found = sections_of(inputs, {'T1': str(tmp_path / 'x.nii')})
    assert list(found) == ['T1']
    assert found['T1'].path_to_search == str(tmp_path)
    assert not found['T1'].csv_file and not found['T1'].filename_contains
