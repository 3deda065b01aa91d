# -*- coding: utf-8 -*-
"""The words of ``net_activations ablate``; what they do is tested in test_ablate.py."""

import pytest

from niftynet_activations import command_line
from niftynet_activations.ablation import commands


@pytest.mark.parametrize(
    'words, message',
    [
        (['-c', 'x.ini'], 'arguments are required: --layers'),
        (['--layers', 'a'], 'arguments are required: -c'),
    ],
)
def test_what_is_needed(words, message, capsys):
    with pytest.raises(SystemExit) as ended:
        command_line.main(['ablate'] + words)
    assert ended.value.code == 2 and message in capsys.readouterr().err


def test_a_wrong_name_of_a_table_is_told_first(tmp_path, capsys):
    words = ['ablate', '-c', 'nowhere.ini', '--layers', 'a', '-o', str(tmp_path / 'x.txt')]
    assert command_line.main(words) == 2
    assert 'ends in .csv or .parquet' in capsys.readouterr().err


def test_options_of_a_run_override_the_config():
    words = ['ablate', '--layers', 'a', '--activation_memory', '4', '--by', 'mean', '-o', 'x.csv']
    own, overrides = command_line._split_overrides(words)
    assert overrides == ['--activation_memory=4']
    assert all(each in own for each in commands.ABLATE_OPTIONS[:1] + ('mean', 'x.csv'))
