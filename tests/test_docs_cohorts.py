# -*- coding: utf-8 -*-
"""The commands of docs/cohorts.md that need no cluster, run as they stand."""

import os
import re
import shlex

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

from toy_runs import make_toy  # noqa: E402

from niftynet_activations.command_line import main  # noqa: E402

PAGE = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), 'docs/cohorts.md')


def test_cohorts(tmp_path, monkeypatch, capsys):
    with open(PAGE, encoding='utf-8') as stream:
        found = re.findall(r'^```(\w*)\n(.*?)^```', stream.read(), re.DOTALL | re.MULTILINE)
    os.rename(make_toy(tmp_path / 'toy', {'a': (12, 14, 16)}), str(tmp_path / 'my_config.ini'))
    monkeypatch.chdir(tmp_path / 'toy' / 'model')
    os.rename(str(tmp_path / 'my_config.ini'), 'my_config.ini')
    blocks = [text for kind, text in found if not kind]
    commands = [shlex.split(line) for text in blocks for line in text.splitlines()]
    assert len(commands) == 6
    for program, *words in commands:
        assert program == 'net_activations'
        assert main(words) == 0, words
    said = capsys.readouterr()
    assert '1 subjects: 1 done' in said.out and '#SBATCH --array=1-20' in said.out
    assert 'this part has no subject' in said.err
