# -*- coding: utf-8 -*-
"""
What the stand-ins for names of pandas and nibabel are compared in; no TensorFlow.

Each function returns plain lists and texts, which are stored as JSON.
"""

import os
import tempfile

import numpy as np


def appended():
    """Rows put below a table one after the other, as NiftyNet's aggregators do."""
    import pandas as pd

    table = pd.DataFrame()
    for subject, value in (('one', 3), ('two', 4)):
        table = table.append({'id': subject, 'value': value}, ignore_index=True)
    other = pd.DataFrame({'id': ['three', 'four'], 'value': [5, 6]})
    return {
        'rows': _plain(table),
        'joined': _plain(table.append(other)),
        'joined_index': [int(each) for each in table.append(other).index],
        'joined_anew_index': [int(each) for each in table.append(other, ignore_index=True).index],
    }


def grouped():
    """Means over groups, the columns to group by named in a list."""
    import pandas as pd

    table = pd.DataFrame(
        {'label': [1, 2, 1, 2], 'side': ['l', 'l', 'r', 'r'], 'dice': [0.5, 0.25, 0.75, 1.0]}
    )
    return {
        'one': _plain(table.groupby(['label'])[['dice']].mean()),
        'two': _plain(table.groupby(['label', 'side'])[['dice']].mean()),
    }


def image_data():
    """The type and the values that ``get_data`` gives for files of several kinds."""
    import nibabel as nib

    values = np.arange(5 * 7 * 11).reshape(5, 7, 11)
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for dtype in ('uint8', 'int16', 'float32', 'float64'):
            for slope in (None, 0.5):
                image = nib.Nifti1Image((values % 100).astype(dtype), np.eye(4))
                image.header.set_slope_inter(slope or 1, 0)
                path = os.path.join(folder, 'image.nii')
                nib.save(image, path)
                data = nib.load(path).get_data()
                key = '{}, slope {}'.format(dtype, slope)
                found[key] = [data.dtype.name, float(data.sum()), list(data.shape)]
    return found


def all_tables():
    return {'appended': appended(), 'grouped': grouped(), 'image_data': image_data()}


def _plain(table):
    return {str(column): [_value(each) for each in table[column]] for column in sorted(table)}


def _value(value):
    return value if isinstance(value, str) else float(value)
