# -*- coding: utf-8 -*-
import pytest

from niftynet_activations.capturing.channels import (
    channels_of,
    check_items,
    expand_channels,
    parse_channel_items,
)
from niftynet_activations.capturing.selectors import Candidate, Catalogue
from niftynet_activations.errors import SelectionError


@pytest.mark.parametrize(
    'text, expected',
    [
        ('all', [0, 1, 2, 3, 4]),
        ('0:5', [0, 1, 2, 3, 4]),
        ('1:', [1, 2, 3, 4]),
        ('::2', [0, 2, 4]),
        ('0,3', [0, 3]),
        ('-1', [4]),
        ('4,0:2', [4, 0, 1]),
        ('3:1:-1', [3, 2]),
    ],
)
def test_expand(text, expected):
    assert expand_channels(text, 5, 'conv') == expected


@pytest.mark.parametrize(
    'text, message',
    [
        ('5', r'has 5 channels \(0 to 4\)'),
        ('0:6', 'reaches beyond'),
        ('-6', 'reaches beyond'),
        ('2:2', 'reaches beyond'),
        ('0,0:2', 'twice'),
        ('a', 'indices and slices'),
        ('', 'indices and slices'),
    ],
)
def test_refused(text, message):
    with pytest.raises(SelectionError, match=message):
        expand_channels(text, 5, 'conv')


def test_the_last_item_that_matches_counts():
    layers = [Candidate(name, '', True, None) for name in ('res_1_0', 'conv_1', 'other')]
    catalogue = Catalogue(layers, {}, lambda text: [], list)
    items = parse_channel_items('res_1_*=0:2;conv_1=3;re:con.*=1')
    found = [channels_of(items, layer, catalogue, 4) for layer in layers]
    assert found == [[0, 1], [1], [0, 1, 2, 3]]


@pytest.mark.parametrize(
    'text, message',
    [
        (
            'conv_1=0',
            r"activation_channels = 'conv_1=0': none of the layers that activation_layers",
        ),
        ('re:o.*=0;conv_1=1', "'conv_1=1'.*they are res_1_0, other"),
        ('nowhere=0', "^activation_channels: the selector 'nowhere' matches nothing"),
        ('all,!conv_1,!other,!res_1_0=0', '^activation_channels: .*leaves no layer'),
    ],
)
def test_an_item_that_is_for_none_of_the_chosen_layers_is_refused(text, message):
    layers = [Candidate(name, '', True, None) for name in ('res_1_0', 'conv_1', 'other')]
    catalogue = Catalogue(layers, {}, lambda text: [], list)
    chosen = [layers[0], layers[2]]
    check_items(parse_channel_items('0:2;res_1_*=0;type:=1;all=0'), chosen, catalogue)
    with pytest.raises(SelectionError, match=message) as caught:
        check_items(parse_channel_items(text), chosen, catalogue)
    assert '\n' not in str(caught.value)
