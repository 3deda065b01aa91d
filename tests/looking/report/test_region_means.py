# -*- coding: utf-8 -*-
"""Means of channels over labels, subject by subject."""

import os

import pytest

from niftynet_activations.errors import ReadError
from niftynet_activations.looking.report.region_means import RegionTables, label_means

HEADER = 'subject,layer,channel,label,voxels,mean,std,min,max,median\n'


def write(folder, name, subjects):
    """A region table with means that are easy to find."""
    with open(os.path.join(str(folder), 'activation_table_{}.csv'.format(name)), 'w') as stream:
        stream.write(HEADER)
        for place, subject in enumerate(subjects):
            for channel in range(12):
                for label in range(3):
                    mean = 1000 * place + 100 * channel + label + 0.25
                    row = '{},conv_0,{},{},9,{},1,0,1,0\n'
                    stream.write(row.format(subject, channel, label, mean))


def test_means_per_label_of_each_table(tmp_path):
    write(tmp_path, 'x', ['1', '"a,b"', '1'])  # its lines stand in two places
    write(tmp_path, 'y', ['2'])
    tables = RegionTables(str(tmp_path))
    assert len(tables.of('1')) == 2 * 36 and set(tables.of('1')['subject']) == {'1'}
    (means,) = label_means(tables.of('a,b'), 'a,b', 'conv_0')
    assert means['table'] == 'activation_table_x.csv'
    assert means['channels'] == [str(k) for k in range(12)]
    assert means['rows'][2] == {
        'label': '2',
        'means': ['{:.4g}'.format(1000 + 100 * k + 2.25) for k in range(12)],
    }
    assert label_means(tables.of('2'), '2', 'conv_1') == []
    assert label_means(tables.of('none'), 'none', 'conv_0') == []


def test_a_table_of_something_else(tmp_path):
    (tmp_path / 'activation_table_x.csv').write_text('a,b\n1,2\n')
    with pytest.raises(ReadError, match="no column 'subject'; it is no region table"):
        RegionTables(str(tmp_path))
