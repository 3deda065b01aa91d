# -*- coding: utf-8 -*-
"""Words that several subcommands take alike."""

import pytest

from niftynet_activations.errors import OptionError
from niftynet_activations.looking.arguments import channel_numbers, check_path, numbers, words


def test_names():
    assert words(None) is None and words(' a, b/c ,') == ['a', 'b/c']


@pytest.mark.parametrize(
    'text, expected',
    [
        ('4', [4]),
        ('0:3', [0, 1, 2]),
        ('7:', [7, 8, 9]),
        (':2', [0, 1]),
        ('9,2,9', [9, 2]),
        ('0:8:3, 5', [0, 3, 6, 5]),
        ('-2:', [8, 9]),
        ('all', list(range(10))),
    ],
)
def test_channel_numbers(text, expected):
    assert channel_numbers(text, 9) == expected


@pytest.mark.parametrize('text', ['', 'a', '1,', '1:2:0', '1-3', '1.0'])
def test_what_is_no_list_of_channels(text):
    with pytest.raises(OptionError, match='--channels .*: expected 0:8 or 0,3,5'):
        channel_numbers(text, 9)


def test_numbers():
    assert numbers(None, 3, '--at') is None
    assert numbers('-1, 2.5,3e1', 3, '--at') == [-1.0, 2.5, 30.0]
    with pytest.raises(OptionError, match='--at = .*: expected x,y,z in mm'):
        numbers('1,2', 3, '--at')
    with pytest.raises(OptionError, match='low below high'):
        numbers('2,1', 2, '--range')


def test_a_place_that_cannot_be_written(tmp_path):
    check_path(str(tmp_path / 'a.CSV'), ('.csv', '.parquet'))
    with pytest.raises(OptionError, match=r'ends in \.csv or \.parquet'):
        check_path(str(tmp_path / 'a.txt'), ('.csv', '.parquet'))
    with pytest.raises(OptionError, match='the folder .*no is not there; make it first'):
        check_path(str(tmp_path / 'no' / 'a.csv'), ('.csv',))
