# -*- coding: utf-8 -*-
"""The table of a sweep beside runs, and the measurement on a small volume."""

import os

import pytest

from benchmarks import ablation
from benchmarks.ablation import Measured
from benchmarks.runs import Prepared, Run
from niftynet_activations import command_line


def test_the_table():
    runs = [Run(12.0, 1e9), Run(10.0, 2e9), Run(11.0, 1e9)]
    one = Measured(4, {4: Run(17.0, 3e9)}, runs, Run(5.0, 1e9))
    assert one.ratio == pytest.approx(17 / 44) and one.ratio_without_start == pytest.approx(0.5)
    rows = ablation.table({'outer': one}).splitlines()
    assert len(rows) == 3
    assert rows[2] == '| outer (`res_3_2`) | 4 | 17.0 | 11.0 | 5.0 | 0.386 | 0.500 | 3.00 | 2.00 |'


def test_fewer_channels_tell_of_all():
    sweeps = {2: Run(14.0, 1e9), 6: Run(20.0, 1e9)}
    one = Measured(10, sweeps, [Run(10.0, 2e9)], Run(5.0, 1e9))
    assert one.sweep_seconds == pytest.approx(26) and one.ratio == pytest.approx(0.26)
    with pytest.raises(SystemExit):
        ablation.main(['--channels', '64', '--timed', '8'])


def test_a_sweep_and_runs_of_the_same_volume(monkeypatch, capsys):
    commands = []

    def watch(words, variables, log):
        commands.append(words)
        return Run(float(len(commands)), 1e9)

    monkeypatch.setattr(ablation, 'watch', watch)
    monkeypatch.setattr(
        ablation, 'prepare', lambda workload, layers, folder: Prepared(folder, {}, 1, {})
    )
    words = ['--workloads', 'light,outer', '--channels', '2', '--repeats', '2', '--quick']
    assert ablation.main(words) == 0
    assert len(capsys.readouterr().out.splitlines()) == 4
    start, sweep, run, _ = commands[:4]
    folder = os.path.dirname(sweep[sweep.index('-c') + 1])
    assert folder == os.path.dirname(run[run.index('-c') + 1]) and 'start' in str(start)
    own, overrides = command_line._split_overrides(sweep[sweep.index('ablate') :])
    assert command_line._get_parser().parse_args(own).channels == '0:2'
    assert overrides == ['--activation_memory=2'] and 'whole' in run
