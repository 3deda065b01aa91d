#!/usr/bin/env bash
# Graph after graph, TensorFlow keeps nearly twice what any of them holds, unless it is asked for a lot first.
#
# One would expect memory of tensors to come back when their session is closed, or at least that a
# process keeps what its largest graph held at a time.
# What happens, with oneDNN (the default of x86-64 wheels of TensorFlow 2): large tensors on the
# processor come from a pool that grows by pieces and gives nothing back. Tensors of other shapes do
# not fit into the gaps between those pieces: after four graphs, the largest of which holds 425 MB at a time
# (two tensors and their sum), the process keeps about 770 MB. If an uninitialised tensor of 600 MB is made
# first and dropped, which touches no page, it keeps about 460 MB. With TF_ENABLE_ONEDNN_OPTS=0 all
# comes back but a few megabytes, and numbers change in their last digits. With
# TF_ONEDNN_USE_SYSTEM_ALLOCATOR=1, which is read with the first tensor of a process, all comes back too, and
# numbers stay; it costs the system's time of fresh pages.
# Versions: TensorFlow 2.21.0 and NumPy 2.3.5 for x86-64, Linux.
# Who meets it: whoever runs networks on volumes of several shapes in one process within a memory
# limit, of a cluster's job for instance.

. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"
[ -r /proc/self/status ] || fail "reads memory from /proc, which only Linux has"
python_with 3.11 3.13 tensorflow==2.21.0 numpy==2.3.5

cat > graphs.py <<'PYTHON'
import re
import sys

import numpy as np
import tensorflow as tf

tf.compat.v1.disable_v2_behavior()
SHAPES = [(96, 96, 96, 16), (110, 80, 100, 32), (64, 64, 80, 64), (96, 96, 120, 32)]


def megabytes():
    with open('/proc/self/status') as lines:
        return int(re.search(r'RssAnon:\s+(\d+)', lines.read()).group(1)) / 1e3


def run(build):
    with tf.Graph().as_default() as graph:
        fetched, feed = build()
        with tf.compat.v1.Session(graph=graph) as session:
            session.run(fetched, feed)


def room():
    return tf.raw_ops.Empty(shape=[600 << 20], dtype=tf.uint8, init=False).op, {}


def network(shape):
    image = tf.compat.v1.placeholder(tf.float32, (1,) + shape)
    weights = tf.constant(np.ones((1, 1, 1, shape[3], shape[3]), np.float32))
    layer = image
    for _ in range(2):
        layer = tf.nn.relu(tf.nn.conv3d(layer, weights, [1] * 5, 'SAME') + image)
    return layer, {image: np.ones((1,) + shape, np.float32)}


run(lambda: (tf.constant(1.0), {}))
before = megabytes()
if 'room' in sys.argv:
    run(room)
for shape in SHAPES:
    run(lambda: network(shape))
print(round(megabytes() - before))
PYTHON
export TF_CPP_MIN_LOG_LEVEL=3 CUDA_VISIBLE_DEVICES=
plain=$("$RUN" graphs.py 2> errors.txt) && room=$("$RUN" graphs.py room 2> errors.txt) &&
    system=$(TF_ONEDNN_USE_SYSTEM_ALLOCATOR=1 "$RUN" graphs.py 2> errors.txt) &&
    without=$(TF_ENABLE_ONEDNN_OPTS=0 "$RUN" graphs.py 2> errors.txt) || { tail -n 5 errors.txt >&2; exit 1; }
echo "tensorflow 2.21.0, kept after four graphs, the largest of which holds 425 MB:"
echo "as it comes $plain MB; room of 600 MB asked for first $room MB; without oneDNN $without MB; from the system $system MB"
[ "$plain" -gt 650 ] && [ "$room" -lt 560 ] && [ "$without" -lt 150 ] && [ "$system" -lt 150 ]
