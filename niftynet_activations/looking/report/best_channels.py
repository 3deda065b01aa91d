# -*- coding: utf-8 -*-
"""
Which channels tell each label best from the rest, from tables that ``net_activations units`` wrote.

The report takes every CSV file of the folder that has the columns of units. The *best* channels of
a label are those whose area under the ROC curve is farthest from 0.5, above (the channel is greater
in the label) or below (it is smaller there).
"""

import glob
import os
from typing import List, Sequence

import pandas as pd

from niftynet_activations.errors import ReadError
from niftynet_activations.hints import JsonObject

NEEDED = ('layer', 'channel', 'label', 'auc', 'dice', 'iou')
BEST = 3  # channels shown for each label


def read_units(folder: str) -> pd.DataFrame:
    """
    :param folder: of the maps
    :return: the rows of all tables of units, with a column ``table`` that names the file
    :raises ReadError: if one of them cannot be read to its end
    """
    frames = []
    for path in sorted(glob.glob(os.path.join(glob.escape(folder), '*.csv'))):
        with open(path, encoding='utf-8', errors='replace') as stream:
            names = stream.readline().strip().split(',')
        if not set(NEEDED) <= set(names):
            continue
        try:
            frame = pd.read_csv(path, dtype={'layer': str, 'label': str})
        except (OSError, ValueError) as error:  # pandas' own errors of parsing are ValueErrors
            raise ReadError('{} cannot be read as a table: {}'.format(path, error)) from error
        frames.append(frame.assign(table=os.path.basename(path)))
    return pd.concat(frames) if frames else pd.DataFrame(columns=list(NEEDED) + ['table'])


def best_channels(units: pd.DataFrame, names: Sequence[str]) -> List[JsonObject]:
    """
    :param units: rows that :func:`read_units` returned
    :param names: names of one layer
    :return: for each table its name and rows: a label, and texts that name its best channels
    """
    found = units[units['layer'].isin(list(names)) & units['auc'].notna()]
    made = []
    for table, part in found.groupby('table', sort=True):
        rows = []
        for label, one in part.groupby('label', sort=False):
            order = (one['auc'] - 0.5).abs().sort_values(ascending=False, kind='stable').index
            best = one.loc[order].head(BEST)
            texts = [
                '{} (AUC {:.3f}, Dice {:.3f}, IoU {:.3f})'.format(
                    int(row.channel), row.auc, row.dice, row.iou
                )
                for row in best.itertuples()
            ]
            rows.append({'label': label, 'channels': texts})
        made.append({'table': table, 'rows': rows})
    return made
