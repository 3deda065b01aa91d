# -*- coding: utf-8 -*-
"""
Stands in for ``tf.ConfigProto``, ``tf.Session`` and ``tf.InteractiveSession``, with one rewrite of
the graph off.

TensorFlow 2.21 on a CPU with oneDNN fuses a constant padding into a 3-D convolution behind it,
even where that convolution pads too (SAME), and then forgets the second padding: outputs have
the wrong shape. The rewrite is called remapping; without it oneDNN's kernels are still used.
"""


def make_config_proto(v1):
    """
    :param v1: the module ``tensorflow.compat.v1``
    :return: ``tf.ConfigProto`` with remapping off
    """

    def config_proto(*args, **kwargs):
        return without_remapping(v1.ConfigProto(*args, **kwargs))

    return config_proto


def make_session(original):
    """
    :param original: ``tf.Session`` or ``tf.InteractiveSession``
    :return: a subclass whose graphs are never remapped, whatever settings it is given
    """

    class Session(original):
        __doc__ = original.__doc__

        def __init__(self, target='', graph=None, config=None):
            super(Session, self).__init__(target, graph, without_remapping(config))

    Session.__name__ = Session.__qualname__ = original.__name__
    return Session


def without_remapping(config):
    """
    :param config: session settings, or None for the defaults; not changed
    :return: a copy with remapping off
    """
    import tensorflow.compat.v1 as v1
    from tensorflow.core.protobuf.rewriter_config_pb2 import RewriterConfig

    changed = v1.ConfigProto()
    if config is not None:
        changed.CopyFrom(config)
    changed.graph_options.rewrite_options.remapping = RewriterConfig.OFF
    return changed
