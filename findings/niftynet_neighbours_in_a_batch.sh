#!/usr/bin/env bash
# NiftyNet's holisticnet segments a window differently when another window lies beside it.
#
# One would expect a network in inference to work on each window of a batch by itself, since batch
# normalisation then uses the averages that were learnt.
# What happens: one score layer of holisticnet is called with its list of channels in the place of
# the flag for training. The list counts as true, so that this layer normalises by the batch at
# hand, in inference too. The probabilities of a window change with its neighbour in the batch, and
# with the batch size. highres3dnet, of the same blocks, gives the same to the bit.
# Versions: NiftyNet 0.6.0 on TensorFlow 1.15.5.
# Who meets it: whoever compares activation maps or segmentations made with different batch sizes,
# or of a volume cut into other windows.

. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"
python_with 3.7 3.7 niftynet==0.6.0 tensorflow==1.15.5 protobuf==3.20.3 numpy==1.18.5 pandas==1.1.5 \
    scipy==1.7.3 nibabel==4.0.2
niftynet_home

"$RUN" -W ignore - 2> errors.txt <<'PYTHON' || { tail -n 5 errors.txt >&2; exit 1; }
import sys

import niftynet
import numpy as np
import tensorflow as tf
from niftynet.engine.application_factory import ApplicationNetFactory

draw = np.random.RandomState(0)
window = draw.normal(size=(16, 16, 16, 1))
other = 5 * draw.normal(size=(16, 16, 16, 1))


def difference(name):
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        tf.compat.v1.set_random_seed(1)
        images = tf.compat.v1.placeholder(tf.float32, (2, 16, 16, 16, 1))
        output = ApplicationNetFactory.create(name)(num_classes=3)(images, is_training=False)
        session.run(tf.compat.v1.global_variables_initializer())
        beside = [session.run(output, {images: [window, one]})[0] for one in (window, other)]
    return np.abs(beside[0] - beside[1]).max()


changes = {name: difference(name) for name in ('highres3dnet', 'holisticnet')}
print('\nNiftyNet 0.6.0, tensorflow', tf.__version__)
for name, change in changes.items():
    print('{:13s} largest change of a window\'s output with its neighbour: {:.3g}'.format(name, change))
sys.exit(0 if changes['highres3dnet'] == 0 and changes['holisticnet'] > 0.01 else 1)
PYTHON
