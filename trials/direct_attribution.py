# -*- coding: utf-8 -*-
"""
Attribution maps in one pass, as expected values for tests: plain ``tf.gradients`` on a network that
is built for the whole volume.
"""

import nibabel as nib
import numpy as np
import random_checkpoint
from random_checkpoint import tf
from toy_runs import image_path

# without preprocessing, so that the network gets the values of the file
RAW = {'NETWORK': {'volume_padding_size': 0, 'whitening': False}}
LABEL = 1


class Direct(object):
    """One pass of a config's network over a whole volume."""

    def __init__(self, config, folder, volume):
        self.graph = tf.Graph()
        parsed = random_checkpoint.read_config(config)
        with self.graph.as_default(), tf.name_scope('worker_0'):
            self.image = tf.placeholder(tf.float32, (1,) + volume.shape + (1,))
            self.logits = random_checkpoint.build_network(parsed, self.image)
        self.feed = {self.image: volume[np.newaxis, ..., np.newaxis]}
        self.checkpoint = '{}/model/models/model.ckpt-1'.format(folder)

    def of(self, tensor, mask=None):
        """
        :param tensor: name of a tensor; None for the input
        :param mask: voxels whose logits are summed; None for those that the network labels
        :return: values of the tensor, and the gradient of the score with respect to it
        """
        with self.graph.as_default(), tf.Session(
            config=random_checkpoint._session_options()
        ) as run:
            tf.train.Saver().restore(run, self.checkpoint)
            logits = run.run(self.logits, self.feed)
            target = logits.argmax(-1) == LABEL if mask is None else mask[np.newaxis]
            assert 20 < target.sum() < target.size
            of = self.image if tensor is None else self.graph.get_tensor_by_name(tensor)
            score = tf.reduce_sum(self.logits[..., LABEL] * target.astype(np.float32))
            self.score, self.voxels = run.run(score, self.feed), target.sum()
            return run.run([of, tf.gradients(score, of)[0]], self.feed)


def in_space(values):
    """
    Undo the space-to-batch of a block dilated by 2: (batch, x, y, z, channel) to (x, y, z, ...).
    """
    if len(values) == 1:
        return values[0]
    parts = values.reshape((2, 2, 2, 1) + values.shape[1:])
    x, y, z, channels = values.shape[1:]
    return parts.transpose(4, 0, 5, 1, 6, 2, 7, 3).reshape(2 * x, 2 * y, 2 * z, channels)


def expected(method, values, gradient):
    """
    :param method: saliency, hirescam or gradcam
    :param values: the layer's output
    :param gradient: gradient of the score with respect to it
    :return: the map, and the range of its values before Grad-CAM's ReLU and saliency's absolute
        value
    """
    values, gradient = in_space(values), in_space(gradient)
    if method == 'saliency':
        return np.abs(gradient), np.ptp(gradient)
    if method == 'hirescam':
        found = (values * gradient).sum(-1, keepdims=True)
        return found, np.ptp(found)
    found = (values * gradient.mean(axis=(0, 1, 2))).sum(-1, keepdims=True)
    return np.maximum(found, 0), np.ptp(found)


def check(one, method, values, gradient):
    right, extent = expected(method, values, gradient)
    assert extent > 0
    given = np.asarray(one.data)
    assert given.shape == right.shape
    assert np.abs(given - right).max() <= 1e-4 * extent


def read(folder, subject):
    return np.asarray(nib.load(image_path(folder, subject)).dataobj)
