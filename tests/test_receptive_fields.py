# -*- coding: utf-8 -*-
"""
The table of receptive fields: what it says of measurements, and that it tells a wrong field.
"""

import json
import os
import sys

import pytest

SCRIPTS = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), 'scripts')
sys.path.insert(0, SCRIPTS)

import receptive_fields  # noqa: E402


def layer(name, derived, measured, state, **further):
    return dict(
        dict(name=name, type='ConvLayer', stride=1.5, period=3, derived=derived),
        measured=measured,
        state=state,
        inexact_because=further.get('because'),
    )


def run(axis, layers):
    return dict(
        network='small_net',
        axis=axis,
        window=[5 + axis, 7, 11],
        double=True,
        tensors=2,
        tensorflow='2.21.0',
        seconds=1.4,
        layers=layers,
    )


RUNS = [
    run(0, [layer('a', 3, 3, 'agrees'), layer('b', None, 5, 'agrees', because='mean of all')]),
    run(2, [layer('a', 9, 7, 'smaller'), layer('b', None, 7, 'agrees', because='mean of all')]),
]


def test_page():
    page = receptive_fields.page_of({'small_net': RUNS}).splitlines()
    assert '| small_net | x, z | 2 | 2 | 1 | 1 | 2 | 0 | 0 | 0 | float64 | 3 |' in page
    assert 'Windows of 5 x 7 x 11, 7 x 7 x 11 voxels.' in page
    assert '| `a` | ConvLayer | 1.5 | 3 | 3, 9 | 3, 7 | smaller |' in page
    assert '| `b` | ConvLayer | 1.5 | 3 | window | window | window |' in page
    assert page[-1] == 'Window: mean of all.'


@pytest.mark.parametrize('state, status', [('differs', 1), ('unknown', 1), ('agrees', 0)])
def test_status_is_1_where_a_field_differs(tmp_path, state, status, monkeypatch):
    monkeypatch.setattr(receptive_fields, '_measure_once', lambda *args: None)
    (tmp_path / 'small_net_x.json').write_text(json.dumps(run(0, [layer('a', 3, 5, state)])))
    words = ['--folder', str(tmp_path), '--write', str(tmp_path / 'page.md')]
    assert receptive_fields.main(words) == status
    assert ('| {} |'.format(state) in (tmp_path / 'page.md').read_text().split('## ')[1]) == bool(
        status
    )
