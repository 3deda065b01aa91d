# -*- coding: utf-8 -*-
"""A folder of maps as a cohort leaves it, and the derivative dataset made of it."""

import os
import shutil
from collections import namedtuple

import pytest
from sample_folder import LAYERS, POSTFIX, make_sample

from niftynet_activations.bids_app.dataset_files import add_to_lists, write_description
from niftynet_activations.bids_app.derivatives import Places, publish_unit
from niftynet_activations.bids_app.names import labels_of
from niftynet_activations.bids_app.units import Unit
from niftynet_activations.cohort.reading import Result
from niftynet_activations.store import tables

Made = namedtuple('Made', ['output', 'sample', 'places', 'units', 'subjects'])
UNITS = (Unit('01', None, {}), Unit('02', 'b', {}))


@pytest.fixture(scope='session')
def samples(tmp_path_factory):
    """:return: format -> a folder of maps of the units; made once"""
    found = {}
    for form in ('4d', 'zarr'):
        folder = tmp_path_factory.mktemp('maps') / 'maps'
        names = [unit.name for unit in UNITS]
        found[form] = make_sample(str(folder), names, LAYERS[:2], form, shape=(5, 6, 7))
    return found


@pytest.fixture
def made(publish):
    """:return: the derivative dataset and what it was made of"""
    return publish()


@pytest.fixture
def publish(tmp_path, samples):
    """:return: a function that makes such a dataset"""
    return lambda form='4d': _publish(tmp_path, samples[form])


def _publish(folder, sample):
    raw, units = folder / 'raw', []
    for unit in UNITS:
        path = raw.joinpath(*['-'.join(each) for each in unit.entities]) / 'anat'
        path.mkdir(parents=True)
        image = path / (unit.name + '_acq-fast_space-MNI_T1w.nii.gz')
        image.write_text('')
        units.append(unit._replace(files={'T1': str(image)}))
    maps = str(folder / 'maps')
    shutil.copytree(sample.folder, maps)
    rows = tables.read_rows(os.path.join(maps, tables.ACTIVATIONS))
    output = str(folder / 'out')
    labels = labels_of(list(dict.fromkeys(row['layer'] for row in rows)))
    places = Places(output, maps, {'raw': str(raw)}, ['T1'], labels, 'my.ToyNet')
    write_description(output, places.network, places.roots)
    subjects = {}
    for name in [unit.name for unit in units]:
        cells = [[row[each] for each in tables.COLUMNS] for row in rows if row['subject'] == name]
        result = os.path.join(maps, 'window_seg_{}_{}.nii.gz'.format(name, POSTFIX))
        subjects[name] = Result(cells, result)
    found = {unit.name: publish_unit(places, unit, subjects[unit.name]) for unit in units}
    add_to_lists(output, found, os.path.join(maps, tables.LAYERS))
    return Made(output, sample._replace(folder=maps), places, units, subjects)
