# -*- coding: utf-8 -*-
"""Filters of a file, and those that sections have by their names."""

import pytest

from niftynet_activations.bids_app.filters import EXTENSIONS, filters_of, in_words, read_filters
from niftynet_activations.errors import OptionError


def test_filters_by_name_and_by_file():
    sections = ['T1', 'flair', 'mask', 'label']
    given = {'Mask': {'suffix': 'mask', 'desc': 'brain', 'extension': '.nii'}, 't1': {'run': 1}}
    found = filters_of(given, sections, ['T1', 'flair', 'mask'])
    assert list(found) == ['T1', 'flair', 'mask']
    assert found['flair'] == {'suffix': 'FLAIR', 'extension': EXTENSIONS}
    assert found['mask']['extension'] == '.nii'
    # what a person says of a section is all that is asked
    assert found['T1'] == {'run': 1, 'extension': EXTENSIONS}
    assert in_words(found['flair']) == '{"suffix": "FLAIR"}'


def test_sections_without_a_filter():
    with pytest.raises(OptionError, match=r'section \[scan\] of the config has no filter'):
        filters_of({}, ['scan', 'T1', 'label'], ['scan', 'T1'])
    with pytest.raises(OptionError, match="no input section 'T2'; it has scan"):
        filters_of({'T2': {}}, ['scan'], ['scan'])


@pytest.mark.parametrize(
    'text', ['{', '[]', '{"T1": "T1w"}', '{"T1": null}', '{"T1": {"run": [{}]}}']
)
def test_what_is_no_file_of_filters(text, tmp_path):
    (tmp_path / 'filters.json').write_text(text)
    with pytest.raises(OptionError, match='--bids-filter-file'):
        read_filters(str(tmp_path / 'filters.json'))
    with pytest.raises(OptionError, match='cannot be read'):
        read_filters(str(tmp_path / 'none.json'))
    assert read_filters(None) == {}
