# -*- coding: utf-8 -*-
"""When a subject that is done is proven to be complete, and when it has to be looked at."""

import argparse
import os
import types

import pytest

from niftynet_activations.cohort.proofs import Known, Proofs, state_with_inputs
from niftynet_activations.cohort.reading import Result, read_subjects
from niftynet_activations.cohort.records import Journal, write_subjects

MAP, SIDECAR, RESULT, PART = 'm.nii.gz', 'm.json', 'seg.nii.gz', 'part_a.csv'


@pytest.fixture
def folder(tmp_path):
    for name in (MAP, SIDECAR, RESULT, PART, 'image.nii', 'mask.nii'):
        (tmp_path / name).write_text(name)
        os.utime(str(tmp_path / name), (1000, 1000))
    write_subjects(str(tmp_path), ['a', 'b'])
    return tmp_path


def proofs(folder, state='state', image='image.nii'):
    lists = {'T1': {'a': [str(folder / image)]}, 'mask': {'a': [str(folder / 'mask.nii'), '']}}
    known = Known(state, [str(folder / 'part_{}.csv')])
    return Proofs(str(folder), lists, known)


def record(folder, made, **changes):
    rows = [['a', 'l', MAP, 2, 3, 4, 5, 'float32', None]]
    result = Result(rows, str(folder / RESULT))
    journal = Journal(str(folder))
    told = dict(rows=rows, result=result.path, proof=made.of('a', result))
    journal.add('a', 'done', **dict(told, **changes))
    journal.close()
    return read_subjects(str(folder))


def test_one_that_is_as_it_was(folder):
    made = proofs(folder)
    done, missing = record(folder, made)
    assert made.hold(done) and not made.hold(missing) and not made.hold(None)
    assert proofs(folder).hold(done)
    nothing_known = Proofs(str(folder), made._lists)
    assert not nothing_known.hold(done) and nothing_known.of('a', Result((), None)) == ''


@pytest.mark.parametrize('name', [MAP, SIDECAR, RESULT, 'image.nii', 'mask.nii'])
@pytest.mark.parametrize('change', ['gone', 'longer', 'newer'])
def test_one_of_which_a_file_is_another(folder, name, change):
    (done, _), path = record(folder, proofs(folder)), folder / name
    if change == 'gone':
        path.unlink()
    elif change == 'longer':
        path.write_text('longer ' + name)
        os.utime(str(path), (1000, 1000))
    else:
        os.utime(str(path), (1000, 1001))
    assert not proofs(folder).hold(done)


def test_one_that_would_be_made_otherwise(folder):
    done, _ = record(folder, proofs(folder))
    assert not proofs(folder, state='other').hold(done)
    assert not proofs(folder, image='mask.nii').hold(done)
    (folder / PART).unlink()  # of a table
    assert not proofs(folder).hold(done)


def test_one_that_an_older_version_has_done(folder):
    done, _ = record(folder, proofs(folder), proof='')
    assert not proofs(folder).hold(done)


def test_how_images_are_read_counts_and_how_they_are_found_does_not():
    def state(**changes):
        values = dict(interp_order=3, csv_file='', path_to_search='here', loader=None)
        section = argparse.Namespace(**dict(values, **changes))
        return state_with_inputs('state', types.SimpleNamespace(inputs={'T1': section}))

    assert state() == state(path_to_search='', csv_file='list.csv')
    assert len({state(), state(interp_order=1), state(loader='simpleitk')}) == 3
