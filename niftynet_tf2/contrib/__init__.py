# -*- coding: utf-8 -*-
"""
Stands in for the part of ``tensorflow.contrib`` that NiftyNet 0.6.0 uses.
"""

from types import ModuleType

from niftynet_tf2.contrib import (
    arg_scopes,
    initializers,
    local_variables,
    normalization,
    periodic_resample,
    regularizers,
    resampler,
    slim,
)
from niftynet_tf2.modules import add_module

LAYERS_MODULES = ('', '.python', '.python.layers', '.python.layers.regularizers')


def install(v1: ModuleType) -> None:
    """
    Put ``tensorflow.contrib`` and its modules into ``sys.modules``.

    :param v1: the module ``tensorflow.compat.v1``
    """
    add_module('tensorflow.contrib')
    scopes = {'arg_scope': arg_scopes.arg_scope, 'add_arg_scope': arg_scopes.add_arg_scope}
    add_module(
        'tensorflow.contrib.framework',
        list_variables=v1.train.list_variables,
        load_variable=v1.train.load_variable,
        local_variable=local_variables.make_local_variable(v1),
        **scopes,
    )
    layers = {
        'l1_regularizer': regularizers.make_l1(v1),
        'l2_regularizer': regularizers.make_l2(v1),
        'variance_scaling_initializer': initializers.make_variance_scaling(v1),
        'instance_norm': normalization.make_instance_norm(v1),
        'batch_norm': arg_scopes.add_arg_scope(normalization.make_batch_norm(v1)),
        'xavier_initializer': initializers.make_xavier(v1),
        'xavier_initializer_conv2d': initializers.make_xavier(v1),
    }
    layers.update(slim.make(v1))
    for name in LAYERS_MODULES:
        add_module('tensorflow.contrib.layers' + name, **layers)
    add_module('tensorflow.contrib.slim', **layers, **scopes)
    add_module(
        'tensorflow.contrib.lookup',
        MutableDenseHashTable=v1.lookup.experimental.DenseHashTable,
    )
    add_module('tensorflow.contrib.metrics', confusion_matrix=v1.math.confusion_matrix)
    add_module(
        'tensorflow.contrib.periodic_resample',
        periodic_resample=periodic_resample.make_periodic_resample(v1),
    )
    add_module('tensorflow.contrib.resampler', resampler=resampler.make_resampler(v1))
