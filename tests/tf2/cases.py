# -*- coding: utf-8 -*-
"""
What the stand-ins of niftynet_tf2 are compared in.

A *case* is a function that takes the module ``tensorflow`` as NiftyNet sees it and returns
name -> array. Each runs under TensorFlow 1.15, where ``make_fixtures.py`` stores what it returns,
and under TensorFlow 2, where the tests compare. Inputs come from numpy's seeded generator.
"""

import collections

import numpy as np


def draw(seed, *shape):
    return np.random.RandomState(seed).normal(size=shape).astype(np.float32)


def run(tf, tensors, feed=None):
    """Evaluate tensors in a fresh session with all variables and tables initialised."""
    with tf.Session() as session:
        session.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
        return session.run(tensors, feed)


def variables_of(tf):
    """Names and shapes of all variables, and the collections that hold them, as text."""
    rows = []
    for name in sorted(tf.get_default_graph().get_all_collection_keys()):
        for each in tf.get_collection(name):
            if hasattr(each, 'initializer') and hasattr(each, 'op'):
                rows.append('{} {} {}'.format(name, each.op.name, each.shape.as_list()))
    return np.array(rows)


def resampler(tf):
    """Points inside, on whole coordinates, at the faces and outside; gradients to both inputs."""
    data = tf.constant(draw(1, 2, 5, 7, 3))
    points = np.random.RandomState(2).uniform(-1.6, 7.6, size=(2, 4, 11, 2)).astype(np.float32)
    points[0, 0] = [
        (0, 0), (6, 4), (3, 2), (-1, 2), (7, 4), (6, 5), (-0.5, 0), (6.5, 4), (2, -0.25), (2.5, 1),
        (-3, 9),
    ]  # fmt: skip
    warp = tf.constant(points)
    sampled = tf.contrib.resampler.resampler(data, warp)
    gradients = tf.gradients(sampled * tf.constant(draw(3, 2, 4, 11, 3)), [data, warp])
    values = run(tf, [sampled] + gradients)
    return dict(zip(('values', 'data_gradient', 'warp_gradient'), values))


def periodic_resample(tf):
    """One, two and three axes, unequal factors, channels that fill no whole block."""
    cases = {
        'one_axis': ((2, 5, 6), (2, 10, None)),
        'two_axes': ((1, 3, 5, 12), (1, 6, 10, None)),
        'unequal_factors': ((1, 3, 5, 6), (1, 9, 10, None)),
        'three_axes': ((1, 2, 3, 5, 16), (1, 4, 6, 10, None)),
        'channels_left': ((1, 3, 5, 7), (1, 6, 10, None)),
    }
    found = {}
    for name, (shape, wanted) in cases.items():
        values = np.arange(np.prod(shape), dtype=np.float32).reshape(shape)
        resample = tf.contrib.periodic_resample.periodic_resample
        found[name] = run(tf, resample(tf.constant(values), wanted))
    return found


def regularizers(tf):
    """Penalties of both kinds."""
    from tensorflow.contrib.layers.python.layers import regularizers as module

    weights = tf.constant(draw(4, 3, 5, 7))
    return {
        'l1': run(tf, module.l1_regularizer(0.25)(weights)),
        'l2': run(tf, module.l2_regularizer(1e-3)(weights)),
    }


def instance_norm(tf):
    """With the default parameters and with given ones, as NiftyNet's layer calls it."""
    inputs = tf.constant(3 * draw(5, 2, 5, 7, 11, 3) + 1)
    plain = tf.contrib.layers.instance_norm(inputs)
    initial = {'beta': tf.constant_initializer(0.5), 'gamma': tf.constant_initializer(2.0)}
    given = tf.contrib.layers.instance_norm(
        inputs, center=True, scale=True, epsilon=1e-5, param_initializers=initial, scope='given'
    )
    bare = tf.contrib.layers.instance_norm(inputs, center=False, scale=False, scope='bare')
    found = dict(zip(('plain', 'given', 'bare'), run(tf, [plain, given, bare])))
    found['variables'] = variables_of(tf)
    return found


def batch_norm(tf):
    """Training on two, four and five axes, its updates of the statistics, and inference."""
    inputs = tf.constant(2 * draw(6, 3, 5, 7, 4) - 1)
    training = tf.contrib.layers.batch_norm(inputs, decay=0.5)
    flat = tf.contrib.layers.batch_norm(inputs[:, 0, 0], decay=0.5, scope='flat')
    solid = tf.contrib.layers.batch_norm(inputs[None], decay=0.5, scope='solid')
    with tf.variable_scope('inference'):
        inference = tf.contrib.layers.batch_norm(inputs, is_training=False)
    statistics = [v for v in tf.global_variables() if 'moving' in v.op.name]
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        values = session.run([training, flat, solid, inference])
        found = dict(zip(('training', 'flat', 'solid', 'inference'), values))
        session.run(tf.get_collection(tf.GraphKeys.UPDATE_OPS))
        for variable, value in zip(statistics, session.run(statistics)):
            found[variable.op.name.replace('/', '.')] = value
    found['variables'] = variables_of(tf)
    return found


def variance_scaling(tf):
    """Spread and largest value of many weights; the values themselves are random."""
    found = {}
    for name, options in {'default': {}, 'uniform': {'uniform': True, 'mode': 'FAN_AVG'}}.items():
        make = tf.contrib.layers.variance_scaling_initializer
        values = run(tf, make(seed=1, **options)([5, 5, 16, 400]))
        found[name] = np.array([values.mean(), values.std(), np.abs(values).max()])
    return found


def confusion_matrix(tf):
    """Counts, and their type."""
    labels, predictions = np.random.RandomState(8).randint(0, 4, size=(2, 35))
    counts = tf.contrib.metrics.confusion_matrix(tf.constant(labels), tf.constant(predictions), 5)
    return {'counts': run(tf, counts), 'dtype': np.array(counts.dtype.name)}


def dense_hash_table(tf):
    """Rows and numbers by key, as the permutohedral lattice keeps them."""
    table = tf.contrib.lookup.MutableDenseHashTable(
        tf.int64, tf.int64, default_value=tf.constant([-1] * 3, dtype=tf.int64), empty_key=-3,
        deleted_key=-2, initial_num_buckets=8, checkpoint=False,
    )  # fmt: skip
    keys = tf.constant([5, 70, 11, 5], dtype=tf.int64)
    rows = tf.constant(np.arange(12).reshape(4, 3), dtype=tf.int64)
    with tf.control_dependencies([table.insert(keys, rows)]):
        exported_keys, exported_rows = table.export()
        looked_up = table.lookup(tf.constant([11, 5, 6], dtype=tf.int64))
    found_keys, found_rows, found = run(tf, [exported_keys, exported_rows, looked_up])
    order = np.argsort(found_keys)
    return {'keys': found_keys[order], 'rows': found_rows[order], 'found': found}


def crf(tf):
    """NiftyNet's layer on top of the hash tables, local variables and a function with gradient."""
    from niftynet.layer.crf import CRFAsRNNLayer

    features = tf.constant(draw(9, 1, 5, 7, 4, 2))
    logits = tf.constant(draw(10, 1, 5, 7, 4, 3))
    output = CRFAsRNNLayer(T=2)(features, logits)
    gradient = tf.gradients(output * tf.constant(draw(11, 1, 5, 7, 4, 3)), logits)[0]
    found = dict(zip(('values', 'gradient'), run(tf, [output, gradient])))
    return found


def local_variable(tf):
    """Where a local variable is kept, and what it holds."""
    made = tf.contrib.framework.local_variable(np.arange(6.0).reshape(2, 3), name='splat')
    return {'value': run(tf, made), 'variables': variables_of(tf)}


def dense(tf):
    """A fully connected layer with known weights."""
    inputs = tf.constant(draw(12, 5, 7))
    output = tf.layers.dense(inputs, 3, activation=tf.nn.relu)
    tf.layers.dense(inputs, 2, use_bias=False, name='named')
    weights = [v for v in tf.global_variables() if v.op.name.startswith('dense/')]
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for variable, seed in zip(weights, (13, 14)):
            variable.load(draw(seed, *variable.shape.as_list()), session)
        value = session.run(output)
    return {'value': value, 'variables': variables_of(tf)}


def _with_known_weights(tf, outputs):
    """
    Values of the outputs and of the moving statistics, with weights drawn by the variables' names.

    :return: name -> value, and the names and shapes of all variables
    """
    weights = sorted(tf.trainable_variables(), key=lambda each: each.op.name)
    moving = [each for each in tf.global_variables() if 'moving' in each.op.name]
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for seed, variable in enumerate(weights, 40):
            variable.load(draw(seed, *variable.shape.as_list()) / 4, session)
        found = session.run(outputs)
        session.run(tf.get_collection(tf.GraphKeys.UPDATE_OPS))
        for variable, value in zip(moving, session.run(moving)):
            found[variable.op.name.replace('/', '.')] = value
    found['variables'] = variables_of(tf)
    return found


def layer_functions(tf):
    """``tf.layers`` on two and three spatial axes of unequal sizes, as users' networks call it."""
    flat, solid = tf.constant(draw(20, 2, 7, 9, 3)), tf.constant(draw(21, 2, 5, 6, 7, 3))
    layers = tf.layers
    mode = tf.constant(True)
    return _with_known_weights(
        tf,
        {
            'conv1d': layers.conv1d(flat[:, 0], 4, 3, activation=tf.nn.relu),
            'conv2d': layers.conv2d(flat, 4, 3, padding='same', activation=tf.nn.relu),
            'again': layers.conv2d(flat, 5, [3, 2], strides=(2, 1), use_bias=False),
            'conv3d': layers.conv3d(solid, 4, 3, 1, 'same', dilation_rate=2, name='named'),
            'transposed': layers.conv2d_transpose(flat, 4, 3, strides=2),
            'solid_transposed': layers.conv3d_transpose(solid, 2, (2, 3, 2), (2, 2, 1), 'same'),
            'max': layers.max_pooling3d(solid, 2, 2),
            'average': layers.average_pooling2d(flat, (3, 2), (2, 2), 'same'),
            'norm': layers.batch_normalization(solid, training=True, momentum=0.5),
            'norm_2d': layers.batch_normalization(flat, training=mode, momentum=0.5),
            'norm_off': layers.batch_normalization(solid, scale=False, epsilon=0.1),
            'dropout': layers.dropout(solid),
            'flatten': layers.flatten(flat),
            'dense': layers.dense(flat, 3),
        },
    )


def slim_functions(tf):
    """``tf.contrib.slim`` with and without ``arg_scope``, as users' networks call it."""
    slim = tf.contrib.slim
    flat, solid = tf.constant(draw(22, 2, 7, 9, 3)), tf.constant(draw(23, 2, 5, 6, 7, 3))
    found = {
        'conv2d': slim.conv2d(flat, 4, [3, 3]),
        'conv3d': slim.conv3d(solid, 4, 3, stride=2, activation_fn=None, scope='named'),
        'transposed': slim.conv2d_transpose(flat, 4, 3, 2),
        'max': slim.max_pool2d(flat, 2),
        'average': slim.avg_pool3d(solid, [2, 2, 2], stride=1),
        'flatten': slim.flatten(flat),
        'connected': slim.fully_connected(slim.flatten(flat), 5),
        'dropout': slim.dropout(flat, 0.8, is_training=False),
    }
    normal = {'is_training': False, 'scale': True, 'decay': 0.9}
    with slim.arg_scope([slim.conv2d, slim.conv3d], normalizer_fn=slim.batch_norm, rate=2) as kept:
        found['scoped'] = slim.conv2d(flat, 4, 3, normalizer_params=normal)
        with slim.arg_scope([slim.conv2d], padding='VALID', normalizer_params=normal):
            found['inner'] = slim.conv2d(flat, 4, 3, rate=1)
    with slim.arg_scope(kept):
        found['entered_again'] = slim.conv3d(solid, 2, 3, normalizer_params=normal)
    found['after'] = slim.conv2d(flat, 2, 1, biases_initializer=None)
    return _with_known_weights(tf, found)


def xavier(tf):
    """Spread and largest value of many weights; the values themselves are random."""
    found = {}
    for name, options in {'uniform': {}, 'normal': {'uniform': False}}.items():
        for kind in ('xavier_initializer', 'xavier_initializer_conv2d'):
            make = getattr(tf.contrib.layers, kind)
            values = run(tf, make(seed=1, **options)([5, 5, 16, 400]))
            key = '{} {}'.format(kind, name)
            found[key] = np.array([values.mean(), values.std(), np.abs(values).max()])
    return found


def py_func(tf):
    """Whole numbers of another size than promised, and text."""

    def locations(number):
        return np.ones(5, np.int32) * np.int32(number), np.array([b'one', b'two'])

    numbers, words = tf.py_func(locations, [tf.constant(3)], [tf.int32, tf.string])
    single = tf.py_func(lambda x: x / np.float32(2), [tf.constant(draw(15, 3))], tf.float32)
    found = run(tf, [numbers, words, single])
    return {'numbers': found[0], 'words': found[1].astype('U'), 'single': found[2]}


def squeeze_excitation(tf):
    """NiftyNet's layer, whose sizes are quotients; all weights set."""
    from niftynet.layer.squeeze_excitation import ChannelSELayer

    output = ChannelSELayer(reduction_ratio=4)(tf.constant(draw(16, 2, 5, 7, 3, 8)))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for seed, variable in enumerate(tf.global_variables()):
            variable.load(draw(20 + seed, *variable.shape.as_list()), session)
        value = session.run(output)
    return {'value': value, 'variables': variables_of(tf)}


def padded_convolution(tf):
    """A constant padding before a 3-D convolution that pads too."""
    output, feed = padded_convolution_of_input(tf)
    return {'value': run(tf, output, feed)}


def padded_convolution_of_input(tf):
    """
    :return: the tensor, and what to feed: constants would be computed beforehand, not rewritten
    """
    images = tf.placeholder(tf.float32, [1, 4, 5, 6, 16])
    padded = tf.pad(images, [[0, 0]] + [[1, 1]] * 3 + [[0, 0]])
    kernel = tf.constant(draw(17, 3, 3, 3, 16, 18))
    output = tf.nn.conv3d(padded, kernel, [1] * 5, 'SAME')
    return output, {images: draw(18, 1, 4, 5, 6, 16)}


CASES = collections.OrderedDict(
    (case.__name__, case)
    for case in (
        resampler,
        periodic_resample,
        regularizers,
        instance_norm,
        batch_norm,
        variance_scaling,
        confusion_matrix,
        dense_hash_table,
        crf,
        local_variable,
        dense,
        layer_functions,
        slim_functions,
        xavier,
        py_func,
        squeeze_excitation,
        padded_convolution,
    )
)
