# -*- coding: utf-8 -*-
"""What ``net_activations_bids`` says of words and folders that are wrong."""

import pytest
from bids_dataset import describe

from niftynet_activations.bids_app.command_line import get_parser, main


@pytest.fixture
def root(tmp_path):
    describe(tmp_path / 'raw')
    (tmp_path / 'raw' / 'sub-01').mkdir()
    (tmp_path / 'raw' / 'config.ini').write_text('')
    return tmp_path / 'raw'


@pytest.mark.parametrize(
    'words,said',
    [
        (['{raw}', '{raw}-out', 'participant'], '--config is missing'),
        (['{raw}-not', 'out', 'participant', '--config', 'c.ini'], 'there is no such folder'),
        (['{raw}/sub-01', 'out', 'participant', '-c', 'c.ini'], 'is no BIDS dataset'),
        (
            ['{raw}', 'out', 'participant', '--config=c.ini', '--participant_label', '02', '03'],
            "has no participant '02'; it has 1: 01",
        ),
        (
            ['{raw}', 'out', 'participant', '-c', 'c.ini', '--bids-filter-file', 'none.json'],
            "--bids-filter-file 'none.json' cannot be read",
        ),
        (
            ['{raw}', '{raw}', 'participant', '-c', 'c.ini'],
            'this program has not made: give another OUTPUT_DIR',
        ),
        (
            ['{raw}', 'out', 'participant', '-c', 'c.ini', '-d', 'masks'],
            'masks',
        ),
        (
            ['{raw}', 'out', 'participant', '-c', 'c.ini', '--activation_dir', 'x'],
            '--activation_dir=x: the BIDS App writes into OUTPUT_DIR',
        ),
        (['{raw}', '{raw}-out', 'group'], 'run the level participant first'),
    ],
)
def test_what_is_wrong_is_one_line(root, words, said, capsys):
    assert main([word.format(raw=root) for word in words]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith('net_activations_bids: error: ') and said in line


@pytest.mark.parametrize('words', [[], ['a', 'b', 'session'], ['a', 'b', 'group', '--labels']])
def test_wrong_words(words, capsys):
    with pytest.raises(SystemExit) as ended:
        main(words)
    (line,) = capsys.readouterr().err.splitlines()
    assert ended.value.code == 2 and line.endswith('see net_activations_bids --help')


def test_both_spellings():
    for words in ('--participant-label 1 2 --session-label a', '--participant_label 1 2'):
        found = get_parser().parse_args(['in', 'out', 'participant'] + words.split())
        assert found.participant_label == ['1', '2']
