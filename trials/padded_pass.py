# -*- coding: utf-8 -*-
"""The toynet of ``toy_runs`` on a whole padded image in one session call: expected maps."""

import numpy as np
import random_checkpoint
from inference_runs import read_voxels

tf = random_checkpoint.tf


def padded_pass(folder, config, subject, padding, endings):
    """
    :param folder: a ``pathlib.Path`` that ``toy_runs.make_toy`` filled
    :param config: path of its config
    :param subject: name of a subject
    :param padding: voxels that are added on each side of the image, filled with its minimum
    :param endings: name -> end of an operation's name, which must be unique
    :return: each of these names, and ``logits`` -> (1, x, y, z, channel) float32, with the padding
    """
    volume = read_voxels(folder / 'data' / (subject + '_T1.nii.gz')).astype(np.float32)
    volume = np.pad(volume, padding, 'minimum')[np.newaxis, ..., np.newaxis]
    with tf.Graph().as_default() as graph, tf.Session() as session:
        with tf.name_scope('worker_0'):
            image = tf.placeholder(tf.float32, volume.shape)
            logits = random_checkpoint.build_network(random_checkpoint.read_config(config), image)
        tf.train.Saver().restore(session, str(folder / 'model' / 'models' / 'model.ckpt-1'))
        tensors = {'logits': logits}
        for name, ending in endings.items():
            (one,) = [each for each in graph.get_operations() if each.name.endswith(ending)]
            tensors[name] = one.outputs[0]
        return session.run(tensors, {image: volume})
