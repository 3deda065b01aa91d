# -*- coding: utf-8 -*-
"""The lists of a cohort, made from records of several processes."""

import os

from niftynet_activations.cohort.lists import make_lists, table_part
from niftynet_activations.cohort.records import Journal, write_subjects

HEADER = 'subject,layer,file,channels,shape_x,shape_y,shape_z,dtype,exact\n'


def row(subject, layer, ending='nii.gz'):
    name = 'activation_{}_{}_x.{}'.format(layer, subject, ending)
    return [subject, layer, name, 2, 3, 5, 7, 'float32', None if layer == 'top' else True]


def line(subject, layer, ending='nii.gz'):
    name = 'activation_{}_{}_x.{}'.format(layer, subject, ending)
    return '{},{},{},2,3,5,7,float32,{}\n'.format(
        subject, layer, name, '' if layer == 'top' else 'true'
    )


def test_rows_of_all_in_sorted_order(tmp_path):
    folder, results = str(tmp_path / 'maps'), tmp_path / 'seg'
    results.mkdir()
    write_subjects(folder, ['c', 'a', 'b'], segmentations=str(results))
    (tmp_path / 'maps' / 'layers.csv').write_text('name\nconv\ntop\n')
    # of another run into the same folder, and of one whose format was another
    (tmp_path / 'maps' / 'activations.csv').write_text(
        HEADER + line('a', 'conv', 'zarr') + line('z', 'conv') + line('b', 'old')
    )
    (results / 'inferred.csv').write_text('z,/seg/z.nii.gz\nb,/seg/of_before.nii.gz\n')
    first, second = Journal(folder), Journal(folder)
    second.add('b', 'done', rows=[row('b', 'conv')], result='/seg/b.nii.gz')
    first.add('a', 'done', rows=[row('a', 'top'), row('a', 'conv')], result='/seg/a.nii.gz')
    second.add('c', 'failed', reason='cut short')
    make_lists(folder)
    wanted = (
        HEADER
        + line('z', 'conv')
        + line('a', 'conv')
        + line('a', 'top')
        + line('b', 'conv')
        + line('b', 'old')
    )
    assert (tmp_path / 'maps' / 'activations.csv').read_text() == wanted
    assert (results / 'inferred.csv').read_text() == (
        'z,/seg/z.nii.gz\na,/seg/a.nii.gz\nb,/seg/b.nii.gz\n'
    )
    # again, with what came meanwhile: nothing is twice
    first.add('c', 'done', rows=[row('c', 'conv')], result=None)
    make_lists(folder)
    make_lists(folder)
    assert (tmp_path / 'maps' / 'activations.csv').read_text() == wanted.replace(
        line('b', 'old'), line('b', 'old') + line('c', 'conv')
    )
    first.close()
    second.close()


def test_tables_are_put_together_subject_by_subject(tmp_path):
    folder = str(tmp_path)
    write_subjects(folder, ['b', 'a', 'c'])
    for subject in 'abz':
        path = table_part(folder, 'activation_table_x.csv', subject)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'w') as stream:
            stream.write('subject,mean\n{0},1\n{0},2\n'.format(subject))
    make_lists(folder)
    assert (tmp_path / 'activation_table_x.csv').read_text() == 'subject,mean\na,1\na,2\nb,1\nb,2\n'
    assert not (tmp_path / 'activations.csv').exists()  # no subject is done


def test_subjects_with_other_columns(tmp_path):
    folder = str(tmp_path)
    write_subjects(folder, ['a', 'b'])
    for subject, text in (('a', 'subject,"l|0,1|cov"\na,1\n'), ('b', 'subject,m\nb,2\n')):
        path = table_part(folder, 'activation_features_x.csv', subject)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'w') as stream:
            stream.write(text)
    make_lists(folder)
    assert (tmp_path / 'activation_features_x.csv').read_text() == (
        'subject,"l|0,1|cov",m\na,1,\nb,,2\n'
    )


def test_a_cohort_with_nothing_done_makes_no_list(tmp_path):
    write_subjects(str(tmp_path), ['b', 'a', 'c'])
    make_lists(str(tmp_path))
    assert os.listdir(str(tmp_path)) == ['.activations-cohort']
