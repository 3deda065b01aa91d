# -*- coding: utf-8 -*-
"""One run at a time, nothing hidden left behind."""

import itertools
import os
import threading
from functools import partial

import pytest

from niftynet_activations.errors import WriteError
from niftynet_activations.store import folder as folder_module
from niftynet_activations.store import locks
from niftynet_activations.store.folder import (
    LOCK,
    SCRATCH,
    SCRATCH_VARIABLE,
    OutputFolder,
    scratch_folder,
)

HOLD = """
import sys
from niftynet_activations.store.folder import OutputFolder
folder = OutputFolder(sys.argv[1], *sys.argv[2:]).open()
open(folder.scratch('half'), 'w').close()
open(folder.spool('half'), 'w').close()
print('held', flush=True)
sys.stdin.read()
"""


@pytest.fixture
def hold(holding):
    """
    :return: function that lets another process hold a folder, and gives that process
    """
    return partial(holding, HOLD)


def test_folder_is_made_and_left_clean(tmp_path):
    path = tmp_path / 'a' / 'b'
    with OutputFolder(str(path)) as folder:
        with open(folder.scratch('x'), 'w') as stream:
            stream.write('whole')
        folder.publish(stream.name, 'final')
        folder.publish_text('text', 'other')
        open(folder.spool('y'), 'w').close()
        assert folder.scratch('x') != folder.scratch('x')
    assert sorted(p.name for p in path.iterdir()) == ['final', 'other']
    assert (path / 'final').read_text() == 'whole'


def test_large_scratch_may_lie_elsewhere(tmp_path):
    with OutputFolder(str(tmp_path / 'out'), str(tmp_path / 'scratch')) as folder:
        assert os.path.dirname(os.path.dirname(folder.spool('y'))) == str(tmp_path / 'scratch')
        assert folder.scratch('y').startswith(str(tmp_path / 'out'))
    assert not list((tmp_path / 'scratch').iterdir())


def test_second_run_is_told(tmp_path, hold):
    first = hold(tmp_path)
    with pytest.raises(WriteError, match=r'another run \(process {} on'.format(first.pid)):
        OutputFolder(str(tmp_path)).open()
    assert any(p.name.startswith(SCRATCH) for p in tmp_path.iterdir())
    first.communicate(b'')
    OutputFolder(str(tmp_path)).open().close()
    assert not list(tmp_path.iterdir())


def test_two_folders_in_one_process_are_told_too(tmp_path):
    with OutputFolder(str(tmp_path)):
        with pytest.raises(WriteError, match='another run'):
            OutputFolder(str(tmp_path)).open()
        assert (tmp_path / LOCK).exists()


def test_what_a_killed_run_left_goes_with_the_next(tmp_path, hold):
    out, scratch = tmp_path / 'out', tmp_path / 'scratch'
    first = hold(out, scratch)
    other = hold(tmp_path / 'other', scratch)
    first.kill()
    first.wait()
    assert len(list(out.iterdir())) == 2 and len(list(scratch.iterdir())) == 2
    with OutputFolder(str(out), str(scratch)):
        assert len(list(scratch.iterdir())) == 2
    assert not list(out.iterdir())
    # the scratch folder of a live run into another folder stays
    (left,) = scratch.iterdir()
    assert left.name.endswith(str(other.pid))


def test_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / 'file').write_text('')
    with pytest.raises(WriteError, match='cannot be written .*set activation_dir'):
        OutputFolder(str(tmp_path / 'file' / 'out')).open()


@pytest.mark.skipif(os.geteuid() == 0, reason='root may write everywhere')
def test_folder_without_permission_is_told(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(WriteError, match='cannot be written'):
        OutputFolder(str(tmp_path)).open()


def test_forgotten_folder_is_cleaned_when_the_program_ends(tmp_path, hold):
    process = hold(tmp_path)
    process.communicate(b'')
    assert process.returncode == 0
    assert not list(tmp_path.iterdir())


def test_thread_that_still_writes_does_not_hinder_the_end(tmp_path):
    folder = OutputFolder(str(tmp_path)).open()
    started = threading.Event()

    def write():
        for number in itertools.count():
            try:
                with open(folder.scratch(str(number)), 'w'):
                    pass
            except OSError:
                return
            if number == 100:
                started.set()

    thread = threading.Thread(target=write)
    thread.start()
    assert started.wait(5)
    folder.close()
    thread.join(5)
    assert not thread.is_alive()
    assert not list(tmp_path.iterdir())


def test_stopped_while_the_folder_is_being_taken(tmp_path, monkeypatch):
    def stop(*unused):
        raise SystemExit(143)

    # a signal may come at any place; these two are behind the lock and in front of it
    for name in ('whoami', '_lock'):
        with monkeypatch.context() as patch:
            patch.setattr(locks, name, stop)
            with pytest.raises(SystemExit):
                OutputFolder(str(tmp_path)).open()
        assert list(tmp_path.iterdir()) == []
    with OutputFolder(str(tmp_path)) as held:
        with pytest.raises(WriteError, match='another run'):
            OutputFolder(str(tmp_path)).open()
        assert held.path == str(tmp_path) and (tmp_path / '.activations-lock').exists()


def test_large_scratch_files_go_where_the_environment_says(tmp_path, monkeypatch):
    monkeypatch.delenv(SCRATCH_VARIABLE, raising=False)
    assert scratch_folder() is None
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(SCRATCH_VARIABLE, 'fast')
    assert scratch_folder() == str(tmp_path / 'fast')


SHARE = HOLD.replace('*sys.argv[2:])', 'sys.argv[2], shared=True)')


@pytest.fixture
def share(tmp_path, holding):
    """
    :return: function that lets another process write into ``tmp_path / 'out'`` beside others
    """
    return partial(holding, SHARE, tmp_path / 'out', tmp_path / 'scratch')


def test_runs_that_share_a_folder(tmp_path, share):
    out, scratch = tmp_path / 'out', tmp_path / 'scratch'

    def hidden():
        return [
            sorted(name for name in os.listdir(str(place)) if name.startswith(SCRATCH))
            for place in (out, scratch)
        ]

    first, second = share(), share()
    assert len(hidden()[0]) == 2 and hidden()[0] == hidden()[1]
    # one that shares with nobody keeps out, and so do the others while it is there
    with pytest.raises(WriteError, match='another run'):
        OutputFolder(str(out)).open()
    first.kill()
    first.wait()
    # what the dead one left goes, what the live one has stays
    third = OutputFolder(str(out), str(scratch), shared=True).open()
    assert len(hidden()[0]) == 2 and hidden()[0] == hidden()[1]
    mine = os.path.basename(os.path.dirname(third.scratch('x')))
    (other,) = set(hidden()[0]) - {mine}
    assert os.listdir(str(out / other)) and mine in hidden()[0]
    third.close()
    assert hidden() == [[other], [other]]
    second.communicate(b'')
    assert second.returncode == 0
    assert not list(out.iterdir()) and not list(scratch.iterdir())


def test_one_that_shares_waits_a_moment_and_is_told_then(tmp_path, hold, monkeypatch):
    monkeypatch.setattr(folder_module, 'PATIENCE', 0.2)
    first = hold(tmp_path)
    with pytest.raises(WriteError, match=r'another run \(process {} on'.format(first.pid)):
        OutputFolder(str(tmp_path), shared=True).open()
    # a run that was killed had no lock in its scratch folder
    first.kill()
    first.wait()
    with OutputFolder(str(tmp_path), shared=True) as folder:
        (left,) = [name for name in os.listdir(str(tmp_path)) if name.startswith(SCRATCH)]
        assert folder.scratch('x').startswith(str(tmp_path / left))
    assert not list(tmp_path.iterdir())


def test_names_are_looked_for_once(tmp_path):
    (tmp_path / 'b').write_text('')
    (tmp_path / 'a').write_text('')
    folder = OutputFolder(str(tmp_path))
    assert folder.names() == ['a', 'b']
    (tmp_path / 'c').write_text('')
    assert folder.names() == ['a', 'b']
