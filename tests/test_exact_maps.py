# -*- coding: utf-8 -*-
"""
The page of exact maps: what it says of measurements, that it tells a wrong map, and one real run.
"""

import json
import os
import sys

import pytest

SCRIPTS = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), 'scripts')
sys.path.insert(0, SCRIPTS)

import exact_maps  # noqa: E402


def layer(name, exact, share, because=None, tried=True):
    return dict(name=name, exact=exact, share=share, because=because, tried=tried)


def run(axis, layers):
    return dict(
        network='small_net',
        axis=axis,
        volume=[25 + axis, 7, 11],
        window=[16, 8, 16],
        tensorflow='2.21.0',
        seconds=1.4,
        layers=layers,
    )


NORM = "'worker_0/net/norm{}/mean' takes the mean over the window; exact with a border of {}"
RUNS = [
    run(0, [layer('a', True, 0.0), layer('b', False, 0.3, NORM.format(1, 2), tried=False)]),
    run(2, [layer('a', True, 2e-5), layer('b', False, 0.3, NORM.format(2, 3), tried=False)]),
]


def test_page():
    page = exact_maps.page_of({'small_net': RUNS}).splitlines()
    assert '| small_net | x, z | 2 | 2 | 2 | 2e-05 | 3 |' in page
    assert '| small_net | 27 x 7 x 11 | 16 x 8 x 16 |' in page
    # one line for one reason, whatever the operation's name
    assert '- ... takes the mean over the window: `b`' in page
    assert len([line for line in page if 'takes the mean' in line]) == 1


def test_many_layers_of_one_reason_are_counted():
    layers = [layer('layer_{}'.format(number), None, None, 'too short') for number in range(9)]
    page = exact_maps.page_of({'small_net': [run(0, layers)]})
    assert '`layer_5` and 3 more' in page and 'layer_6' not in page


@pytest.mark.parametrize('share, status', [(1e-4, 0), (2e-4, 1), (None, 1)])
def test_exit_status(share, status, tmp_path, capsys):
    (tmp_path / 'small_net_x.json').write_text(json.dumps(run(0, [layer('a', True, share)])))
    words = ['--folder', str(tmp_path), '--axes', '', '--write', str(tmp_path / 'page.md')]
    assert exact_maps.main(words) == status
    assert ('small_net a' in capsys.readouterr().out) == bool(status)
    assert '| small_net | x |' in (tmp_path / 'page.md').read_text()


@pytest.mark.slow
def test_toynet(tmp_path):
    pytest.importorskip('niftynet')
    words = ['toynet', '--axes', 'y', '--folder', str(tmp_path), '--write', str(tmp_path / 'page')]
    assert exact_maps.main(words) == 0
    found = json.loads((tmp_path / 'toynet_y.json').read_text())
    assert len(found['layers']) == 7 and found['volume'][1] > found['window'][1]
    assert all(each['tried'] and each['exact'] and each['share'] <= 1e-4
               for each in found['layers'])  # fmt: skip
    before = os.stat(str(tmp_path / 'toynet_y.json')).st_mtime_ns
    assert exact_maps.main(words) == 0
    assert os.stat(str(tmp_path / 'toynet_y.json')).st_mtime_ns == before
