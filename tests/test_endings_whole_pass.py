# -*- coding: utf-8 -*-
"""
Endings of runs with ``activation_pass = whole``: told to stop, killed, a disk that fills up while a
pass is under way. Nothing half-written looks whole, and no scratch file stays.
"""

import os
import signal

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

import numpy as np  # noqa: E402
import test_endings_whole as endings  # noqa: E402
from inference_runs import maps, run_activations, segmentations  # noqa: E402
from test_endings_whole import MAP, check_first_alone_is_there, hidden  # noqa: E402
from toy_runs import LAYER, make_toy  # noqa: E402

SHAPES = {'a': (15, 17, 19), 'b': (100, 96, 110), 'c': (20, 22, 24)}
WHOLE = ('--activation_pass', 'whole', '--activation_memory', '0.75')
small_disk = endings.small_disk


@pytest.fixture(scope='module')
def toy(tmp_path_factory):
    """
    :return: the config's path, and the folder of a run that went well
    """
    folder = tmp_path_factory.mktemp('endings')
    config = make_toy(folder / 'toy', SHAPES)
    run_activations(config, folder / 'whole', '--activation_layers', LAYER, *WHOLE)
    return config, folder / 'whole'


@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGTERM])
def test_told_to_stop(toy, tmp_path, number):
    process = endings.start_and_wait(toy, tmp_path / 'out', *WHOLE)
    process.send_signal(number)
    said = process.communicate()[0].decode()
    assert process.returncode != 0, said
    check_first_alone_is_there(toy, tmp_path / 'out')


def test_killed_and_taken_up_again(toy, tmp_path):
    process = endings.start_and_wait(toy, tmp_path / 'out', *WHOLE)
    process.kill()
    process.communicate()
    assert hidden(tmp_path / 'out')
    assert list(maps(tmp_path / 'out')) == [('a', LAYER)]
    kept = os.stat(str(tmp_path / 'out' / (MAP.format('a') + '.nii.gz'))).st_mtime_ns
    process = endings.start_ours(toy[0], tmp_path / 'out', '--activation_existing', 'skip', *WHOLE)
    said = process.communicate()[0].decode()
    assert process.returncode == 0, said
    assert not hidden(tmp_path / 'out')
    assert os.stat(str(tmp_path / 'out' / (MAP.format('a') + '.nii.gz'))).st_mtime_ns == kept
    assert segmentations(tmp_path / 'out') == segmentations(toy[1])
    for key, (image, _) in maps(toy[1]).items():
        np.testing.assert_array_equal(maps(tmp_path / 'out')[key][0].dataobj, image.dataobj)


def test_disk_that_another_program_fills(toy, small_disk):
    process = endings.start_and_wait(toy, small_disk / 'out', *WHOLE)
    endings.fill(small_disk / 'filler')
    said = process.communicate()[0].decode()
    os.remove(str(small_disk / 'filler'))
    assert process.returncode != 0
    assert "disk is full, writing layer '{}' of subject 'b'".format(LAYER) in said
    check_first_alone_is_there(toy, small_disk / 'out')
