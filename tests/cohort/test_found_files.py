# -*- coding: utf-8 -*-
"""The files of a cohort: found as NiftyNet finds them, and given to a run of some subjects."""

import argparse
import csv

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

import inference_runs  # noqa: E402, F401  before what it has to adapt
from niftynet.io.image_sets_partitioner import ImageSetsPartitioner  # noqa: E402
from niftynet.utilities.filename_matching import KeywordsMatching  # noqa: E402
from niftynet.utilities.util_csv import match_and_write_filenames_to_csv  # noqa: E402
from toy_runs import make_toy  # noqa: E402

from niftynet_activations.cohort.found_files import (  # noqa: E402
    find_files,
    listed_inputs,
    write_config,
)
from niftynet_activations.host.config import Config, read_config  # noqa: E402


def section(**values):
    return argparse.Namespace(**dict(dict(csv_file='', path_to_search=''), **values))


def config_of(**sections):
    return Config({}, sections, object)


# names of which parts are the same in several files, or twice in one, or nothing is left of
NAMES = ('sub-01_T1.nii', 'sub-02_T1.nii.gz', 'a_T1_b.nii', 'b_T1_c.nii', 'x_T1_x.nii', 'T1.nii')
NAMES += ('k_T1_01.nii', 'm_T1_01.nii', 'sub-03_T2.nii', '\xe4 b_T1.nii', 'q_T1_seg.nii')


@pytest.mark.parametrize(
    'words',
    [
        dict(filename_contains=('T1',)),
        dict(filename_contains=('T1', 'nii'), filename_not_contains=('seg',)),
        dict(filename_contains='T1', filename_removefromid='_T1|sub-'),
        dict(),
    ],
)
def test_as_niftynet_finds_them(tmp_path, words):
    (tmp_path / 'in').mkdir()
    for name in NAMES:
        (tmp_path / 'in' / name).write_text('')
    values = dict(words, path_to_search=str(tmp_path / 'in'))
    wanted = match_and_write_filenames_to_csv(
        [KeywordsMatching.from_dict(values)], str(tmp_path / 'out' / 'list.csv')
    )
    found = find_files(config_of(T1=section(**values))).lists['T1']
    assert [[name, path] for name, paths in found.items() for path in paths] == [
        list(each) for each in wanted
    ]
    assert len(found) > 2
    # two files of one subject: NiftyNet passes over the section
    (tmp_path / 'in' / 'k_T1_02.nii').write_text('')
    (tmp_path / 'in' / 'k_T1_03.nii').write_text('')
    if words == dict(filename_contains=('T1',)):
        assert find_files(config_of(T1=section(**values))).lists == {'T1': {}}


def test_lists_that_persons_wrote_and_sections_without_a_file(tmp_path):
    (tmp_path / 'list.csv').write_text('007, a.nii\nb,b.nii\n007,c.nii\nempty,\n')
    found = find_files(
        config_of(
            T1=section(csv_file=str(tmp_path / 'list.csv')),
            T2=section(path_to_search=str(tmp_path), filename_contains=('none',)),
            age=section(csv_data_file='ages.csv'),
        )
    )
    assert found.lists == {
        'T1': {'007': ['a.nii', 'c.nii'], 'b': ['b.nii'], 'empty': ['']},
        'T2': {},
    }
    assert found.subjects == ['007', 'b', 'empty'] and found.of(['b']).subjects == ['b']
    found.write(str(tmp_path), ['007', 'b'])
    with open(str(tmp_path / 'T1.csv'), newline='') as stream:
        assert list(csv.reader(stream)) == [['007', 'a.nii'], ['007', 'c.nii'], ['b', 'b.nii']]
    assert (tmp_path / 'T2.csv').read_text().split() == ['007,', 'b,']
    # NiftyNet takes them, and has no file where there is none
    inputs = listed_inputs(config_of(T1=section(), T2=section(path_to_search='x')), str(tmp_path))
    table = ImageSetsPartitioner().initialise(inputs, data_split_file='none').all_files
    assert set(table['subject_id']) == {'007', 'b'} and table['T2'].isna().all()


def test_a_run_of_some_subjects_reads_their_lists_alone(tmp_path):
    path = make_toy(tmp_path / 'toy', {name: (12, 14, 16) for name in 'abc'})
    config = read_config(path)
    folder = tmp_path / 'private 100%'
    folder.mkdir()
    copy = str(folder / 'config.ini')
    write_config(copy, config)
    find_files(config).write(str(folder), ['c', 'a'])
    read = read_config(copy)
    assert read.inputs['T1'].csv_file == str(folder / 'T1.csv')
    assert not getattr(read.inputs['T1'], 'path_to_search', '')
    for name in ('NETWORK', 'INFERENCE', 'CUSTOM'):
        assert vars(read.system[name]) == vars(config.system[name])
    files = ImageSetsPartitioner().initialise(read.inputs, data_split_file='none').all_files
    assert list(files['subject_id']) == ['a', 'c']
