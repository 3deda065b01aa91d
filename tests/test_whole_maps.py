# -*- coding: utf-8 -*-
"""The page of whole passes: what it says of measurements, and that it tells a wrong layer."""

import json
import os
import sys

import pytest

SCRIPTS = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), 'scripts')
sys.path.insert(0, SCRIPTS)

import whole_maps  # noqa: E402

ONE = dict(
    network='small_net',
    axis=0,
    volume=[25, 7, 11],
    window=[16, 8, 16],
    stages=2,
    windows=5,
    work=1.234,
    layers=9,
    same=7,
    largest=3e-6,
    beyond=0.4321,
    most=0.567,
    tensorflow='2.21.0',
    seconds=1.4,
)


def test_page():
    page = whole_maps.page_of({'small_net': [ONE]}).splitlines()
    assert page[-1] == (
        '| small_net | 25 x 7 x 11 | 2 | 5 | 1.23 | 9 | 7 | 3e-06 | 16 x 8 x 16 | 43 % others, by '
        'up to 0.57 |'
    )
    same = whole_maps.page_of({'small_net': [dict(ONE, largest=0, beyond=0.0)]}).splitlines()[-1]
    assert same.endswith('| 0 | 16 x 8 x 16 | the same |')


@pytest.mark.parametrize('largest, status', [(1e-4, 0), (2e-4, 1), (float('nan'), 1)])
def test_exit_status(largest, status, tmp_path, capsys):
    (tmp_path / 'small_net_x.json').write_text(json.dumps(dict(ONE, largest=largest)))
    words = ['--folder', str(tmp_path), '--write', str(tmp_path / 'page.md')]
    known, whole_maps.NETWORKS = whole_maps.NETWORKS, {}
    try:
        assert whole_maps.main(words) == status
    finally:
        whole_maps.NETWORKS = known


@pytest.mark.slow
def test_a_real_network(tmp_path):
    pytest.importorskip('niftynet')
    found = whole_maps.measure('toynet', 0)
    assert found['windows'] > 1 and found['layers'] >= 4 and found['largest'] <= 1e-4
    # a border of one voxel would be needed
    assert 0.01 < found['beyond'] < 0.9 and found['most'] > 0.01
