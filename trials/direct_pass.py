# -*- coding: utf-8 -*-
"""
A network's layers from a whole pass with a memory limit, and from one direct pass, for comparison.

The direct pass is one call of a plain session on the whole volume, with means over space computed
by numpy in double precision; it uses nothing of the whole pass.
"""

import contextlib
import io

import niftynet  # noqa: F401  before tensorflow, so that it is what NiftyNet sees
import numpy as np
import tensorflow as tf
from niftynet.engine.sampler_grid_v2 import grid_spatial_coordinates
from niftynet.utilities.util_common import tf_config

from niftynet_activations.capturing.axis_order import in_ordinary_space
from niftynet_activations.capturing.mirrored import check_mirrored
from niftynet_activations.capturing.recording import record_layers
from niftynet_activations.errors import GeometryError, OptionError
from niftynet_activations.host.refusals import refusal
from niftynet_activations.verification.double_means import double_means
from niftynet_activations.whole_pass.engine import WholePass

GIB = float(1 << 30)


def builder(make, modalities=1, choose=None, intervene=None):
    """
    :param make: function that returns a network (a NiftyNet layer)
    :param modalities: number of channels of its input
    :param choose: function that says whether a layer's call is wanted; None: all are
    :param intervene: function that gets the record of layers after the network was called, and may
        change it
    :return: function from a size to the network's input and outputs, which the whole pass takes
    """

    def build(size):
        with tf.Graph().as_default(), contextlib.redirect_stdout(io.StringIO()):
            network = make()
            changing = {} if intervene is None else {'intervene': intervene}
            with record_layers(network, **changing) as record, tf.name_scope('worker_0'):
                shape = [1] + [int(n) for n in size] + [modalities]
                image = tf.placeholder(tf.float32, shape, name='image')
                try:
                    network(image, is_training=False, keep_prob=1.0)
                    check_mirrored(image.graph)
                except (ValueError, AssertionError, TypeError) as error:
                    raise OptionError(refusal(error)) from error
            wanted = [
                tensor
                for _, call, tensor in record.outputs()
                if tensor.shape.ndims and (choose is None or choose(call))
            ]
            unique = {tensor.name: tensor for tensor in wanted}
            unique.pop(record.logits.name, None)
            unique = list(unique.values()) + [record.logits]  # the network's output is last
            return image, in_ordinary_space(unique, record)

    return build


def random_weights(build, size, seed=0):
    """
    :param build: function of :func:`builder`
    :param size: of the volume
    :param seed: of numpy's generator
    :return: name of a variable -> random value
    """
    random = np.random.RandomState(seed)
    found = {}
    with build(size)[0].graph.as_default():
        for variable in tf.global_variables():
            shape = variable.shape.as_list()
            kind = variable.op.name.rsplit('/', 1)[-1]
            if kind == 'w':
                value = random.normal(scale=np.sqrt(2.0 / max(np.prod(shape[:-1]), 1)), size=shape)
            elif kind in ('gamma', 'moving_variance'):
                value = random.uniform(0.8, 1.25, size=shape)
            else:
                value = random.normal(scale=0.1, size=shape)
            found[variable.op.name] = value.astype(np.float32)
    return found


def both_passes(build, size, part, modalities=1, seed=0):
    """
    :param build: function of :func:`builder`
    :param size: of the volume
    :param part: memory limit, as a share of what one window over the volume needs; it is raised
        until a plan is found
    :param modalities: number of channels of the input
    :param seed: of the random weights and image
    :return: the whole pass; name -> values of the whole pass; name -> values of the direct pass
    """
    weights = random_weights(build, size, seed)
    shape = (1,) + tuple(size) + (modalities,)
    image = np.random.RandomState(seed + 1).normal(size=shape).astype(np.float32)
    engine = WholePass(build, weights.__getitem__, size, 64 * GIB, 64 * GIB)
    limit_to(engine, part)
    whole = run_whole(engine, image)
    tensor, targets = build(size)
    with tf.Session(graph=tensor.graph, config=tf_config()) as session:
        with tensor.graph.as_default():
            for variable in tf.global_variables():
                variable.load(weights[variable.op.name], session)
        names = [each.name for each in targets]
        fed = double_means(session, targets, {tensor: image})
        return engine, whole, dict(zip(names, session.run(names, fed)))


def windows_of_output(build, size, window, direct, modalities=1, seed=0):
    """
    Compare the network's output from NiftyNet's windows without a border with the direct pass.

    :param build: function of :func:`builder`
    :param size: of the volume
    :param window: size of the windows
    :param direct: output of the direct pass
    :param modalities: number of channels of the input
    :param seed: the direct pass's seed, for the same image and weights
    :return: share of the values that differ by more than 1e-4 of the range, and the largest
        difference as a share of the range
    """
    weights = random_weights(build, size, seed)
    shape = (1,) + tuple(size) + (modalities,)
    image = np.random.RandomState(seed + 1).normal(size=shape).astype(np.float32)
    tensor, targets = build(window)
    result = np.zeros(direct.shape, np.float32)
    crop = [(a - b) // 2 for a, b in zip(size, direct.shape[1:-1])]  # not 0 without padding
    with tf.Session(graph=tensor.graph, config=tf_config()) as session:
        with tensor.graph.as_default():
            for variable in tf.global_variables():
                variable.load(weights[variable.op.name], session)
        for starts in niftynet_starts(size, window, crop):
            inside = tuple(slice(first, first + n) for first, n in zip(starts, window))
            values = session.run(targets[-1], {tensor: image[(slice(None),) + inside]})
            place = tuple(slice(f, f + n) for f, n in zip(starts, values.shape[1:-1]))
            result[(slice(None),) + place] = values
    apart = np.abs(result - direct) / (direct.max() - direct.min())
    return float((apart > 1e-4).mean()), float(apart.max())


def niftynet_starts(size, window, border):
    """
    :return: first voxels of the windows of NiftyNet's grid sampler, in its order
    """
    padded = tuple(size) + (1,) * (3 - len(size)) + (1, 1)
    cut = tuple(window) + (1,) * (3 - len(window)) + (1, 1)
    border = tuple(border) + (0,) * (3 - len(border))
    rows = grid_spatial_coordinates(0, {'image': padded}, {'image': cut}, border)['image']
    return [[int(each) for each in row[1 : 1 + len(size)]] for row in rows]


def limit_to(engine, part):
    all_at_once = engine.plan.bytes
    while True:
        try:
            engine.plan = engine.plan_within(part * all_at_once, 64 * GIB)
            return
        except GeometryError:
            part *= 1.5


def run_whole(engine, image):
    """
    :return: name -> values; it is checked that every sample comes exactly once
    """
    parts, counts = {}, {}

    def take(name, corner, values):
        end = [first + count for first, count in zip(corner, values.shape)]
        parts.setdefault(name, []).append((corner, end, values.copy()))

    loose = engine.run(image, take)
    found = dict(loose)
    for name, boxes in parts.items():
        shape = np.max([end for _, end, _ in boxes], axis=0)
        found[name] = np.zeros(shape, boxes[0][2].dtype)
        counts[name] = np.zeros(shape, np.int8)
        for corner, end, values in boxes:
            place = tuple(slice(first, last) for first, last in zip(corner, end))
            found[name][place] = values
            counts[name][place] += 1
        assert np.all(counts[name] == 1), name
    return found


def differences(whole, direct):
    """
    :return: name -> largest difference, divided by the range of the direct pass's values
    """
    found = {}
    for name, values in direct.items():
        assert whole[name].shape == values.shape, name
        if values.size:
            apart = np.abs(whole[name].astype(np.float64) - values).max()
            spread = float(values.max()) - float(values.min())
            found[name] = apart / spread if spread else apart
    return found
