# -*- coding: utf-8 -*-
"""
Endings of whole runs: told to stop, killed, disk full, a writer that fails, a second run.

Each is a real ``net_run`` on three subjects of which the first is small: it is finished when the
run is ended while the windows of the second come.
"""

import glob
import os
import shutil
import signal
import subprocess

import nibabel as nib
import numpy as np
import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

from inference_runs import maps, run_activations, segmentations  # noqa: E402
from toy_runs import AFFINE, LAYER, image_path, make_toy, start_ours, wait_for  # noqa: E402

from niftynet_activations.store.folder import LOCK, SCRATCH_VARIABLE  # noqa: E402

SHAPES = {'a': (15, 17, 19), 'b': (70, 80, 90), 'c': (20, 22, 24)}
SEGMENTATION, MAP = 'window_seg_{}_x.nii.gz', 'activation_' + LAYER + '_{}_x'


@pytest.fixture(scope='module')
def toy(tmp_path_factory):
    """
    :return: the config's path, and the folder of a run that went well
    """
    folder = tmp_path_factory.mktemp('endings')
    config = make_toy(folder / 'toy', SHAPES)
    run_activations(config, folder / 'whole', '--activation_layers', LAYER)
    return config, folder / 'whole'


def start_and_wait(toy, folder, *options):
    """
    :return: the process, in which the first subject is done and the second is under way
    """
    process = start_ours(toy[0], folder, *options)
    # NiftyNet lists a segmentation when it has its name
    done = [SEGMENTATION.format('a'), 'inferred.csv', MAP.format('a') + '.json']
    wait_for(process, *[os.path.join(str(folder), name) for name in done])
    return process


def hidden(folder):
    return [name for name in os.listdir(str(folder)) if name.startswith('.')]


def check_first_alone_is_there(toy, folder):
    """The first subject's files are whole, nothing is there of the others, and no scratch."""
    name = SEGMENTATION.format('a')
    assert segmentations(folder) == {name: segmentations(toy[1])[name]}
    assert list(maps(folder)) == [('a', LAYER)]
    found, wanted = (maps(each)['a', LAYER][0] for each in (folder, toy[1]))
    np.testing.assert_array_equal(found.dataobj, wanted.dataobj)
    assert sorted(os.listdir(str(folder))) == sorted(
        ['activations.csv', 'inferred.csv', 'layers.csv', name]
        + [MAP.format('a') + ending for ending in ('.json', '.nii.gz')]
    )
    for table in ('activations.csv', 'inferred.csv'):
        rows = [line for line in (folder / table).read_text().splitlines() if line[:2] in 'a,b,c,']
        assert [row[0] for row in rows] == ['a']


@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGTERM])
def test_told_to_stop(toy, tmp_path, number):
    process = start_and_wait(toy, tmp_path / 'out')
    process.send_signal(number)
    said = process.communicate()[0].decode()
    # which error is raised depends on where the signal arrives
    assert process.returncode != 0, said
    check_first_alone_is_there(toy, tmp_path / 'out')


def test_told_to_stop_before_the_first_window(toy, tmp_path):
    folder = tmp_path / 'out'
    process = start_ours(toy[0], folder)
    wait_for(process, str(folder / LOCK))
    process.send_signal(signal.SIGTERM)
    said = process.communicate()[0].decode()
    assert process.returncode == 128 + signal.SIGTERM, said
    assert not hidden(folder)


def test_killed_and_taken_up_again(toy, tmp_path):
    process = start_and_wait(toy, tmp_path / 'out')
    process.kill()
    process.communicate()
    assert hidden(tmp_path / 'out')
    kept = os.stat(str(tmp_path / 'out' / (MAP.format('a') + '.nii.gz'))).st_mtime_ns
    process = start_ours(toy[0], tmp_path / 'out', '--activation_existing', 'skip')
    said = process.communicate()[0].decode()
    assert process.returncode == 0, said
    assert not hidden(tmp_path / 'out')
    assert os.stat(str(tmp_path / 'out' / (MAP.format('a') + '.nii.gz'))).st_mtime_ns == kept
    assert segmentations(tmp_path / 'out') == segmentations(toy[1])
    for key, (image, _) in maps(toy[1]).items():
        found = maps(tmp_path / 'out')[key][0]
        np.testing.assert_array_equal(found.dataobj, image.dataobj)
    rows = (tmp_path / 'out' / 'activations.csv').read_text().splitlines()[1:]
    assert sorted(row[0] for row in rows) == ['a', 'b', 'c']


@pytest.fixture
def small_disk(tmp_path):
    """
    :return: a folder on a file system of 128 mebibytes
    """
    if os.geteuid() != 0:
        pytest.skip('mounting a small file system takes root')
    path = tmp_path / 'disk'
    path.mkdir()
    mount = ['mount', '-t', 'tmpfs', '-o', 'size=128m', 'tmpfs', str(path)]
    done = subprocess.run(mount, stderr=subprocess.PIPE)
    if done.returncode:
        pytest.skip('no file system can be mounted here: {}'.format(done.stderr.decode().strip()))
    yield path
    subprocess.run(['umount', str(path)], check=True)


def fill(path):
    """Take all the room that is left, as another program may."""
    with open(str(path), 'wb', buffering=0) as target:
        for size in (1 << 20, 1 << 12):
            try:
                while True:
                    target.write(bytes(size))
            except OSError:
                continue


def test_disk_that_another_program_fills(toy, small_disk):
    process = start_and_wait(toy, small_disk / 'out')
    fill(small_disk / 'filler')
    said = process.communicate()[0].decode()
    os.remove(str(small_disk / 'filler'))
    assert process.returncode != 0
    assert "disk is full, writing layer '{}' of subject 'b'".format(LAYER) in said
    check_first_alone_is_there(toy, small_disk / 'out')


def test_disk_without_room_for_the_segmentation(toy, small_disk, tmp_path):
    """The maps go elsewhere, so that NiftyNet's own file is what fails."""
    config, whole = toy
    folder, out = tmp_path / 'maps', small_disk / 'out'
    process = start_ours(config, out, '--activation_dir', str(folder))
    wait_for(process, str(out / SEGMENTATION.format('a')))
    fill(small_disk / 'filler')
    said = process.communicate()[0].decode()
    os.remove(str(small_disk / 'filler'))
    assert process.returncode != 0
    assert "disk is full, writing the segmentation of subject 'b'" in said
    # NiftyNet's lines name the file, not the hidden folder that it was written to first
    assert 'Saved {}'.format(out / SEGMENTATION.format('a')) in said
    assert sorted(os.listdir(str(out))) == ['inferred.csv', SEGMENTATION.format('a')]
    assert segmentations(out).items() <= segmentations(whole).items()
    assert not hidden(folder)


def test_scratch_on_another_disk(toy, small_disk, tmp_path, monkeypatch):
    """The large scratch files go where the environment says; none stay."""
    monkeypatch.setenv(SCRATCH_VARIABLE, str(small_disk / 'scratch'))
    process = start_and_wait(toy, tmp_path / 'out')
    assert any((small_disk / 'scratch').rglob('*boxes'))
    said = process.communicate()[0].decode()
    assert process.returncode == 0, said
    assert not os.listdir(str(small_disk / 'scratch'))
    monkeypatch.setenv(SCRATCH_VARIABLE, os.devnull)
    process = start_ours(toy[0], tmp_path / 'none')
    said = process.communicate()[0].decode()
    assert process.returncode != 0
    assert 'set NIFTYNET_ACTIVATIONS_SCRATCH to one that can' in said


def test_a_disk_without_room_is_told_before_the_first_window(toy, small_disk):
    (small_disk / 'filler').write_bytes(bytes(120 << 20))
    process = start_ours(toy[0], small_disk / 'out')
    said = process.communicate()[0].decode()
    assert process.returncode != 0
    assert 'the maps take up to' in said
    assert not glob.glob(str(small_disk / 'out' / '*'))
    assert not hidden(small_disk / 'out')


def test_scratch_that_is_taken_away(toy, tmp_path):
    process = start_and_wait(toy, tmp_path / 'out')
    for name in hidden(tmp_path / 'out'):
        if os.path.isdir(str(tmp_path / 'out' / name)):
            shutil.rmtree(str(tmp_path / 'out' / name))
    said = process.communicate()[0].decode()
    assert process.returncode != 0
    assert "writing layer '{}' of subject '".format(LAYER) in said
    found, wanted = (maps(each)['a', LAYER][0] for each in (tmp_path / 'out', toy[1]))
    np.testing.assert_array_equal(found.dataobj, wanted.dataobj)
    assert list(maps(tmp_path / 'out')) == [('a', LAYER)]
    assert not hidden(tmp_path / 'out')


def test_a_writer_that_fails(tmp_path):
    """Values that float16 cannot hold, in the second subject alone."""
    config = make_toy(tmp_path / 'toy', dict(SHAPES, b=(20, 24, 28)))
    with open(config) as lines:
        text = lines.read().replace('whitening = True', 'whitening = False')
    with open(config, 'w') as target:
        target.write(text)
    large = np.random.RandomState(1).uniform(0, 1e9, (20, 24, 28)).astype(np.float32)
    nib.save(nib.Nifti1Image(large, AFFINE), image_path(tmp_path / 'toy', 'b'))
    out = tmp_path / 'out'
    options = ['--activation_format', 'zarr', '--activation_dtype', 'float16']
    process = start_ours(config, out, *options)
    said = process.communicate()[0].decode()
    assert process.returncode != 0
    assert 'and float16 ends at 65504: use activation_dtype float32' in said
    stems = sorted(os.path.basename(path) for path in glob.glob(str(out / 'activation_*')))
    assert stems == [MAP.format('a') + '.json', MAP.format('a') + '.zarr']
    assert list(segmentations(out))[0] == SEGMENTATION.format('a')
    assert not hidden(out)


def test_a_second_run_into_the_folder_is_told(toy, tmp_path):
    first = start_and_wait(toy, tmp_path / 'out')
    first.send_signal(signal.SIGSTOP)  # it holds the folder for as long as the second one takes
    second = start_ours(toy[0], tmp_path / 'out')
    told = second.communicate()[0].decode()
    first.send_signal(signal.SIGCONT)
    said = first.communicate()[0].decode()
    assert second.returncode != 0
    assert 'another run (process {} on'.format(first.pid) in told
    assert first.returncode == 0, said
    assert segmentations(tmp_path / 'out') == segmentations(toy[1])
    assert sorted(maps(tmp_path / 'out')) == [(subject, LAYER) for subject in 'abc']
    assert not hidden(tmp_path / 'out')
