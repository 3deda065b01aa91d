# -*- coding: utf-8 -*-
"""Features of a cohort as a folder of Parquet files, read by other programs as one table."""

import os

import pandas as pd
import pytest
from sample_folder import make_sample

from niftynet_activations.command_line import main


@pytest.fixture
def maps(tmp_path):
    return make_sample(str(tmp_path / 'maps'), shape=(5, 6, 7))


def test_a_file_for_each_subject_is_one_table(maps, tmp_path, capsys):
    one, many = tmp_path / 'one.csv', tmp_path / 'many'
    words = ['features', str(tmp_path / 'maps'), '--statistics', 'mean,std']
    assert main(words + ['-o', str(one)]) == 0
    assert main(words + ['-o', str(many) + '/']) == 0
    assert capsys.readouterr().out.endswith('{}/: {} subjects\n'.format(many, len(maps.labels)))
    assert sorted(os.listdir(str(many))) == sorted(name + '.parquet' for name in maps.labels)
    check(pd.read_parquet(str(many)), one, maps)
    pyarrow = pytest.importorskip('pyarrow.dataset')
    check(pyarrow.dataset(str(many), format='parquet').to_table().to_pandas(), one, maps)
    # again, into the same folder: a subject's file is replaced
    assert main(words + ['-o', str(many)]) == 0
    assert len(os.listdir(str(many))) == len(maps.labels)


def test_region_tables_too(maps, tmp_path, capsys):
    labels = sorted((tmp_path / 'maps').glob('window_seg_*'))[0]
    words = ['table', str(tmp_path / 'maps'), '--labels', str(labels)]
    many = tmp_path / 'many'
    assert main(words + ['-o', str(many) + '/']) == 0
    assert main(words + ['-o', str(tmp_path / 'one.csv')]) == 0
    wanted = pd.read_csv(str(tmp_path / 'one.csv'), dtype={'subject': str})
    found = pd.read_parquet(str(many))
    assert list(found) == list(wanted) and len(found) == len(wanted)
    keys = ['subject', 'layer', 'channel', 'label']
    pd.testing.assert_frame_equal(
        found.astype({'subject': object}).sort_values(keys).reset_index(drop=True),
        wanted.astype({'subject': object}).sort_values(keys).reset_index(drop=True),
        check_dtype=False,
    )


@pytest.mark.slow
def test_dask_reads_it_too(maps, tmp_path):
    dask = pytest.importorskip('dask.dataframe')  # takes a second
    one, many = tmp_path / 'one.csv', tmp_path / 'many'
    for output in (str(one), str(many) + '/'):
        main(['features', str(tmp_path / 'maps'), '--statistics', 'mean', '-o', output])
    check(dask.read_parquet(str(many)).compute(), one, maps)


def check(table, path, maps):
    """The table is that of the CSV, but perhaps for the order of subjects."""
    wanted = pd.read_csv(str(path), dtype={'subject': str, 'region': str})
    wanted = wanted.sort_values('subject').reset_index(drop=True)
    found = table.sort_values('subject').reset_index(drop=True)[list(wanted)]
    # names that look like numbers stay names
    assert [str(name) for name in found['subject']] == sorted(maps.labels)
    text = dict(subject=object, region=object)
    pd.testing.assert_frame_equal(found.astype(text), wanted.astype(text), rtol=1e-12)


def test_a_folder_with_other_files_is_none(maps, tmp_path, capsys):
    assert main(['features', str(tmp_path / 'maps'), '-o', str(tmp_path / 'maps')]) == 2
    assert 'a dataset needs a folder of its own' in capsys.readouterr().err
    (tmp_path / 'file').write_text('')
    assert main(['features', str(tmp_path / 'maps'), '-o', str(tmp_path / 'file') + '/']) == 2
    assert 'cannot be made' in capsys.readouterr().err
