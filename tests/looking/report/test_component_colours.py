# -*- coding: utf-8 -*-
"""The colours of component maps, pixel by pixel."""

import numpy as np

from niftynet_activations.looking.report.component_colours import colouring, in_colours
from niftynet_activations.looking.report.statistics import ChannelFacts

NAN = float('nan')


def facts(number, mean, std, lowest, highest):
    return ChannelFacts(number, mean, std, lowest, highest, 0, False, False)


def test_three_components_are_red_green_and_blue():
    channels = [facts(0, 0, 1, -9, 9), facts(1, 1, 1, 0, 9), facts(2, 5, 0, 5, 5)]
    told = {'method': 'pca', 'number': 3, 'explained': [0.5, 0.25, 0.125]}
    how = colouring(told, channels)
    pictures = [
        np.array([[-2.0, 0.0], [2.0, NAN]]),
        np.array([[0.0, 1.5], [9.0, 1.0]]),
        np.array([[5.0, 5.0], [5.0, 5.0]]),
    ]
    made = in_colours(pictures, how)
    # dark at -2 and full at 2; dark at 0, the lowest, and full at 3; a dead one stays dark
    assert made[0, 0].tolist() == [0, 0, 0, 1]
    assert made[0, 1].tolist() == [0.5, 0.5, 0, 1]
    assert made[1, 0].tolist() == [1, 1, 0, 1]
    assert made[1, 1, 3] == 0
    expected = 'Components: red 0, green 1, blue 2; 50.0%, 25.0%, 12.5% of the variance.'
    assert how.told == expected


def test_one_factor_is_red_and_its_share_is_that_of_all():
    told = {'method': 'nmf', 'number': 1, 'explained': [0.7]}
    how = colouring(told, [facts(0, 1, 1, 0, 4)])
    assert in_colours([np.array([[3.0]])], how).tolist() == [[[1, 0, 0, 1]]]
    assert how.told == 'Components: red 0; 70.0% of the variance.'


def test_clusters_have_a_colour_each():
    how = colouring({'method': 'kmeans', 'number': 12, 'explained': [0.9]}, [])
    made = in_colours([np.array([[1.0, 2.0, 11.0, NAN]])], how)[0]
    assert made[0].tolist() == made[2].tolist() != made[1].tolist()
    assert made[:, 3].tolist() == [1, 1, 1, 0]
    assert how.told.startswith('Clusters: 1 blue, 2 orange') and 'so on' in how.told
