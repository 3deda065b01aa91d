# -*- coding: utf-8 -*-
"""A run's end leaves nothing behind, whatever comes in between."""

import os
import signal
import threading
import time

import numpy as np
import pytest

from niftynet_activations.errors import GeometryError, WriteError
from niftynet_activations.exactness.judgement import Judgement, MapVerdict
from niftynet_activations.planning.plan import SubjectPlan, TablePlan
from niftynet_activations.running.run import ActivationRun
from niftynet_activations.store.description import MapDescription
from niftynet_activations.store.folder import OutputFolder
from niftynet_activations.store.vectors import vector_spec
from running.test_subject_maps import SHAPE, map_plan


def started_run(folder, subjects=('1',), starts=((0,), (2,), (4,))):
    """
    :return: a run over the windows at these starts, of a layer without place
    """
    plans = {
        index: SubjectPlan(
            name,
            starts,
            [
                TablePlan(
                    'key', vector_spec(name, 'fc', 'out', (0, 3)), (5, 7, 11), MapDescription()
                )
            ],
        )
        for index, name in enumerate(subjects)
    }
    run = ActivationRun(plans, OutputFolder(str(folder)), 1000, [])
    run.start()
    return run


def run_with_a_map(folder, judge):
    """
    :param judge: gives the verdict on the map, from whether it is still wanted
    :return: a run of a subject with one window, started
    """
    plan = map_plan()
    plan = plan._replace(verdict=Judgement(judge))
    run = ActivationRun(
        {0: SubjectPlan('1', [[0]] * 3, [plan])}, OutputFolder(str(folder)), 1000, []
    )
    run.start()
    return run


def add_map_window(run):
    run.add_window(0, (0, 0, 0), {'key': np.ones(SHAPE + (2,), np.float32)})


def add(run, index):
    run.add_window(index, (0, 2, 4), {'key': np.ones(2, np.float32)})


def names(folder):
    return sorted(os.listdir(str(folder)))


def test_a_run_that_goes_well(tmp_path):
    run = started_run(tmp_path)
    add(run, 0)
    run.close()
    run.close()
    run.check_complete()
    assert names(tmp_path) == [
        'activation_fc_1_out.csv',
        'activation_fc_1_out.json',
        'activations.csv',
        'layers.csv',
    ]


def test_the_first_subject_is_made_ready_and_may_be_left_out(tmp_path):
    run = started_run(tmp_path, ('1', '2'))
    add(run, 1)
    run.close()
    run.leave_out(0)
    run.check_complete()
    assert [name for name in names(tmp_path) if 'fc' in name] == [
        'activation_fc_2_out.csv',
        'activation_fc_2_out.json',
    ]
    assert not [name for name in names(tmp_path) if name.startswith('.')]


def test_a_subject_that_was_not_reached(tmp_path):
    run = started_run(tmp_path, ('1', '2'))
    add(run, 0)
    run.close()
    with pytest.raises(WriteError, match='before these subjects were reached: 2; run it again'):
        run.check_complete()
    assert 'activation_fc_1_out.json' in names(tmp_path)


def test_what_is_given_up_does_not_hinder_the_others(tmp_path):
    """Of the first subject all windows have come, of the second all but one, and all wait."""
    run = started_run(tmp_path, ('1', '2'), starts=[[0, 5], [2], [4]])
    go_on = threading.Event()
    for _ in range(2):
        run._working.pipeline.put(go_on.wait)
    for index, x in ((1, 0), (0, 0), (0, 5)):
        run.add_window(index, (x, 2, 4), {'key': np.ones(2, np.float32)})
    threading.Timer(0.2, go_on.set).start()
    run.close()
    with pytest.raises(WriteError, match=r"all windows of subject '2' had come \(1 missing\)"):
        run.check_complete()
    assert 'activation_fc_1_out.json' in names(tmp_path)
    assert 'activation_fc_2_out.csv' not in names(tmp_path)


def test_a_run_that_never_starts_holds_nothing(tmp_path):
    """Ctrl-C may come between the graph and the session."""
    before = signal.getsignal(signal.SIGTERM)
    run = ActivationRun({}, OutputFolder(str(tmp_path)), 1000, [])
    assert names(tmp_path) == []
    assert signal.getsignal(signal.SIGTERM) is before
    with OutputFolder(str(tmp_path)):
        with pytest.raises(WriteError, match='another run'):
            run.start()
        assert signal.getsignal(signal.SIGTERM) is before
    with pytest.raises(WriteError, match='ended before its first window'):
        run.check_complete()


def test_interrupted_while_the_last_maps_are_written(tmp_path):
    """The folder is free for the next run of the same process."""
    run = started_run(tmp_path)
    go_on = threading.Event()
    run._working.pipeline.put(go_on.wait)
    add(run, 0)

    def interrupt():
        time.sleep(0.2)
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.2)
        go_on.set()

    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        run._working.pipeline.put(go_on.wait)
        run.close()
    thread.join()
    with pytest.raises(WriteError, match='interrupted'):
        run.check_complete()
    assert [name for name in names(tmp_path) if name.startswith('.')] == []
    with OutputFolder(str(tmp_path)):
        pass
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_a_batch_holds_windows_of_several_subjects_and_signals_to_stop(tmp_path):
    run = started_run(tmp_path, ('1', '2'))
    values = np.arange(8, dtype=np.float32).reshape(4, 2)
    places = [[1, 0, 2, 4, 5, 9, 15], [-1] * 7, [0, 0, 2, 4, 5, 9, 15], [0, 0, 2, 4, 5, 9, 15]]
    run.add_windows({'key': values}, np.array(places))
    run.close()
    run.check_complete()
    for subject, row in (('1', '4,5'), ('2', '0,1')):
        written = (tmp_path / 'activation_fc_{}_out.csv'.format(subject)).read_text()
        assert written.splitlines()[1:] == ['0,2,4,5,9,15,' + row]


def test_a_search_for_the_verdict_ends_with_the_run(tmp_path):
    searching = threading.Event()

    def judge(wanted):
        searching.set()
        while wanted():
            time.sleep(0.01)
        raise GeometryError('given up')

    run = run_with_a_map(tmp_path, judge)
    assert searching.wait(10)
    run.close()  # waits for ever where the search goes on
    with pytest.raises(WriteError, match='before these subjects were reached: 1'):
        run.check_complete()
    assert not [name for name in names(tmp_path) if 'deep' in name]


def test_a_verdict_takes_no_writer_s_thread(tmp_path):
    """All threads that write are free while the verdict is searched for."""
    go_on, judged_by = threading.Event(), []

    def judge(wanted):
        judged_by.append(threading.current_thread().name)
        assert go_on.wait(10)
        return MapVerdict(True, None, [5, 7, 11])

    run = run_with_a_map(tmp_path, judge)
    add_map_window(run)  # its last window: what is left waits for the verdict
    workers = run._working.pipeline._workers
    together = threading.Barrier(workers + 1)
    for _ in range(workers):
        run._working.pipeline.put(lambda: together.wait(10))
    together.wait(10)
    assert 'activation_deep_1_out.nii' not in names(tmp_path)
    go_on.set()
    run.close()
    run.check_complete()
    assert 'activation_deep_1_out.nii' in names(tmp_path)
    assert judged_by == ['activations-judging']


def test_a_verdict_that_fails_is_an_error_of_the_run(tmp_path):
    def judge(wanted):
        raise GeometryError('no verdict')

    run = run_with_a_map(tmp_path, judge)
    add_map_window(run)
    run.close()
    with pytest.raises(GeometryError, match='no verdict'):
        run.check_complete()
    assert not [name for name in names(tmp_path) if 'deep' in name]


def test_files_that_cannot_be_made_ready_are_an_error_of_the_run(tmp_path, monkeypatch):
    def refuse(plan, folder):
        raise WriteError('no room')

    monkeypatch.setattr('niftynet_activations.running.at_work.SubjectMaps', refuse)
    run = started_run(tmp_path)
    run.close()
    with pytest.raises(WriteError, match='no room'):
        run.check_complete()
