# -*- coding: utf-8 -*-
import fcntl
import json
import os
import pty
import re
import struct
import termios

import pytest

from niftynet_activations.errors import OptionError, SelectionError
from niftynet_activations.inventory.layer_info import (
    BORDER_NOTE,
    LayerInfo,
    terminal_width,
    to_depth,
    to_json,
    to_table,
)

NOWHERE = 'it depends on the window as a whole'


def layer(name, **changes):
    values = dict(
        name=name, type='ConvLayer', tensor=name + ':0', shape=[8, 10, 12, 5], channels=5,
        stride=[1, 1, 1], offset=[0, 0, 0], period=[2, 2, 2], receptive_field=[3, 3, 3],
        megabytes=None, exact_with_border=None, inexact_because=None,
    )  # fmt: skip
    return LayerInfo(**dict(values, **changes))


LAYERS = [
    layer('a', exact_with_border=[8, 8, 8], megabytes=12.34),
    layer('b/c', exact_with_border=[8, 8, 0]),
    layer('d', inexact_because=NOWHERE, receptive_field=[None, None, 3]),
    layer('e', inexact_because='no place'),
    layer('f', inexact_because=NOWHERE),
]


def test_table_tells_the_border_or_the_reason():
    shown = to_table([each._replace(megabytes=12.34) for each in LAYERS]).splitlines()
    cells = [re.split('  +', line) for line in shown[: len(LAYERS) + 1]]
    assert [row[0] for row in cells] == ['LAYER', 'a', 'b/c', 'd', 'e', 'f']
    assert [row[6:9] for row in cells] == [
        ['RECEPTIVE FIELD', 'MB', 'EXACT WITH BORDER'],
        ['3', '12.3', '8'],
        ['3', '12.3', '8 x 8 x 0'],
        ['all x all x 3', '12.3', '- (1)'],
        ['3', '12.3', '- (2)'],
        ['3', '12.3', '- (1)'],
    ]
    notes = [''] + BORDER_NOTE.splitlines() + ['(1) ' + NOWHERE, '(2) no place']
    assert shown[len(LAYERS) + 1 :] == notes


@pytest.mark.parametrize('width', [40, 70, 80, 110])
def test_table_fits_the_terminal(width):
    long = [each._replace(megabytes=12.34, tensor='worker_0/Net/' + 'x' * 60) for each in LAYERS]
    shown = to_table(long, width).splitlines()
    assert max(len(line) for line in shown) <= width
    assert [line.split()[0] for line in shown[2:7]] == ['a', 'b/c', 'd', 'e', 'f']
    assert 'Left out for want of room: TENSOR' in ' '.join(shown)
    assert NOWHERE in ' '.join(shown)
    header = ' '.join(shown[:2])
    assert ('BORDER' in header, 'RECEPTIVE' in header) == (width >= 40, width >= 70)
    assert to_table(long).splitlines()[0].endswith('TENSOR')


def test_a_name_is_never_cut():
    name = 'block/' * 20 + 'conv'
    assert name in to_table([layer(name)], 60).splitlines()


@pytest.mark.parametrize('rows, columns, width', [(0, 0, 80), (24, 0, 80), (30, 93, 93)])
def test_the_width_of_a_terminal(rows, columns, width):
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack('HHHH', rows, columns, 0, 0))
    with os.fdopen(theirs, 'w') as terminal:
        assert terminal_width(terminal) == width
    os.close(ours)


def test_a_file_has_no_width(tmp_path):
    with open(str(tmp_path / 'list.txt'), 'w') as stream:
        assert terminal_width(stream) is None


def test_table_without_what_is_not_known():
    text = to_table([layer('a'), layer('b', inexact_because='no place')])
    assert text.splitlines()[-2:] == ['', '(1) no place']
    assert 'EXACT' not in to_table([layer('a')])


def test_json_has_the_keys_of_a_layer():
    (first, *_) = json.loads(to_json(LAYERS))
    assert list(first) == [
        'name', 'type', 'tensor', 'shape', 'channels', 'stride', 'offset', 'period',
        'receptive_field', 'megabytes', 'exact_with_border', 'inexact_because',
    ]  # fmt: skip
    assert (first['exact_with_border'], first['megabytes']) == ([8, 8, 8], 12.34)


def test_depth_counts_scopes():
    assert [each.name for each in to_depth(LAYERS, 1)] == ['a', 'd', 'e', 'f']
    assert to_depth(LAYERS, 2) == to_depth(LAYERS, None) == LAYERS


@pytest.mark.parametrize('depth', [0, -1])
def test_a_depth_below_one_is_refused(depth):
    with pytest.raises(OptionError, match='--depth {}: expected 1'.format(depth)):
        to_depth(LAYERS, depth)


def test_a_depth_that_leaves_nothing_is_refused():
    with pytest.raises(SelectionError, match='leaves none of the 2 layers: .* is 2 deep'):
        to_depth([layer('b/c'), layer('b/c/d')], 1)
