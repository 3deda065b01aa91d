# -*- coding: utf-8 -*-
"""The picture of a comparison shows the numbers of its table."""

import shutil

import pandas as pd
import pytest
from sample_folder import make_sample

from niftynet_activations.command_line import main
from niftynet_activations.looking.answers.comparing import COLUMNS
from niftynet_activations.looking.answers.comparison_figure import comparison_figure

NAN = float('nan')


def table_of(*rows):
    values = dict(samples=9, difference=1.0, mean_difference=0.5)
    named = [
        dict(zip('layer_a layer_b of_range correlation cka'.split(), row), **values) for row in rows
    ]
    return pd.DataFrame(named, columns=COLUMNS)


def test_bars_of_layers_in_pairs():
    table = table_of(
        ('a', 'a', 0.0, 1.0, 1.0), ('b', 'b', 0.25, 0.5, 0.75), ('c', 'd', NAN, NAN, 0.3)
    )
    figure = comparison_figure(table, '/x/one/', '/y/two')
    panels = figure.axes
    assert [[bar.get_width() for bar in panel.patches] for panel in panels] == [
        [1e-8, 0.25, 0.0],
        [1.0, 0.5, 0.0],
        [1.0, 0.75, 0.3],
    ]
    assert [text.get_text() for text in panels[0].get_yticklabels()] == ['a', 'b', 'c / d']
    assert panels[0].get_xscale() == 'log'
    assert [text.get_text() for text in panels[0].texts] == [' equal', ' not known']


def test_a_matrix_of_all_pairs():
    table = table_of(
        ('a', 'x', 0, 1, 0.25), ('a', 'y', 0, 1, 0.5), ('b', 'x', 0, 1, NAN), ('b', 'y', 0, 1, 1.0)
    )
    axes = comparison_figure(table, 'one', 'two').axes[0]
    assert axes.images[0].get_array().filled(-1).tolist() == [[0.25, 0.5], [-1, 1.0]]
    assert [text.get_text() for text in axes.texts] == ['0.25', '0.50', '1.00']
    assert (axes.get_xlabel(), axes.get_ylabel()) == ('two', 'one')


@pytest.mark.parametrize('words', [[], ['--layers', 'conv_0,logits']])
def test_the_command(tmp_path, capsys, words):
    make_sample(str(tmp_path / 'a'), ['1'], shape=(7, 8, 9))
    shutil.copytree(str(tmp_path / 'a'), str(tmp_path / 'b'))
    command = ['compare', str(tmp_path / 'a'), str(tmp_path / 'b'), '--figure']
    assert main(command + [str(tmp_path / 'found.svg')] + words) == 0
    assert (tmp_path / 'found.svg').stat().st_size > 5000
    assert main(command + [str(tmp_path / 'found.txt')]) == 2
    assert 'ends in .png or .svg or .pdf' in capsys.readouterr().err
