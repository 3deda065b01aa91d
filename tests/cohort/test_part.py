# -*- coding: utf-8 -*-
"""
Parts of a cohort of real subjects: the same files as a single run to the byte, what fails and what
is killed is no matter to the others, and what is complete is not made again.
"""

import glob
import json
import os
import re
import shutil
import signal
import subprocess
import sys

import nibabel as nib
import numpy as np
import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

from cohort_folders import contents, states  # noqa: E402
from inference_runs import run_activations  # noqa: E402
from toy_runs import AFFINE, LAYER, change_config, image_path, make_toy  # noqa: E402

from niftynet_activations.cohort import part, recorder  # noqa: E402
from niftynet_activations.cohort.reading import read_subjects  # noqa: E402
from niftynet_activations.cohort.records import MOST_ATTEMPTS, RECORDS, Journal  # noqa: E402
from niftynet_activations.command_line import main  # noqa: E402
from niftynet_activations.errors import GeometryError, WriteError  # noqa: E402
from niftynet_activations.running import finished  # noqa: E402

SHAPES = {name: (12 + number % 2, 14, 16) for number, name in enumerate('badce')}
TABLES = ('--activation_tables', 'segmentation', '--activation_features', 'mean,std')
TRIALS = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(__file__))), 'trials')


@pytest.fixture(scope='module')
def toy(tmp_path_factory):
    """
    :return: the config's path, and the folder of a single run
    """
    folder = tmp_path_factory.mktemp('cohort')
    config = make_toy(folder / 'toy', SHAPES)
    run_activations(config, folder / 'single', '--activation_layers', LAYER, *TABLES)
    return config, folder / 'single'


def cohort(config, folder, *words):
    return main(
        ['cohort', '-c', str(config), '--save_seg_dir', str(folder)]
        + ['--activation_layers', LAYER]
        + list(words)
    )


def times(folder):
    return {path: os.stat(path).st_mtime_ns for path in glob.glob(os.path.join(str(folder), '*'))}


def copied(toy, tmp_path, changes=None):
    """
    :return: path of another config for the same images
    """
    with open(toy[0]) as source:
        (tmp_path / 'config.ini').write_text(source.read())
    return change_config(str(tmp_path / 'config.ini'), changes or {})


def test_parts_are_a_single_run_to_the_byte(toy, tmp_path, capsys):
    config, single = toy
    model = os.path.join(os.path.dirname(config), 'model')
    before = times(model)
    out = tmp_path / 'out'
    assert cohort(config, out, '--part', '2/2', *TABLES) == 0
    assert states(out) == dict(a='missing', b='missing', c='done', d='done', e='done')
    # an array's task, with a list of subjects of which only one is not there yet
    (tmp_path / 'list').write_text('b\na\nc\n')
    assert cohort(config, out, '--subjects', str(tmp_path / 'list'), *TABLES) == 0
    assert contents(out) == contents(single)
    assert times(model) == before  # NiftyNet has written nothing there
    (journal,) = {each.log for each in read_subjects(str(out)) if each.name == 'c'}
    assert not os.path.exists(journal)  # nothing failed, so that no log is left
    capsys.readouterr()
    # what is complete with the same settings is left alone, and the records do not grow
    there = times(out)
    assert cohort(config, out, *TABLES) == 0
    changed = {os.path.basename(path) for path, time in times(out).items() if time != there[path]}
    assert all(name.endswith('.csv') for name in changed)
    assert "subject 'b' is complete and was made with the same settings" in capsys.readouterr().out
    assert contents(out) == contents(single)
    assert len(glob.glob(str(out / RECORDS / 'journals' / '*'))) == 2


def test_what_is_proven_complete_is_not_even_opened(toy, tmp_path, capsys, caplog, monkeypatch):
    monkeypatch.setattr(part, 'MOST_AT_ONCE', 2)
    images = tmp_path / 'images'
    images.mkdir()
    for name in 'abcde':
        shutil.copy(image_path(os.path.dirname(toy[0]), name), str(images))
    config = copied(toy, tmp_path, {'T1': {'path_to_search': images}})
    out = tmp_path / 'out'
    assert cohort(config, out, *TABLES) == 0
    wanted = contents(out)

    def begun(*words):
        """Run it again, and give the subjects that were not passed over."""
        capsys.readouterr()
        caplog.clear()
        assert cohort(config, out, *(TABLES + words)) == 0
        said = capsys.readouterr().out
        looked_at = re.findall(r"subject '(.)' is complete and was made", said)
        passed = sum(map(int, re.findall(r'(\d+) subjects are complete and', caplog.text)))
        assert passed + len(looked_at) + said.count('Saved') == 5
        return looked_at

    # images that nobody can read, of the same size and age
    for name in 'cde':
        path = str(images / (name + '_T1.nii.gz'))
        size, before = os.path.getsize(path), os.stat(path)
        shutil.copy2(path, str(tmp_path / name))
        with open(path, 'wb') as stream:
            stream.write(b'x' * size)
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    # the first run of a process is the one that the others are compared with
    assert begun() == ['a', 'b']
    assert contents(out) == wanted and set(states(out).values()) == {'done'}
    for name in 'cde':
        shutil.copy2(str(tmp_path / name), str(images / (name + '_T1.nii.gz')))
    # an image that is newer, a segmentation that is gone and a table of one that is gone
    os.remove(str(out / 'window_seg_d_x.nii.gz'))
    (table,) = (out / RECORDS / 'tables').glob('activation_features*')
    os.remove(str(table / 'e.csv'))
    assert begun() == ['a', 'b', 'e']
    assert begun('--activation_existing', 'overwrite') == []
    assert contents(out) == wanted


def test_what_cannot_be_done_is_told_and_the_others_are(toy, tmp_path, capsys, monkeypatch):
    config, single = toy
    images = tmp_path / 'images'
    images.mkdir()
    for name in 'abcde':
        os.symlink(image_path(os.path.dirname(config), name), str(images / (name + '_T1.nii.gz')))
    with open(str(images / 'a_T1.nii.gz'), 'rb') as stream:
        whole = stream.read()
    (images / 'a_T1.nii.gz').unlink()
    (images / 'a_T1.nii.gz').write_bytes(whole[: len(whole) // 2])
    other = copied(toy, tmp_path, {'T1': {'path_to_search': images}})
    digest, original = finished.digest, recorder.Recorder.choose

    def without_d(path):
        if 'window_seg_d' in path:
            raise OSError('the disk has gone')
        return digest(path)

    def without_c(self, subjects):
        # an error of one subject before the first window of any
        if 'c' in self._wanted and len(self._wanted) > 1:
            raise GeometryError('the network takes no such size')
        return original(self, subjects)

    monkeypatch.setattr(finished, 'digest', without_d)
    monkeypatch.setattr(recorder.Recorder, 'choose', without_c)
    out = tmp_path / 'out'
    assert cohort(other, out) == 2
    said = capsys.readouterr().err.splitlines()[-1]
    assert said.startswith("net_activations: error: not all subjects could be done: 'a': ")
    assert (
        "'d': failed writing the segmentation of subject 'd': the disk has gone" in said
        and '--failed gives the names' in said
    )
    assert states(out) == dict(a='failed', b='done', c='done', d='failed', e='done')
    failed = {each.name: each for each in read_subjects(str(out)) if each.state == 'failed'}
    assert 'a_T1.nii.gz' in failed['a'].reason
    with open(os.path.join(failed['a'].log, 'inference_niftynet_log')) as log:
        assert "subject 'a' is left out" in log.read()
    assert sorted(os.listdir(failed['a'].log)) == ['inference_niftynet_log']
    # mended, and only those that failed are done
    monkeypatch.undo()
    (images / 'a_T1.nii.gz').write_bytes(whole)
    assert main(['status', str(out), '--failed']) == 1
    (tmp_path / 'failed').write_text(capsys.readouterr().out)
    assert cohort(other, out, '--subjects', str(tmp_path / 'failed')) == 0
    assert set(states(out).values()) == {'done'}
    for name in 'acd':
        seg = 'window_seg_{}_x.nii.gz'.format(name)
        assert contents(out)[seg] == contents(single)[seg]


@pytest.mark.parametrize(
    'words,said',
    [
        (['--activation_layers', 'nothing'], 'nothing'),
        (['--inference_iter', '77'], 'no checkpoint of iteration 77'),
        (['--activation_layers', 'none'], 'activation_layers = none: a cohort tells by its maps'),
        (['--part', '7/3'], 'expected K/N'),
        (['--part', '1/3', '--workers', '2'], '--part is for a process'),
        (['--window_sampling', 'resize', '--batch_size', '2'], 'subjects share batches'),
        (['--batch_size', '2', '--smaller_final_batch_mode', 'drop'], 'set it to pad'),
        (['--normalisation', 'True', '--histogram_ref_file', 'h.txt'], 'holds no landmarks'),
    ],
)
def test_what_is_wrong_with_the_config_ends_all_at_once(toy, tmp_path, capsys, words, said):
    assert main(['cohort', '-c', toy[0], '--save_seg_dir', str(tmp_path / 'out')] + words) == 2
    last = capsys.readouterr().err.splitlines()[-1]
    assert last.startswith('net_activations: error: ') and said in last
    assert not glob.glob(str(tmp_path / 'out' / '*'))


def test_three_alike_in_a_row_end_the_part(toy, tmp_path, capsys, monkeypatch):
    def full(path):
        raise WriteError('the disk is full')

    monkeypatch.setattr(finished, 'digest', full)
    assert cohort(toy[0], tmp_path) == 2
    assert '3 subjects in a row failed for the same reason' in capsys.readouterr().err
    assert sorted(states(tmp_path).values()) == ['failed'] * 3 + ['missing'] * 2


def test_a_subject_that_another_process_has_is_left_to_it(toy, tmp_path, capsys):
    journal = Journal(str(tmp_path))
    other = recorder.Recorder(str(tmp_path), journal, {}, lambda name: None)
    assert other.claim('b')
    assert cohort(toy[0], tmp_path) == 0
    assert 'other processes have 1 of the subjects' in capsys.readouterr().err
    assert states(tmp_path)['b'] == 'missing'
    other.release()
    journal.close()


def test_a_subject_that_ends_its_process_thrice_is_given_up(toy, tmp_path, capsys):
    folder = str(tmp_path)
    for _ in range(MOST_ATTEMPTS):
        journal = Journal(folder)
        journal.add('b', 'running')
        journal._alive.forget()  # as if it was killed
    assert cohort(toy[0], tmp_path) == 2
    assert 'its process ended while it was under way' in capsys.readouterr().err
    assert states(tmp_path) == dict(a='done', b='failed', c='done', d='done', e='done')
    # asked again, it is tried again
    assert cohort(toy[0], tmp_path) == 0
    assert states(tmp_path)['b'] == 'done'


@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGTERM])
def test_told_to_stop(toy, tmp_path, monkeypatch, number):
    begun = recorder.Recorder.begun

    def stop_at_b(self, subject):
        begun(self, subject)
        if subject == 'b':
            os.kill(os.getpid(), number)

    monkeypatch.setattr(recorder.Recorder, 'begun', stop_at_b)
    with pytest.raises(SystemExit) as ended:
        cohort(toy[0], tmp_path)
    assert ended.value.code == 128 + number
    # nothing is wrong with what was under way, and nothing is left of it
    assert {states(tmp_path)[name] for name in 'bcde'} == {'missing'}
    assert not glob.glob(str(tmp_path / RECORDS / 'runs' / '*'))
    assert not glob.glob(str(tmp_path / '.activations-[!c]*'))
    monkeypatch.undo()
    assert cohort(toy[0], tmp_path) == 0
    assert set(states(tmp_path).values()) == {'done'}


def test_a_whole_axis_is_each_subjects_own(toy, tmp_path):
    config = copied(toy, tmp_path, {'INFERENCE': {'spatial_window_size': '(0, 14, 16)'}})
    image = nib.Nifti1Image(np.zeros((15, 14, 16), np.float32), AFFINE)
    images = tmp_path / 'images'
    images.mkdir()
    os.symlink(image_path(os.path.dirname(toy[0]), 'a'), str(images / 'a_T1.nii.gz'))
    nib.save(image, str(images / 'z_T1.nii.gz'))  # larger than the first
    change_config(config, {'T1': {'path_to_search': images}})
    assert cohort(config, tmp_path / 'out') == 0
    with open(str(tmp_path / 'out' / ('activation_' + LAYER + '_z_x.json'))) as stream:
        assert json.load(stream)['shape'][:3] == [15, 14, 16]


def test_killed_at_random_moments(toy, tmp_path):
    words = [sys.executable, os.path.join(TRIALS, 'cohort_kills.py'), toy[0]]
    single = tmp_path / 'single'
    run_activations(toy[0], single, '--activation_layers', LAYER)
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path))
    subprocess.run(
        words + [str(single), str(tmp_path / 'out'), '3', '3'], env=environment, check=True
    )
