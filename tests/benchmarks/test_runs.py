# -*- coding: utf-8 -*-
"""Which command a variant is, and what is told of one that fails."""

import configparser
import importlib.util
import os
import sys

import pytest

from benchmarks import runs
from benchmarks.cases import GROUPS
from benchmarks.workloads import WORKLOADS, quick


@pytest.fixture
def prepared(tmp_path):
    return runs.Prepared(str(tmp_path), {'wide_relu': 'wide/Relu:0'}, 385, {'HOME': '/nowhere'})


def test_the_command_of_each_kind(prepared, tmp_path):
    group = GROUPS['wide']
    words = {kind: runs.command(group[kind], prepared, 'out') for kind in 'abc'}
    common = ['inference', '-c', os.path.join(str(tmp_path), 'benchmark.ini'), '--save_seg_dir']
    for kind in 'abc':
        assert words[kind][1:6] == common + ['out']
    assert os.path.basename(words['a'][0]) == 'net_segment' and len(words['a']) == 6
    ours = dict(zip(words['b'][6::2], words['b'][7::2]))
    assert ours['-a'] == 'niftynet_activations.app'
    assert ours['--activation_layers'] == 'wide_relu' and ours['--activation_memory'] == '1.0'
    assert words['c'][6:] == ['-a', runs.PLAIN_WAY]


def test_the_plain_way_is_told_its_tensor(prepared):
    group = GROUPS['wide']
    assert runs.environment(group['b'], prepared) == {'HOME': '/nowhere'}
    assert runs.environment(group['c'], prepared) == {
        'HOME': '/nowhere', runs.PLAIN_WAY_TENSOR: 'wide/Relu:0'
    }  # fmt: skip


def test_a_run_is_timed_and_watched(tmp_path):
    hold = 'held = bytearray(80 << 20); held[::4096] = held[::4096]; import time; time.sleep(0.5)'
    run = runs.watch([sys.executable, '-c', hold], dict(os.environ), str(tmp_path / 'log'))
    assert run.seconds >= 0.5 and 80 << 20 <= run.bytes < 160 << 20


def test_the_end_of_the_log_is_told(tmp_path):
    fail = 'print("\\n".join(str(each) for each in range(100))); raise SystemExit(3)'
    with pytest.raises(runs.RunFailed, match='status 3:\n80\n') as caught:
        runs.watch([sys.executable, '-c', fail], dict(os.environ), str(tmp_path / 'log'))
    assert str(caught.value).endswith('\n99\n') and '\n79\n' not in str(caught.value)


@pytest.mark.skipif(importlib.util.find_spec('nilearn') is None, reason='nilearn is not installed')
@pytest.mark.parametrize('number', [1, 2, 3])
def test_a_workload_s_modalities_are_written_and_named(tmp_path, monkeypatch, number):
    """What NiftyNet then reads: as many images in the config, each with a file of its own."""

    def no_checkpoint(words, variables, log):
        with open(log, 'w') as lines:
            lines.write('TENSORS {}\n')

    monkeypatch.setattr(runs, 'watch', no_checkpoint)
    workload = quick(WORKLOADS['wide'])._replace(modalities=number)
    runs.prepare(workload, set(), str(tmp_path / 'work'))
    config = configparser.ConfigParser()
    config.read(str(tmp_path / 'work' / 'benchmark.ini'))
    names = config['SEGMENTATION']['image'].split(',')
    assert names == ['T1', 'GM', 'WM'][:number]
    files = os.listdir(str(tmp_path / 'work' / 'data'))
    assert sorted(files) == sorted('mni152_{}.nii.gz'.format(name) for name in names)
    assert [config[name]['filename_contains'] for name in names] == names


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec('nilearn') is None, reason='nilearn is not installed')
def test_a_run_that_fails_says_why(tmp_path):
    pytest.importorskip('niftynet')
    variant = GROUPS['wide']['b']
    prepared = runs.prepare(quick(WORKLOADS['wide']), {variant.layer}, str(tmp_path / 'wide'))
    wrong = variant._replace(options=dict(variant.options, layers='no_such_layer'))
    with pytest.raises(runs.RunFailed, match='matches nothing'):
        runs.run_variant(wrong, prepared)
