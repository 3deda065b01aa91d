# -*- coding: utf-8 -*-
"""The table of both stacks, from times that are given."""

from benchmarks import stacks

WORDS = ['--reference', 'old', '--current', 'new', '--rounds', '3']


def test_each_round_measures_every_setting(monkeypatch, capsys):
    asked = []

    def measure(python, variables, options):
        asked.append((python, dict(variables)))
        window = 2.0 if python == 'old' else 1.0
        return [5.0, 3.0, window, window * 1.5, window * 0.5]

    monkeypatch.setattr(stacks, '_measure', measure)
    assert stacks.main(WORDS) == 0
    assert asked[:4] == asked[4:8] == asked[8:]
    assert asked[0] == ('old', {}) and asked[2] == ('new', {'TF_ENABLE_ONEDNN_OPTS': '0'})
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == 'highres3dnet_small, one window of 32 voxels a side'
    assert '| TensorFlow 1.15 | 5.0 | 3.00 | 2.000 | 1.00 |' in lines
    assert '| TensorFlow 2 | 5.0 | 3.00 | 1.000 | 0.50 |' in lines
