# -*- coding: utf-8 -*-
"""A checkpoint is written, and the tensors of layers are told."""

import json
import os

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

from small_configs import DEFAULT, small_config  # noqa: E402

from benchmarks import prepare  # noqa: E402


def test_a_workload_is_made_ready(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(prepare.compileall, 'compile_dir', lambda *_, **__: None)
    config = small_config('toynet', tmp_path, *DEFAULT)
    assert prepare.main(config, ['conv_input_bn_relu']) == 0
    (line,) = [each for each in capsys.readouterr().out.splitlines() if each.startswith('TENSORS')]
    found = json.loads(line[len('TENSORS ') :])
    assert list(found) == ['conv_input_bn_relu']
    assert found['conv_input_bn_relu'].endswith(':0')
    assert 'model.ckpt-1.index' in os.listdir(str(tmp_path / 'model' / 'models'))
