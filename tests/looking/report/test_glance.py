# -*- coding: utf-8 -*-
"""All maps in a table of layers and subjects."""

import numpy as np

from niftynet_activations.looking.figures import planes
from niftynet_activations.looking.report import glance
from niftynet_activations.looking.report.pictures import View


def section(layer, value, error=None):
    """What a section gives to the table."""
    view = View(planes.PLANES[0], np.full((6, 8), value), None, (3.0, 4.0))
    return {'layer': layer, 'error': error, 'glance': view, 'glance_channel': 5}


def test_a_row_a_layer_and_a_column_a_subject():
    groups = [
        {'subject': 'a', 'sections': [section('conv', 1.0), section('fc', -3.0)]},
        {'subject': 'b', 'sections': [section('fc', 2.0)]},
        {'subject': 'c', 'sections': [section('conv', 0.0, 'it is gone'), section('fc', 1.0)]},
    ]
    first, second = glance.glance_rows(groups)
    assert (first['layer'], second['layer']) == ('conv', 'fc')
    assert first['channel'] == 5
    assert [cell and cell['link'] for cell in first['cells']] == ['s1-1', None, 's3-1']
    assert [bool(cell and cell['picture']) for cell in first['cells']] == [True, False, False]
    assert [cell['link'] for cell in second['cells']] == ['s1-2', 's2-1', 's3-2']
    assert second['scale'] == '-3 to 3'  # one for all subjects
