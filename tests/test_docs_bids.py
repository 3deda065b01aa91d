# -*- coding: utf-8 -*-
"""The commands of docs/bids.md, run as they stand."""

import os
import re
import shlex

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')
pytest.importorskip('bids', reason='pybids is not installed')

from bids_dataset import SHAPES, make_dataset, make_model  # noqa: E402

import niftynet_activations as na  # noqa: E402
from niftynet_activations import command_line  # noqa: E402
from niftynet_activations.bids_app import command_line as bids_command_line  # noqa: E402

PAGE = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), 'docs/bids.md')
PROGRAMS = {
    'net_activations': command_line.main,
    'net_activations_bids': bids_command_line.main,
}


def blocks(language):
    with open(PAGE, encoding='utf-8') as stream:
        found = re.findall(r'^```(\w*)\n(.*?)^```', stream.read(), re.DOTALL | re.MULTILINE)
    return [text for kind, text in found if kind == language]


def test_bids(tmp_path, monkeypatch, capfd):
    make_dataset(tmp_path / 'raw')
    config = make_model(tmp_path / 'model')
    os.rename(config, str(tmp_path / 'model.ini'))
    monkeypatch.chdir(tmp_path)
    (text,) = blocks('json')
    (tmp_path / 'filters.json').write_text(text)
    commands = [line for block in blocks('') for line in block.splitlines()]
    commands = [line for line in commands if line.startswith('net_')]
    assert len(commands) == 7
    for line in commands:
        program, *words = shlex.split(line)
        assert PROGRAMS[program](words) == 0, line
    assert '3 subjects: 3 done' in capfd.readouterr().out
    maps = na.open_activations('maps')
    # those of the second command are beside those of the first
    assert len(maps) == len(SHAPES) + 1 and len(maps.layers) == 2
    for name in ('group_features.tsv', 'group_regions.tsv'):
        assert os.path.getsize(os.path.join('maps', name))
