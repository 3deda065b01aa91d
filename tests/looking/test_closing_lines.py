# -*- coding: utf-8 -*-
"""What a run says at its end, told of a folder of maps, and by real runs."""

import os

import pytest
from sample_folder import make_sample

from niftynet_activations.looking.closing_lines import Outcome, closing_lines

LAYER = 'res_1/pool:1'  # not exact


def test_what_was_written_and_where(tmp_path):
    folder = make_sample(str(tmp_path / "it's here")).folder
    maps = [(subject, layer) for subject in ('1', '1_b') for layer in ('conv_0', LAYER)]
    lines = closing_lines(Outcome(folder, maps, maps[:1], '/seg', 5, 2), ['/x/report.html'])
    names = [
        'activation_{}_{}__niftynet_out.nii.gz'.format(layer, subject)
        for layer in ('conv_0', 'res_1.pool-1')
        for subject in ('1', '1_b')
    ]
    size = sum(os.path.getsize(os.path.join(folder, name)) for name in names)
    assert lines == [
        "activation maps in '{}': 3 written, 1 complete before and kept; 2 layers of 2 subjects; "
        '{:.1f} kB on the disk; 2 exact, the others say why not in their JSON files'.format(
            folder, size / 1000
        ),
        "segmentations in '/seg': 3 written, 2 complete before and kept",
        "made from the maps: '/x/report.html'",
        "to look at them: net_activations view '{0}', or net_activations report '{0}'".format(
            folder.replace("'", "'\"'\"'")
        ),
    ]


def test_stores_and_maps_that_are_all_exact(tmp_path):
    pytest.importorskip('zarr')
    folder = make_sample(str(tmp_path / 'out'), form='zarr').folder
    lines = closing_lines(Outcome(folder, [('1', 'conv_0')], [], folder, 1, 0))
    assert '1 written; 1 layer of 1 subject; ' in lines[0] and lines[0].endswith('; all exact')
    assert ' 0 bytes' not in lines[0]


def test_tables_of_windows_alone(tmp_path):
    assert closing_lines(Outcome(str(tmp_path), [], [], '/seg', 1, 0)) == [
        "segmentations in '/seg': 1 written"
    ]


@pytest.mark.slow
def test_a_run_and_the_same_again(tmp_path, caplog):
    pytest.importorskip('niftynet')
    from inference_runs import run_activations
    from toy_runs import LAYER, make_toy

    config = make_toy(tmp_path / 'toy')
    words = ['--activation_layers', LAYER, '--activation_existing', 'skip']
    caplog.set_level('INFO', logger='tensorflow')
    said = []
    for _ in range(2):
        caplog.clear()
        run_activations(config, tmp_path / 'out', *words)
        said.append('\n'.join(caplog.messages))
    assert "maps in '{}': 3 written; 1 layer of 3 subjects".format(tmp_path / 'out') in said[0]
    assert "segmentations in '{}': 3 written".format(tmp_path / 'out') in said[0]
    assert ': 0 written, 3 complete before and kept; 1 layer of 3' in said[1]
    assert "segmentations in '{}': 0 written, 3 complete".format(tmp_path / 'out') in said[1]
    assert all('net_activations view {}'.format(tmp_path / 'out') in each for each in said)
