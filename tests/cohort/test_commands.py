# -*- coding: utf-8 -*-
"""Words of ``net_activations cohort`` that do not go together."""

import pytest

from niftynet_activations.command_line import main


@pytest.mark.parametrize(
    'words,said',
    [
        (['--part', '1/2', '--workers', '2'], '--part is for a process that does its part alone'),
        (['--scheduler', 'tcp://a:1', '--slurm'], 'two clusters'),
        (['--workers', '0'], '--workers 0: expected 1 or more'),
        (['--gpus', '-1'], '--gpus -1: expected 0 or more'),
        (['--retries', '-2'], '--retries -2: expected 0 or more'),
        (['--subjects', '/no/such/list'], "--subjects '/no/such/list' cannot be read"),
    ],
)
def test_words(words, said, capsys):
    assert main(['cohort', '-c', 'config.ini'] + words) == 2
    assert said in capsys.readouterr().err
