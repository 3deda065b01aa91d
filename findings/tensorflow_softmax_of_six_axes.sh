#!/usr/bin/env bash
# TensorFlow's softmax ends with an error for six axes or more, and only where oneDNN is on.
#
# One would expect softmax over the last axis not to mind how many axes stand before it: log_softmax
# and the other activations do not.
# What happens: up to five axes work. With six the step ends with AbortedError, "Input dims must be
# <= 5", when the step is run: building the graph and its shapes give no sign. With
# TF_ENABLE_ONEDNN_OPTS=0, for float64, and by log_softmax, it works.
# Versions: TensorFlow 2.21.0 on x86-64 processors, where oneDNN is on by default.
# Who meets it: a volume with channels and a batch has five axes already; attention over it (heads),
# a time axis or windows cut out by reshape make it six. TensorFlow 1.15.5 runs the same code.

. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"
python_with 3.11 3.13 tensorflow==2.21.0 numpy==2.3.5
export TF_CPP_MIN_LOG_LEVEL=3

cat > softmax.py <<'PYTHON'
import sys

import numpy as np
import tensorflow as tf

print('TensorFlow {}, TF_ENABLE_ONEDNN_OPTS={}'.format(tf.__version__, sys.argv[1]))
seen = []
for axes, kind in ((5, np.float32), (6, np.float32), (7, np.float32), (6, np.float64)):
    values = np.random.default_rng(0).normal(size=(2,) * axes).astype(kind)
    with tf.Graph().as_default() as graph, tf.compat.v1.Session(graph=graph) as session:
        output = tf.nn.softmax(tf.constant(values))
        assert output.shape == values.shape
        try:
            true = np.exp(values) / np.exp(values).sum(-1, keepdims=True)
            seen.append(bool(np.allclose(session.run(output), true, atol=1e-6)))
            result = 'right' if seen[-1] else 'wrong'
        except tf.errors.AbortedError as error:
            seen.append('Input dims must be <= 5' if 'Input dims must be <= 5' in error.message else 'other')
            result = 'AbortedError: ' + seen[-1]
    print('  {} axes, {}: {}'.format(axes, values.dtype, result))
refused = 'Input dims must be <= 5'
expected = {'1': [True, refused, refused, True], '0': [True] * 4}[sys.argv[1]]
sys.exit(0 if seen == expected else 1)
PYTHON
for on in 1 0; do TF_ENABLE_ONEDNN_OPTS=$on "$RUN" softmax.py $on 2> errors.txt || { tail -n 5 errors.txt >&2; exit 1; }; done
