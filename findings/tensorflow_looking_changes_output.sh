#!/usr/bin/env bash
# Fetching a layer of a frozen network beside its output changes the output.
#
# One would expect that reading a value on its way leaves the result the same, to the bit.
# What happens: where weights are constants, as in a frozen graph, TensorFlow multiplies the scale
# that follows a convolution (batch normalisation in inference is one) into the kernel before it
# runs. When the convolution itself is fetched it can't do so, and rounds at another place: most
# values of the output change in their last digits. With the same weights in variables no bit
# changes. A prediction that depends on whether somebody looked is hard to compare by equality.
# Versions: TensorFlow 2.21.0, graph mode (tf.compat.v1.Session); the graph optimiser is on by default.
# Who meets it: whoever takes activation maps from a frozen graph, and checks by equality that the
# segmentation is the one without them.

. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"
python_with 3.11 3.13 tensorflow==2.21.0 keras==3.15.1 numpy==2.3.5

TF_CPP_MIN_LOG_LEVEL=3 CUDA_VISIBLE_DEVICES= "$RUN" - 2> errors.txt <<'PYTHON' || { tail -n 5 errors.txt >&2; exit 1; }
import sys

import numpy as np
import tensorflow as tf

tf1 = tf.compat.v1
draw = np.random.default_rng(0)
image = draw.normal(size=(1, 12, 13, 14, 2)).astype(np.float32)
kernel = draw.normal(size=(3, 3, 3, 2, 4)).astype(np.float32)
scale, offset = draw.normal(size=(2, 4)).astype(np.float32)


def changed(weights):
    """The share of the output's values that change when the convolution is fetched beside it."""
    with tf.Graph().as_default(), tf1.Session() as session:
        x = tf1.placeholder(tf.float32, image.shape)
        w, s, o = weights(kernel), weights(scale), weights(offset)
        convolution = tf.nn.conv3d(x, w, [1] * 5, 'SAME')
        output = convolution * s + o
        session.run(tf1.global_variables_initializer())
        alone = session.run(output, {x: image})
        beside, _ = session.run([output, convolution], {x: image})
    return (alone != beside).mean(), np.abs(alone - beside).max()


print('tensorflow', tf.__version__)
found = {'constants': changed(tf.constant), 'variables': changed(lambda v: tf1.Variable(v, use_resource=True))}
for name, (share, largest) in found.items():
    print('weights in {}: {:.0%} of the output changes, by at most {:.2g}'.format(name, share, largest))
sys.exit(0 if found['constants'][0] > 0.1 and found['variables'][0] == 0 else 1)
PYTHON
