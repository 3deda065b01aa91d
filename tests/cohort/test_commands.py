# -*- coding: utf-8 -*-
"""Words of ``net_activations cohort`` that do not go together, and Dask that is not there."""

import sys

import pytest

from niftynet_activations.cohort.clusters import open_cluster
from niftynet_activations.command_line import main
from niftynet_activations.errors import OptionError


@pytest.mark.parametrize(
    'words,said',
    [
        (['--part', '1/2', '--workers', '2'], '--part is for a process that does its part alone'),
        (['--scheduler', 'tcp://a:1', '--slurm'], 'two clusters'),
        (['--workers', '0'], '--workers 0: expected 1 or more'),
        (['--subjects', '/no/such/list'], "--subjects '/no/such/list' cannot be read"),
    ],
)
def test_words(words, said, capsys):
    assert main(['cohort', '-c', 'config.ini'] + words) == 2
    assert said in capsys.readouterr().err


def test_without_dask_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, 'distributed', None)
    with pytest.raises(OptionError, match=r"'niftynet_activations\[cluster\]'"):
        with open_cluster(2, None, None, 0, 5):
            pass
