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
    wanted = pd.read_csv(str(one), dtype={'subject': str, 'region': str})
    tables = [pd.read_parquet(str(many))]
    pyarrow = pytest.importorskip('pyarrow.dataset')
    tables.append(pyarrow.dataset(str(many), format='parquet').to_table().to_pandas())
    dask = pytest.importorskip('dask.dataframe')
    tables.append(dask.read_parquet(str(many)).compute())
    for table in tables:
        found = table.sort_values('subject').reset_index(drop=True)
        # names that look like numbers stay names
        assert [str(name) for name in found['subject']] == sorted(maps.labels)
        pd.testing.assert_frame_equal(
            found[list(wanted)].astype(dict(subject=object, region=object)),
            wanted.sort_values('subject')
            .reset_index(drop=True)
            .astype(dict(subject=object, region=object)),
            rtol=1e-12,
        )
    # again, into the same folder: a subject's file is replaced
    assert main(words + ['-o', str(many)]) == 0
    assert len(os.listdir(str(many))) == len(maps.labels)


def test_a_folder_with_other_files_is_none(maps, tmp_path, capsys):
    assert main(['features', str(tmp_path / 'maps'), '-o', str(tmp_path / 'maps')]) == 2
    assert 'a dataset needs a folder of its own' in capsys.readouterr().err
    (tmp_path / 'file').write_text('')
    assert main(['features', str(tmp_path / 'maps'), '-o', str(tmp_path / 'file') + '/']) == 2
    assert 'cannot be made' in capsys.readouterr().err
