# -*- coding: utf-8 -*-
"""The commands and the Python of docs/applications.md, run as they stand."""

import os
import re
import shlex
import shutil

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

import niftynet_activations as na  # noqa: E402

na.app  # noqa: B018  registers the options

from application_runs import CASES, PLAIN, make_application, ours  # noqa: E402
from example_run import ROOT  # noqa: E402

from niftynet_activations.command_line import main  # noqa: E402

PAGE = os.path.join(ROOT, 'docs', 'applications.md')


def page():
    with open(PAGE, encoding='utf-8') as stream:
        return stream.read()


def blocks(language):
    found = re.findall(r'^```(\w*)\n(.*?)^```', page(), re.DOTALL | re.MULTILINE)
    return [text for kind, text in found if kind == language]


def test_the_table_names_what_there_is():
    rows = re.findall(r'^\| `\[(\w+)\]` \| `(\w+)` \| `([\w.]+)` \|$', page(), re.MULTILINE)
    told = {section.lower(): (command, name) for section, command, name in rows}
    assert told.pop('segmentation') == ('net_segment', 'niftynet_activations.app')
    assert told == {kind: (PLAIN[kind], ours(kind)) for kind in CASES}
    for _, name in told.values():
        assert getattr(na, name.rpartition('.')[2])


def test_the_commands(tmp_path, monkeypatch, capfd):
    changes = {'NETWORK': {'volume_padding_size': '4'}, 'INFERENCE': {'border': '(4, 4, 4)'}}
    config = make_application(tmp_path / 'run', 'regression', subjects=['a'], **changes)
    shutil.copy(config, str(tmp_path / 'CONFIG'))
    monkeypatch.chdir(tmp_path)
    commands = [line for block in blocks('') for line in block.splitlines()]
    assert {shlex.split(line)[1] for line in commands} == {'layers', 'verify'}
    for line in commands:
        program, *words = shlex.split(line)
        assert program == 'net_activations' and main(words) == 0, line
    assert 'conv_input_bn_relu' in capfd.readouterr().out
    code, example = blocks('python')
    names = {'na': na, 'CONFIG': config}
    exec(compile(code, PAGE, 'exec'), names)
    assert list(names['maps']) == [('a', 'conv_input_bn_relu')]
    assert 'class App(na.ActivationMixin, TheirApplication)' in example
