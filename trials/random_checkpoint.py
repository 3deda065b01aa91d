# -*- coding: utf-8 -*-
"""
Make a checkpoint of seeded random weights for the network that a NiftyNet config names.

Vocabulary: *weights* are convolution kernels, *statistics* the moving means and variances of
batch normalisation. The weights are drawn by numpy, so that they do not depend on TensorFlow's
version. The *spread* is the mean over voxels of the standard deviation of the logits over classes.

The logits of an untrained network of many layers are nearly equal, or thousands apart. Both would
hide differences: probabilities would be equal, or exactly 0 and 1. Therefore the weights of the
last layer are scaled until the spread is near :data:`SPREAD`, and its offsets, if it has any, are
set so that no class is the largest everywhere.
"""

import ast
import configparser
import os
import sys

import niftynet  # noqa: F401  (before TensorFlow, which it may have to adapt first)
import numpy as np
import tensorflow as tf
from niftynet.engine.application_factory import ApplicationNetFactory

from niftynet_activations.host.quiet import output_to

SPREAD = 1.5
ITERATION = 1
TOLERANCE = 0.3
ROUNDS = 4


def write_checkpoint(config_file, model_dir, window=None, seed=7, channels=None):
    """
    Build the config's network, give it random weights and save it where NiftyNet looks for it.

    :param config_file: path of a NiftyNet config for segmentation
    :param model_dir: folder in which ``models/model.ckpt-1`` is written
    :param window: spatial size (three whole numbers, the last 1 for a network of two
        dimensions) on which the logits are scaled; the window of the config where not given
    :param seed: of numpy's generator
    :param channels: number of channels of the network's input; by default one for each image
        section
    :return: the spread that was reached, a float
    """
    config = read_config(config_file)
    window = window or ast.literal_eval(config['INFERENCE']['spatial_window_size'])
    modalities = channels or len(config['SEGMENTATION']['image'].split(','))
    with tf.Graph().as_default(), tf.Session(config=_session_options()) as session:
        images = tf.placeholder(tf.float32, [1] + [n for n in window if n > 1] + [modalities])
        logits = build_network(config, images)
        random = np.random.RandomState(seed)
        for variable in tf.global_variables():
            _assign(session, variable, _random_value(variable, random))
        feed = {images: random.normal(size=images.shape.as_list())}
        spread = _balance(session, logits, feed)
        os.makedirs(os.path.join(model_dir, 'models'), exist_ok=True)
        prefix = os.path.join(model_dir, 'models', 'model.ckpt')
        tf.train.Saver(save_relative_paths=True).save(session, prefix, global_step=ITERATION)
    return spread


def read_config(config_file):
    """
    :param config_file: path of a config
    :return: a :class:`configparser.ConfigParser` that has read it
    """
    config = configparser.ConfigParser()
    with open(config_file) as lines:
        config.read_file(lines)
    return config


def build_network(config, images):
    """
    Call the config's network as NiftyNet's segmentation application does in inference.

    :param config: a config that :func:`read_config` read
    :param images: (batch, x, y[, z], modality) float32 tensor
    :return: (batch, x, y[, z], class) tensor, the logits
    """
    # NiftyNet logs to the standard output of its import, and several networks print their layers
    with output_to(sys.stderr):
        network = ApplicationNetFactory.create(config['NETWORK']['name'])(
            num_classes=config['SEGMENTATION'].getint('num_classes'),
            acti_func=config['NETWORK']['activation_function'],
        )
        return network(images, is_training=False, keep_prob=1.0)


def _session_options():
    # On TensorFlow 2 the graph optimiser's remapping may drop a padding; NiftyNet's settings
    # switch it off.
    from niftynet.utilities.util_common import tf_config

    return tf_config()


def _random_value(variable, random):
    shape = variable.shape.as_list()
    kind = _kind(variable)
    if kind == 'w':
        inputs = max(np.prod(shape[:-1]), 1)
        return random.normal(scale=np.sqrt(2.0 / inputs), size=shape)
    if kind in ('gamma', 'moving_variance'):
        return random.uniform(0.8, 1.25, size=shape)
    if kind == 'alpha':
        return random.uniform(0.1, 0.3, size=shape)
    return random.normal(scale=0.1, size=shape)


def _balance(session, logits, feed):
    weights, offset = _last_variables(logits)
    spread = 0.0
    for _ in range(ROUNDS):
        values = session.run(logits, feed)
        spread = float(values.std(axis=-1).mean())
        means = values.mean(axis=tuple(range(values.ndim - 1)))
        if abs(spread / SPREAD - 1) < TOLERANCE and (offset is None or np.ptp(means) < SPREAD):
            break
        if offset is not None:
            _assign(session, offset, session.run(offset) - means)
            spread = float((values - means).std(axis=-1).mean())
        for variable in weights:
            _assign(session, variable, session.run(variable) * (SPREAD / spread))
    return spread


def _last_variables(logits):
    """Find the last convolution's weights (one for each class in holisticnet) and its offset."""
    classes = logits.shape.as_list()[-1]
    variables = tf.trainable_variables()
    weights = [v for v in variables if _kind(v) == 'w']
    last = weights[-1:] if weights[-1].shape.as_list()[-1] == classes else weights[-classes:]
    layer = last[-1].op.name.rsplit('/', 2)[0]
    offsets = [
        v
        for v in variables
        if _kind(v) in ('b', 'beta') and v.op.name.startswith(layer) and v.shape == [classes]
    ]
    return last, (offsets[-1] if offsets else None)


def _kind(variable):
    return variable.op.name.rsplit('/', 1)[-1]


def _assign(session, variable, value):
    variable.load(np.asarray(value, dtype=variable.dtype.base_dtype.as_numpy_dtype), session)
