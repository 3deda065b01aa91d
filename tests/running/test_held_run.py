# -*- coding: utf-8 -*-
"""Windows become arrays, of one subject and of the next one that is like it."""

import threading
import weakref

import numpy as np
import pytest

from niftynet_activations.errors import WriteError
from niftynet_activations.planning.plan import SubjectPlan, TablePlan
from niftynet_activations.running.held_run import HeldPlan, HeldRun
from niftynet_activations.store.description import MapDescription
from niftynet_activations.store.nameless import NamelessArrays
from niftynet_activations.store.vectors import vector_spec
from running.test_subject_maps import SHAPE, map_plan

VALUES = np.random.RandomState(0).randn(1, *SHAPE + (2,)).astype(np.float32)
AT_ORIGIN = np.array([[0, 0, 0, 0] + list(SHAPE)])
STOP = np.full((1, 7), -1)
TABLE = TablePlan('row', vector_spec('1', 'fc', 'out', (0, 3)), SHAPE, MapDescription())


def run_of(*maps):
    plan = SubjectPlan('1', [[0]] * 3, list(maps) or [map_plan()])
    return HeldRun(HeldPlan(0, plan, 1 << 20), NamelessArrays())


@pytest.mark.parametrize('stitch', ['crop', 'average'])
@pytest.mark.parametrize('on_disk', [False, True])
def test_windows_of_one_subject_after_the_other(tmp_path, stitch, on_disk):
    before = threading.active_count()
    run = run_of(map_plan(stitch=stitch), TABLE)
    assert (
        run.keys == {'key', 'row'} and run.bytes == 4 * VALUES.size and run.unneeded == {0: set()}
    )
    for number, name in enumerate('ab'):
        arrays = NamelessArrays(str(tmp_path) if on_disk else None)
        again = run.again(name, arrays)
        with again:
            given = {'key': VALUES + number, 'row': np.array([[1.5, number]], np.float32)}
            for location in (AT_ORIGIN, AT_ORIGIN, STOP):  # a window may come twice
                again.add_windows(given, location)
            made, rows = again.finish()
        assert (made.spec.subject, made.spec.layer) == (name, 'deep')
        np.testing.assert_array_equal(made.values, VALUES[0] + number)
        assert (made.description.subject, made.description.exact) == (name, True)
        assert rows.spec.subject == name and rows.values['c3'].tolist() == [number]
        assert list(tmp_path.iterdir()) == []
    assert threading.active_count() == before


def test_a_verdict_is_worked_out_once():
    asked = []
    plan = map_plan()
    judge = plan.verdict._judge
    plan.verdict._judge = lambda wanted: asked.append(1) or judge(wanted)
    for _ in range(3):
        run = run_of(plan)
        with run:
            run.add_windows({'key': VALUES}, AT_ORIGIN)
            run.finish()
    assert asked == [1]


def test_what_was_made_is_the_caller_s():
    """The run keeps nothing of it."""
    run = run_of()
    with run:
        run.add_windows({'key': VALUES}, AT_ORIGIN)
        (made,) = run.finish()
    left = weakref.ref(made.values)
    del made
    assert left() is None


def test_parts_of_a_window():
    run = run_of()
    with run:
        for corner in (0, 3):
            run.add_part(0, (0, 0, 0), 'key', (corner, 0, 0), VALUES[0, corner : corner + 3])
        run.step('stage 1 of 1')
        run.end_window(0, (0, 0, 0))
        (made,) = run.finish()
    np.testing.assert_array_equal(made.values, VALUES[0])


def test_what_ends_too_early_leaves_no_thread():
    before = threading.active_count()
    run = run_of()
    with pytest.raises(WriteError, match='a window came before the run had started'):
        run.add_windows({'key': VALUES}, AT_ORIGIN)
    with pytest.raises(WriteError, match="windows of subject '1' had come"), run:
        run.finish()
    with pytest.raises(KeyError), run:
        run.add_windows({}, AT_ORIGIN)
    assert threading.active_count() == before
