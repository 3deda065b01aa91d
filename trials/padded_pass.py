# -*- coding: utf-8 -*-
"""A toy's network over a whole padded image, by a session alone: what its maps are to equal."""

import numpy as np
import random_checkpoint
from inference_runs import read_voxels

tf = random_checkpoint.tf


def padded_pass(folder, config, subject, padding, endings):
    """
    :param folder: of the toy, a ``pathlib.Path``
    :param config: path of its config
    :param subject: its name
    :param padding: voxels that are added to each side of the image, with its lowest number
    :param endings: name -> how the name of an operation ends, which no other one's does
    :return: these names, and ``logits`` -> (1, x, y, z, channel) float32, the padding there
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
