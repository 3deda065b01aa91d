# -*- coding: utf-8 -*-
"""The description and the lists at the top of the derivative dataset."""

import json
import os

import pytest
from bids_dataset import describe

from niftynet_activations import __version__
from niftynet_activations.bids_app import dataset_files
from niftynet_activations.bids_app.derivatives import Published
from niftynet_activations.errors import OptionError
from niftynet_activations.store import tables


def read(folder, name):
    with open(os.path.join(str(folder), name), encoding='utf-8') as stream:
        return stream.read()


def test_the_description(tmp_path, monkeypatch):
    monkeypatch.setenv(dataset_files.IMAGE, 'niftynet_activations:0.2.0')
    roots = {'raw': str(tmp_path / 'a b'), 'masks': '/masks'}
    dataset_files.write_description(str(tmp_path / 'out'), 'toynet', roots)
    facts = json.loads(read(tmp_path / 'out', 'dataset_description.json'))
    assert facts['DatasetType'] == 'derivative'
    (maker,) = facts['GeneratedBy']
    assert maker['Name'] == 'niftynet_activations' and maker['Version'] == __version__
    assert maker['Container'] == {'Type': 'docker', 'Tag': 'niftynet_activations:0.2.0'}
    assert facts['DatasetLinks']['masks'] == 'file:///masks'
    assert facts['DatasetLinks']['raw'].endswith('/a%20b')
    dataset_files.check_output(str(tmp_path / 'out'))  # its own
    dataset_files.check_output(str(tmp_path / 'none'))


def test_what_is_not_written_over(tmp_path):
    describe(tmp_path)
    with pytest.raises(OptionError, match='this program has not made: give another OUTPUT_DIR'):
        dataset_files.check_output(str(tmp_path))
    (tmp_path / 'file').write_text('')
    with pytest.raises(OptionError, match='is a file'):
        dataset_files.check_output(str(tmp_path / 'file'))


def row(subject, layer, label):
    name = '{0}/anat/{0}_desc-{1}_activations.nii'.format(subject, label)
    return dict(zip(tables.COLUMNS, (subject, layer, name, 2, 3, 5, 7, 'float32', True)))


def test_rows_of_several_processes(tmp_path):
    layers = tmp_path / 'layers.csv'
    layers.write_text('name\nconv_0\nlogits\n')
    out = tmp_path / 'out'
    out.mkdir()
    first = Published([row('sub-2', 'logits', 'logits'), row('sub-2', 'conv_0', 'conv0')], 'b.nii')
    dataset_files.add_to_lists(str(out), {'sub-2': first}, str(layers))
    dataset_files.add_to_lists(
        str(out), {'sub-1': Published([row('sub-1', 'conv_0', 'conv0')], 'a.nii')}, str(layers)
    )
    before = read(out, 'activations.csv'), read(out, 'inferred.csv')
    dataset_files.add_to_lists(str(out), {'sub-2': first}, str(layers))
    assert (read(out, 'activations.csv'), read(out, 'inferred.csv')) == before
    found = tables.read_rows(str(out / 'activations.csv'))
    assert [(each['subject'], each['layer']) for each in found] == [
        ('sub-1', 'conv_0'),
        ('sub-2', 'conv_0'),
        ('sub-2', 'logits'),
    ]
    assert before[1] == 'sub-1,a.nii\nsub-2,b.nii\n'
    assert read(out, 'descriptions.tsv') == (
        'desc_id\tdescription\ndesc-conv0\tLayer conv_0\ndesc-logits\tLayer logits\n'
    )
    assert sorted(os.listdir(str(out))) == [
        'activations.csv',
        'descriptions.tsv',
        'inferred.csv',
        'layers.csv',
    ]
