#!/usr/bin/env bash
# NiftyNet's highres3dnet_large gives another segmentation at each run of inference.
#
# One would expect dropout to be off in inference: the network is told is_training=False.
# What happens: the layer applies dropout whenever keep_prob is below 1, and is not told whether it
# trains. A config whose [NETWORK] section says keep_prob = 0.5, for training, sets half of the
# values in front of the last layer to 0 in inference too, and doubles the others: with random
# weights two runs on one window differ in 4 of 10 labels. 0.5 is also the default of the
# network's own argument.
# Versions: NiftyNet 0.6.0 on TensorFlow 1.15.5.
# Who meets it: whoever wonders why two activation maps of one image differ, and why half of the
# values of `conv_2` are 0, other ones each time.

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

window = np.random.RandomState(0).normal(size=(1, 16, 16, 16, 1))


def labels_that_change(**options):
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        tf.compat.v1.set_random_seed(1)
        images = tf.compat.v1.placeholder(tf.float32, window.shape)
        network = ApplicationNetFactory.create('highres3dnet_large')(num_classes=3)
        output = network(images, is_training=False, **options)
        session.run(tf.compat.v1.global_variables_initializer())
        one, two = (session.run(output, {images: window}).argmax(-1) for _ in range(2))
    return (one != two).mean()


shares = {name: labels_that_change(**options) for name, options in (
    ('keep_prob = 1', {'keep_prob': 1.0}), ('keep_prob = 0.5', {'keep_prob': 0.5}), ('none given', {}))}
print('\nNiftyNet 0.6.0, tensorflow', tf.__version__)
for name, share in shares.items():
    print('{:15s} labels that differ between two runs: {:.1%}'.format(name, share))
sys.exit(0 if shares['keep_prob = 1'] == 0 and min(shares['keep_prob = 0.5'], shares['none given']) > 0.1 else 1)
PYTHON
