# -*- coding: utf-8 -*-
"""What TensorFlow keeps for tensors of one graph after another, in a process of its own."""

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')
if not os.path.exists('/proc/self/status'):
    pytest.skip('memory is read from /proc', allow_module_level=True)

from niftynet_activations.whole_pass.pool import OLD_TENSORFLOW  # noqa: E402

SHAPES = [(96, 96, 96, 16), (110, 80, 100, 32), (64, 64, 80, 64), (96, 96, 120, 32)]
LARGEST = 3 * 96 * 96 * 120 * 32 * 4  # bytes: two tensors and the sum of them, held at a time
ROOM = 1200 << 20
RUN = """
import os
import numpy as np
from benchmarks.memory import PeakMemory, memory_of
from niftynet_activations.host.tensorflow import tf
from niftynet_activations.whole_pass import pool

{before}
sessions = []
make_empty = pool._make_empty
pool._make_empty = lambda size: sessions.append(size) or make_empty(size)
with tf.Session(graph=tf.Graph()):
    base = memory_of(os.getpid())
    for size in ({room}, {room} // 2, {room}):
        pool.reserve(size)
    print('SESSIONS', len(sessions))
print('GROWTH', int(100 * pool.growth()))
with PeakMemory(os.getpid()) as memory:
    for shape in {shapes}:
        with tf.Graph().as_default() as graph:
            image = tf.placeholder(tf.float32, (1,) + shape)
            weights = tf.constant(np.ones((1, 1, 1, shape[3], shape[3]), np.float32))
            layer = image
            for _ in range(2):
                layer = tf.nn.relu(tf.nn.conv3d(layer, weights, [1] * 5, 'SAME') + image)
            with tf.Session(graph=graph) as session:
                session.run(layer, {{image: np.ones((1,) + shape, np.float32)}})
        pool.give_back()
print('KEPT', memory_of(os.getpid()) - base)
print('PEAK', memory.peak - base)
pool.reserve(2 * {room})
print('SESSIONS', len(sessions))
"""


def run(before):
    """
    :return: what was printed: name -> numbers
    """
    here = os.path.dirname(os.path.abspath(__file__))
    paths = [os.path.dirname(os.path.dirname(here))] + sys.path
    variables = dict(os.environ, PYTHONPATH=os.pathsep.join(paths))
    variables.pop('TF_ONEDNN_USE_SYSTEM_ALLOCATOR', None)  # of another test of this process
    done = subprocess.run(
        [sys.executable, '-c', RUN.format(room=ROOM, shapes=SHAPES, before=before)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=variables,
    )
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    found = {}
    for name, value in (each.split() for each in done.stdout.decode().splitlines()):
        found.setdefault(name, []).append(int(value))
    return found


@pytest.mark.skipif(OLD_TENSORFLOW, reason='TensorFlow 1 has no pool')
def test_the_pool_is_little_larger_than_what_is_held_at_a_time():
    found = run('')
    # without room in one piece it is 1.7 times as much
    assert LARGEST < found['KEPT'][0] < 1.25 * LARGEST
    assert found['SESSIONS'] == [1, 2]  # where there is room it is not asked for again
    assert found['GROWTH'] == [160]


def test_memory_from_the_system_goes_back_to_it():
    found = run('pool.take_from_system()')
    assert found['KEPT'][0] < 0.1 * LARGEST
    # what is fed is a copy beside
    assert LARGEST < found['PEAK'][0] < 1.4 * LARGEST
    assert found['SESSIONS'] == ([0, 0] if OLD_TENSORFLOW else [1, 1])
    assert found['GROWTH'] == [100]


def test_what_a_user_has_set_stays(monkeypatch):
    from niftynet_activations.whole_pass import pool

    monkeypatch.setenv(pool.VARIABLE, '0')
    pool.take_from_system()
    assert os.environ[pool.VARIABLE] == '0'
