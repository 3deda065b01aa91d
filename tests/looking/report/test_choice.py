# -*- coding: utf-8 -*-
"""What is shown in place of all."""

import pytest
from sample_folder import make_sample

from niftynet_activations import open_activations
from niftynet_activations.errors import OptionError
from niftynet_activations.looking.report.choice import (
    Choice,
    channel_places,
    chosen_keys,
)


def test_subjects_and_layers(tmp_path):
    maps = open_activations(make_sample(str(tmp_path / 'out'), shape=(5, 7, 6)).folder)
    assert chosen_keys(maps, Choice()) == list(maps)
    found = chosen_keys(maps, Choice(subjects=['1_b'], layers=['logits', 'conv_0']))
    assert found == [('1_b', 'conv_0'), ('1_b', 'logits')]
    with pytest.raises(OptionError, match="layer 'conv_9': .* has no maps of it; it has conv_0"):
        chosen_keys(maps, Choice(layers=['conv_0', 'conv_9']))
    with pytest.raises(OptionError, match="--subjects '2': the folder holds 1, 1_b"):
        chosen_keys(maps, Choice(subjects=['2']))
    with pytest.raises(OptionError, match='expected the name of a layer'):
        chosen_keys(maps, Choice(layers=[]))


@pytest.mark.parametrize(
    'text, places',
    [
        (None, [0, 1, 2]),
        ('4', [1]),
        ('0:5', [0, 1]),
        ('4:', [1, 2]),
        (':3', [0]),
        ('9,2', [2, 0]),
        ('0:10:2', [0, 1]),
        ('7', []),
    ],
)
def test_channels_by_the_numbers_of_the_network(text, places):
    assert channel_places([2, 4, 9], text) == places


@pytest.mark.parametrize('text', ['', 'a', '1,', '1:2:0'])
def test_what_is_no_list_of_channels(text):
    with pytest.raises(OptionError, match='expected 0:8 or 0,3,5'):
        channel_places([2, 4, 9], text)
