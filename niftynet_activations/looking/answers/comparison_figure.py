# -*- coding: utf-8 -*-
"""
A comparison of two folders as a picture.

- *matrix*: where each layer of one folder was compared with each of the other: the alignment (CKA)
  of every pair as a colour and a number.
- *bars*: where layers were compared in pairs: for each pair the largest difference as a part of the
  first map's range, the correlation, and the alignment.
"""

import os
from typing import List

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from niftynet_activations.hints import Axes

# columns of the table and what they are called
BARS = (
    ('of_range', 'largest difference, of the range'),
    ('correlation', 'correlation'),
    ('cka', 'linear CKA'),
)
LEAST = 1e-8  # of the range; smaller differences are drawn as this, as a log axis has no 0
NUMBERS = 400  # a matrix of more cells has no room for numbers in them
COLOUR = '#33638d'


def comparison_figure(table: pd.DataFrame, first: str, second: str) -> Figure:
    """
    :param table: rows of a :class:`~niftynet_activations.looking.answers.comparing.Comparison`
    :param first: path of the first folder
    :param second: path of the second folder
    :return: a matplotlib figure: a matrix where there are all pairs of several layers, else bars
    """
    rows, columns = (list(dict.fromkeys(table[name])) for name in ('layer_a', 'layer_b'))
    names = [os.path.basename(os.path.normpath(path)) or path for path in (first, second)]
    if len(table) > 1 and len(table) == len(rows) * len(columns):
        return _matrix(table, rows, columns, names)
    return _bars(table, names)


def _matrix(table: pd.DataFrame, rows: List[str], columns: List[str], names: List[str]) -> Figure:
    wide = table.pivot(index='layer_a', columns='layer_b', values='cka').loc[rows, columns]
    size = 2.6 + 0.45 * len(columns), 2.0 + 0.4 * len(rows)
    figure = Figure(figsize=size, constrained_layout=True)
    axes = figure.add_subplot(1, 1, 1)
    drawn = axes.imshow(np.ma.masked_invalid(wide.to_numpy()), vmin=0, vmax=1, cmap='viridis')
    axes.set_xticks(range(len(columns)))
    axes.set_xticklabels(columns, rotation=60, ha='right', fontsize=7)
    axes.set_yticks(range(len(rows)))
    axes.set_yticklabels(rows, fontsize=7)
    axes.set_xlabel(names[1], fontsize=8)
    axes.set_ylabel(names[0], fontsize=8)
    if len(table) <= NUMBERS:
        for (row, column), value in np.ndenumerate(wide.to_numpy()):
            _number(axes, column, row, value)
    bar = figure.colorbar(drawn, ax=axes, shrink=0.8)
    bar.set_label('linear CKA', fontsize=8)
    bar.ax.tick_params(labelsize=7)
    return figure


def _number(axes: Axes, column: int, row: int, value: float) -> None:
    if np.isfinite(value):
        colour = 'black' if value > 0.6 else 'white'
        text = '{:.2f}'.format(value)
        axes.text(column, row, text, ha='center', va='center', color=colour, fontsize=6)


def _bars(table: pd.DataFrame, names: List[str]) -> Figure:
    labels = [
        a if a == b else '{} / {}'.format(a, b) for a, b in zip(table['layer_a'], table['layer_b'])
    ]
    places = np.arange(len(labels))
    figure = Figure(figsize=(9.0, 1.2 + 0.25 * max(len(labels), 2)), constrained_layout=True)
    for number, (column, title) in enumerate(BARS):
        axes = figure.add_subplot(1, len(BARS), number + 1)
        values = table[column].to_numpy(dtype=float)
        shown = np.maximum(values, LEAST) if column == 'of_range' else values
        drawn = np.nan_to_num(shown, nan=0.0)
        axes.barh(places, drawn, color=COLOUR)
        if column == 'of_range':
            axes.set_xscale('log')
            axes.set_xlim(LEAST, max(1.0, float(drawn.max(initial=0.0)) * 2))
        else:
            axes.set_xlim(min(0.0, float(drawn.min(initial=0.0))), 1)
        for place, value in enumerate(values):
            if not np.isfinite(value) or (column == 'of_range' and value == 0):
                text = 'equal' if value == 0 else 'not known'
                axes.text(axes.get_xlim()[0], place, ' ' + text, va='center', fontsize=6)
        axes.set_ylim(len(labels) - 0.5, -0.5)
        axes.set_yticks(places)
        axes.set_yticklabels(labels if number == 0 else [], fontsize=7)
        axes.tick_params(axis='x', labelsize=7)
        axes.set_title(title, fontsize=8)
    figure.suptitle('{} and {}'.format(*names), fontsize=9)
    return figure
