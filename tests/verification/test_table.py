# -*- coding: utf-8 -*-
"""What verify prints."""

import json

from niftynet_activations.verification.compare import LayerResult
from niftynet_activations.verification.table import Verification, to_json, to_table

EXACT = LayerResult(
    'conv_1', True, 0.001234, 2e-5, [3.5, -0.0, 7.0], [1.25, 0, 2], 770, [8, 8, 16], None, None
)
WRONG = EXACT._replace(layer='res_1/conv', share=0.4)
BLURRED = EXACT._replace(layer='fc', exact=False, inexact_because='a mean over the window')
UNSEEN = LayerResult('x', None, None, None, None, None, 0, None, 'Odd is not known', 'not known')


def verification(layers, cropped_from=None):
    return Verification('one', 'small_net', [5, 7, 11], cropped_from, layers)


def test_table():
    lines = to_table(verification([EXACT, BLURRED, UNSEEN])).splitlines()
    assert lines[0] == 'small_net, subject one: a volume of 5 x 7 x 11 voxels'
    header, first, second, third = lines[2:6]
    place = header.index('VOXEL')
    assert first[place:].startswith('3.5, 0, 7') and first.split()[1] == 'yes'
    assert first[header.index('OF RANGE') :].startswith('2e-05')
    assert second.split()[1] == 'no' and third.split()[1] == 'unknown'
    assert third.split()[2] == '-' and third.split()[-2:] == ['0', '-']
    assert 'fc: no: a mean over the window' in lines
    assert 'x: not compared: not known' in lines
    assert lines[-1] == '1 of 3 maps call themselves exact, and are.'


def test_a_wrong_map_is_named_in_the_last_line():
    last = to_table(verification([EXACT, WRONG])).splitlines()[-1]
    assert last == 'WRONG: 1 of 2 maps that call themselves exact are not: res_1/conv'


def test_maps_that_claim_nothing():
    last = to_table(verification([BLURRED, UNSEEN])).splitlines()[-1]
    assert last == 'None of 2 maps calls itself exact.'


def test_a_crop_is_told():
    first = to_table(verification([EXACT], [50, 70, 110])).splitlines()[0]
    assert 'crop of 5 x 7 x 11 voxels' in first and '50 x 70 x 110' in first


def test_json():
    found = json.loads(to_json(verification([WRONG, UNSEEN], [50, 70, 110])))
    assert [each['layer'] for each in found] == ['res_1/conv', 'x']
    assert found[0]['wrong'] is True and found[1]['wrong'] is False
    assert found[0]['subject'] == 'one' and found[0]['cropped_from'] == [50, 70, 110]
    assert found[1]['not_compared'] == 'not known' and found[1]['difference'] is None
