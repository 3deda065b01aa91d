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

SHAPES = [(96, 96, 96, 16), (110, 80, 100, 32), (64, 64, 80, 64), (96, 96, 120, 32)]
LARGEST = 3 * 96 * 96 * 120 * 32 * 4  # bytes: two tensors and the sum of them, held at a time
ROOM = 600 << 20
RUN = """
import os
import numpy as np
from benchmarks.memory import memory_of
from niftynet_activations.host.tensorflow import tf
from niftynet_activations.whole_pass.memory import give_back, reserve

with tf.Session(graph=tf.Graph()):
    base = memory_of(os.getpid())
    reserve({room})
    for shape in {shapes}:
        with tf.Graph().as_default() as graph:
            image = tf.placeholder(tf.float32, (1,) + shape)
            weights = tf.constant(np.ones((1, 1, 1, shape[3], shape[3]), np.float32))
            layer = image
            for _ in range(2):
                layer = tf.nn.relu(tf.nn.conv3d(layer, weights, [1] * 5, 'SAME') + image)
            with tf.Session(graph=graph) as session:
                session.run(layer, {{image: np.ones((1,) + shape, np.float32)}})
        give_back()
print('KEPT', memory_of(os.getpid()) - base)
"""


def test_the_pool_is_little_larger_than_what_is_held_at_a_time():
    here = os.path.dirname(os.path.abspath(__file__))
    paths = [os.path.dirname(os.path.dirname(here))] + sys.path
    done = subprocess.run(
        [sys.executable, '-c', RUN.format(room=ROOM, shapes=SHAPES)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=dict(os.environ, PYTHONPATH=os.pathsep.join(paths)),
    )
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    (line,) = [each for each in done.stdout.decode().splitlines() if each.startswith('KEPT')]
    # without room in one piece it is 1.7 times as much
    assert int(line.split()[1]) < 1.25 * LARGEST
