# -*- coding: utf-8 -*-
"""The commands and the Python of docs/attribution.md, run as they stand."""

import os
import re
import shlex
import shutil

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

from example_run import ROOT, SUBJECTS, make_example  # noqa: E402

from niftynet_activations.command_line import main  # noqa: E402

PAGE = os.path.join(ROOT, 'docs', 'attribution.md')


def test_attribution(tmp_path, monkeypatch, capsys):
    config = make_example(tmp_path / 'example')
    shutil.copy(config, str(tmp_path / 'my_config.ini'))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv('PWD', str(tmp_path))
    with open(PAGE, encoding='utf-8') as stream:
        blocks = re.findall(r'^```(\w*)\n(.*?)^```', stream.read(), re.DOTALL | re.MULTILINE)
    lines = [line for kind, text in blocks if not kind for line in text.splitlines()]
    for line in lines:
        words = shlex.split(os.path.expandvars(line))
        assert words[0] == 'net_activations' and main(words[1:]) == 0, capsys.readouterr().err
    assert 'maps in {}'.format(tmp_path / 'why') in capsys.readouterr().out
    (code,) = [text for kind, text in blocks if kind]
    names = {}
    exec(compile(code, PAGE, 'exec'), names)
    assert names['maps'].subjects == sorted(SUBJECTS) and names['one'].data.shape[3] == 1
    assert os.path.getsize('why/report.html') > 5000
