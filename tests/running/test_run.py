# -*- coding: utf-8 -*-
"""A run's end leaves nothing behind, whatever comes in between."""

import os
import signal
import threading
import time

import numpy as np
import pytest

from niftynet_activations.errors import WriteError
from niftynet_activations.planning.plan import TablePlan
from niftynet_activations.running.run import ActivationRun, SubjectPlan
from niftynet_activations.store.folder import OutputFolder
from niftynet_activations.store.vectors import vector_spec


def started_run(folder, subjects=('1',), starts=((0,), (2,), (4,))):
    """
    :return: a run over the windows at these starts, of a layer without place
    """
    plans = {
        index: SubjectPlan(
            name,
            starts,
            [TablePlan('key', vector_spec(name, 'fc', 'out', (0, 3)), (5, 7, 11), {})],
        )
        for index, name in enumerate(subjects)
    }
    run = ActivationRun(plans, OutputFolder(str(folder)), 1000, [])
    run.start()
    return run


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
        run._pipeline.put(go_on.wait)
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
    run._pipeline.put(go_on.wait)
    add(run, 0)

    def interrupt():
        time.sleep(0.2)
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.2)
        go_on.set()

    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        run._pipeline.put(go_on.wait)
        run.close()
    thread.join()
    with pytest.raises(WriteError, match='interrupted'):
        run.check_complete()
    assert [name for name in names(tmp_path) if name.startswith('.')] == []
    with OutputFolder(str(tmp_path)):
        pass
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
