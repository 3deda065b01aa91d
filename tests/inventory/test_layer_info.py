# -*- coding: utf-8 -*-
import json
import re

from niftynet_activations.inventory.layer_info import BORDER_NOTE, LayerInfo, to_json, to_table

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
