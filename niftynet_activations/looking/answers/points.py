# -*- coding: utf-8 -*-
"""
The values of all maps at points in space.

A *points file* is a CSV with the columns x, y, z: world coordinates in mm, RAS+ as in nibabel. A
column ``subject`` says in whose maps a point is read; without it, a point is read in all maps.
"""

import os
from typing import List

import numpy as np
import pandas as pd

from niftynet_activations.errors import OptionError
from niftynet_activations.hints import JsonObject, Points
from niftynet_activations.looking.answers.voxel_blocks import channel_columns
from niftynet_activations.looking.maps import ActivationMaps

PLACE = ['x', 'y', 'z']


def read_points(source: Points) -> pd.DataFrame:
    """
    :param source: path of a points file, or a table with the same columns
    :return: columns x, y, z (float64, mm) and, where there is one, subject (text); the index
        numbers the points from 0 on
    :raises OptionError: if it cannot be read, a column is missing, or a coordinate is no number
    """
    table = source if isinstance(source, pd.DataFrame) else _read(os.fspath(source))
    table = table.rename(columns=lambda name: str(name).strip()).reset_index(drop=True)
    missing = [name for name in PLACE if name not in table.columns]
    if missing:
        raise OptionError(
            'points need the columns x, y, z (mm, RAS+), and may have subject; there are {}'.format(
                ', '.join(str(name) for name in table.columns) or 'none'
            )
        )
    places = table[PLACE].apply(pd.to_numeric, errors='coerce')
    wrong = places.index[~np.isfinite(places.to_numpy(np.float64)).all(axis=1)]
    if len(wrong):
        raise OptionError(
            'point {} has no three numbers for x, y, z: {}'.format(
                wrong[0], ', '.join(str(value) for value in table.loc[wrong[0], PLACE])
            )
        )
    table[PLACE] = places.astype(np.float64)
    return table


def _read(path: str) -> pd.DataFrame:
    try:
        return pd.read_csv(path, dtype={'subject': str}, skipinitialspace=True)
    except (OSError, ValueError) as error:  # pandas' own errors of parsing are ValueErrors
        raise OptionError('points file {} cannot be read: {}'.format(path, error)) from error


def points_of(points: pd.DataFrame, subject: str) -> pd.DataFrame:
    """
    :param points: as :func:`read_points` gives them
    :param subject: a subject's name
    :return: the points of this subject, with their numbers; all points if the table has no column
        ``subject``
    """
    if 'subject' not in points.columns:
        return points
    return points[points['subject'] == subject]


def sample_points(maps: ActivationMaps, points: Points) -> pd.DataFrame:
    """
    Read the values of every map at points, by linear interpolation between samples.

    :param maps: of one folder
    :param points: a points file, or a table with its columns
    :return: one row for each subject and point: subject, point (its number), x, y, z, then
        ``layer|channel`` for every channel, float64; NaN outside of a map and at missing samples
    :raises OptionError: if the points cannot be read, or name a subject that has no maps
    """
    table = read_points(points)
    if 'subject' in table.columns:
        unknown = sorted(set(table['subject']) - set(maps.subjects))
        if unknown:
            raise OptionError(
                "points name the subject '{}', which has no maps in {}; there are {}".format(
                    unknown[0], maps.folder, ', '.join(maps.subjects)
                )
            )
    rows: List[pd.DataFrame] = []
    for subject in maps.subjects:
        own = points_of(table, subject)
        if not own.empty:
            rows.append(_subject_rows(maps, subject, own))
    return pd.concat(rows, ignore_index=True) if rows else pd.DataFrame()


def _subject_rows(maps: ActivationMaps, subject: str, own: pd.DataFrame) -> pd.DataFrame:
    columns: JsonObject = {'subject': [subject] * len(own), 'point': own.index.to_numpy()}
    columns.update({name: own[name].to_numpy() for name in PLACE})
    for (whose, _), one in maps.items():
        if whose == subject:
            values = one.sample(own[PLACE].to_numpy(np.float64))
            columns.update(zip(channel_columns(one), values.T))
    return pd.DataFrame(columns)
