# -*- coding: utf-8 -*-
"""Rows replace their own kind and nothing else."""

import pytest

from niftynet_activations.errors import WriteError
from niftynet_activations.store import tables
from niftynet_activations.store.folder import OutputFolder


def row(subject, layer, name, **changes):
    base = dict(subject=subject, layer=layer, file=name, channels=3, dtype='float32', exact=True)
    return dict(base, shape_x=5, shape_y=7, shape_z=11, **changes)


def update(folder, rows, gone=()):
    text = tables.updated_text(folder.path, rows, gone)
    folder.publish_text(text, tables.ACTIVATIONS)


def names(path):
    return [(r['subject'], r['layer'], r['file']) for r in tables.read_rows(str(path))]


def test_columns_and_cells(tmp_path):
    with OutputFolder(str(tmp_path)) as folder:
        update(folder, [row('s,1', 'a/b', 'f.nii')])
    assert (tmp_path / 'activations.csv').read_text() == (
        'subject,layer,file,channels,shape_x,shape_y,shape_z,dtype,exact\n'
        '"s,1",a/b,f.nii,3,5,7,11,float32,true\n'
    )


def test_rerun_of_other_subjects_keeps_the_first_ones(tmp_path):
    with OutputFolder(str(tmp_path)) as folder:
        update(folder, [row('1', 'a', 'f1'), row('1', 'b', 'f2')])
        update(folder, [row('2', 'a', 'f3')])
        again = dict(row('1', 'a', 'f1'), channels=8, exact=None)
        update(folder, [again], gone=['f2', 'f1'])
    path = tmp_path / 'activations.csv'
    assert names(path) == [('1', 'a', 'f1'), ('2', 'a', 'f3')]
    first = tables.read_rows(str(path))[0]
    assert (first['channels'], first['exact']) == ('8', '')


def test_foreign_table_is_left_alone(tmp_path):
    (tmp_path / 'activations.csv').write_text('a,b\n1,2\n')
    with OutputFolder(str(tmp_path)) as folder:
        with pytest.raises(WriteError, match="columns 'a,b' where 'subject,layer,"):
            update(folder, [row('1', 'a', 'f1')])
    assert (tmp_path / 'activations.csv').read_text() == 'a,b\n1,2\n'


def test_an_empty_table_is_none(tmp_path):
    (tmp_path / 'activations.csv').write_text('')
    assert tables.read_rows(str(tmp_path / 'activations.csv')) == []


def test_inventory_of_layers():
    text = tables.layers_text([{'name': 'a/b', 'shape': [8, None, 3], 'megabytes': 1.5}])
    assert text == (
        'name,type,tensor,shape,channels,stride,offset,period,receptive_field,megabytes\n'
        'a/b,,,"[8, null, 3]",,,,,,1.5\n'
    )
