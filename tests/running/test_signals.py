# -*- coding: utf-8 -*-
"""
Endings of whole runs: killed, told to stop, disk full, a worker that fails.

Each run is a process of its own that writes maps through a pipeline, as the application does.
"""

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from niftynet_activations.errors import WriteError
from niftynet_activations.running.signals import stop_on_sigterm
from niftynet_activations.store import existing, files
from niftynet_activations.store.description import MapDescription
from niftynet_activations.store.folder import LOCK, OutputFolder
from niftynet_activations.store.writer import MapWriter
from tests.store.maps import make_spec, make_values

RUN = """
import sys, time
from niftynet_activations.running.signals import stop_on_sigterm
from niftynet_activations.store.description import MapDescription
from niftynet_activations.store.folder import LOCK, OutputFolder
from niftynet_activations.running.pipeline import Pipeline
from niftynet_activations.store.writer import MapWriter
from tests.store.maps import make_spec, make_values

path, file_format, pause = sys.argv[1], sys.argv[2], float(sys.argv[3])
with stop_on_sigterm(), OutputFolder(path) as folder:
    pipeline = Pipeline(1 << 20)
    writers = []
    try:
        for number in range(1, 4):
            spec = make_spec(subject=str(number), format=file_format, settings='abc')
            writers.append(MapWriter(folder, spec))
            pipeline.put(lambda w=writers[-1]: w.write((0, 0, 0), make_values()), key=number)
            if number == 2:
                print('writing', flush=True)
                time.sleep(pause)
            pipeline.put(lambda w=writers[-1]: w.finish(MapDescription()), key=number, in_turn=True)
        pipeline.close()
    except BaseException:
        pipeline.abandon()
        for writer in writers:
            writer.abandon()
        raise
"""


def start(path, file_format='nii.gz', pause=60):
    process = subprocess.Popen(
        [sys.executable, '-c', RUN, str(path), file_format, str(pause)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path + [os.getcwd()])),
    )
    assert process.stdout.readline() == b'writing\n'
    return process


def specs(file_format='nii.gz'):
    return [make_spec(subject=str(i), format=file_format, settings='abc') for i in (1, 2, 3)]


def hidden(path):
    return [p.name for p in path.iterdir() if p.name.startswith('.')]


def wait_for_first(path):
    deadline = time.time() + 10
    while not existing.is_complete(str(path), specs()[0]) and time.time() < deadline:
        time.sleep(0.01)


@pytest.mark.parametrize('number', [signal.SIGTERM, signal.SIGINT])
def test_told_to_stop(tmp_path, number):
    process = start(tmp_path)
    wait_for_first(tmp_path)
    process.send_signal(number)
    process.communicate()
    assert process.returncode != 0
    assert not hidden(tmp_path)
    assert [existing.is_complete(str(tmp_path), spec) for spec in specs()] == [True, False, False]
    assert len(list(tmp_path.iterdir())) == 3


def test_killed_and_taken_up_again(tmp_path):
    process = start(tmp_path)
    wait_for_first(tmp_path)
    process.kill()
    process.communicate()
    assert hidden(tmp_path)
    assert len([p for p in tmp_path.iterdir() if not p.name.startswith('.')]) == 3
    assert existing.check_policy('skip', str(tmp_path), specs()) == specs()[1:]
    process = start(tmp_path, pause=0)
    process.communicate()
    assert process.returncode == 0 and not hidden(tmp_path)
    assert existing.check_policy('skip', str(tmp_path), specs()) == []
    assert len((tmp_path / 'activations.csv').read_text().splitlines()) == 4


@pytest.fixture
def small_disk(tmp_path):
    """
    :return: a folder on a file system of one mebibyte
    """
    if os.geteuid() != 0:
        pytest.skip('mounting a small file system takes root')
    path = tmp_path / 'disk'
    path.mkdir()
    mount = ['mount', '-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', str(path)]
    done = subprocess.run(mount, stderr=subprocess.PIPE)
    if done.returncode:
        pytest.skip('no file system can be mounted here: {}'.format(done.stderr.decode().strip()))
    yield path
    subprocess.run(['umount', str(path)], check=True)


def fill(disk):
    with open(str(disk / 'filler'), 'wb', buffering=0) as filler:
        with pytest.raises(OSError):
            while True:
                filler.write(bytes(4096))


def write_all(folder, spec):
    writer = MapWriter(folder, spec)
    try:
        for z in range(11):
            box = np.random.RandomState(z).rand(5, 7, 1, len(spec.channels))
            writer.write((0, 0, z), box)
        writer.finish(MapDescription())
    finally:
        writer.abandon()


@pytest.mark.parametrize(
    'file_format, dtype',
    [('nii', 'float32'), ('nii.gz', 'float32'), ('nii', 'int16'), ('zarr', 'float32')],
)
def test_disk_that_fills_up(small_disk, file_format, dtype):
    large = make_spec(format=file_format, dtype=dtype, channels=tuple(range(1000)), subject='big')
    with OutputFolder(str(small_disk)) as folder:
        first = MapWriter(folder, make_spec(settings='abc'))
        first.write((0, 0, 0), make_values())
        first.finish(MapDescription())
        message = "disk is full, writing layer 'res/conv:1' of subject 'big'"
        with pytest.raises(WriteError, match=message):
            write_all(folder, large)
    assert existing.is_complete(str(small_disk), make_spec(settings='abc'))
    assert sorted(p.suffix for p in small_disk.iterdir()) == ['.csv', '.gz', '.json']


def test_store_that_finds_no_room_does_not_come_back(small_disk):
    """Once removed it is gone, whatever goes on in the background."""
    pytest.importorskip('zarr')
    with OutputFolder(str(small_disk)) as folder:
        fill(small_disk)
        filler, scratch = str(small_disk / 'filler'), os.path.dirname(folder.scratch(''))
        os.truncate(filler, os.path.getsize(filler) - 8192)  # room for the first files alone
        for number in range(20):
            os.makedirs(scratch, exist_ok=True)
            with pytest.raises(WriteError, match='disk is full'):
                MapWriter(folder, make_spec(format='zarr', subject=str(number)))
            files.remove(scratch)
            time.sleep(0.01)
            assert sorted(path.name for path in small_disk.iterdir()) == [LOCK, 'filler']


def test_a_folder_that_finds_no_room_is_left_as_it_was(small_disk):
    fill(small_disk)
    with pytest.raises(WriteError, match='cannot be written'):
        OutputFolder(str(small_disk)).open()
    assert [path.name for path in small_disk.iterdir()] == ['filler']


def test_disk_that_fills_up_when_the_map_is_whole(small_disk):
    """Neither its files nor half of the table or the sidecar appear."""
    spec = make_spec(format='nii', settings='abc')
    with OutputFolder(str(small_disk)) as folder:
        writer = MapWriter(folder, spec)
        writer.write((0, 0, 0), make_values())
        fill(small_disk)
        with pytest.raises(WriteError, match='disk is full, writing layer'):
            writer.finish(MapDescription())
        writer.abandon()
    assert [path.name for path in small_disk.iterdir()] == ['filler']


def test_sigterm_handler_is_put_back():
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(SystemExit) as caught:
        with stop_on_sigterm():
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(5)
    assert caught.value.code == 128 + signal.SIGTERM
    assert signal.getsignal(signal.SIGTERM) is before
