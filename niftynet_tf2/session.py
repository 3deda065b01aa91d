# -*- coding: utf-8 -*-
"""
Stands in for ``tf.ConfigProto`` and for the start of every session, with one rewrite of the
graph off.

TensorFlow 2.21 on a CPU with oneDNN fuses a constant padding into a 3-D convolution behind it,
even where that convolution pads too (SAME), and then forgets the second padding: outputs have
the wrong shape. The rewrite is called remapping; without it oneDNN's kernels are still used.

TensorFlow itself also makes sessions (monitored sessions, those of its unit tests), which no
stand-in for ``tf.Session`` would reach. All of them are started by the base class of
``tf.Session``, so the rewrite is switched off there, whatever the settings say.
"""

import functools
from types import ModuleType
from typing import Callable

from niftynet_tf2.hints import Argument, Function, Session, SessionSettings

ROOT_CLASS = 'BaseSession'


def make_config_proto(v1: ModuleType) -> Function:
    """
    :param v1: the module ``tensorflow.compat.v1``
    :return: ``tf.ConfigProto`` with remapping off
    """

    def config_proto(*args: Argument, **kwargs: Argument) -> SessionSettings:
        return without_remapping(v1.ConfigProto(*args, **kwargs))

    return config_proto


def protect_sessions(v1: ModuleType) -> None:
    """
    Start every session of this process without remapping. Calling it again is harmless.

    :param v1: the module ``tensorflow.compat.v1``
    :raises ImportError: if ``tf.Session`` has no base class of the expected name
    """
    roots = [each for each in v1.Session.__mro__ if each.__name__ == ROOT_CLASS]
    if not roots:
        raise ImportError(
            'niftynet_tf2 found no {} behind tf.Session of this TensorFlow, and cannot keep its '
            'faulty graph rewrite away: use TensorFlow 2.21'.format(ROOT_CLASS)
        )
    start = roots[0].__init__
    if not hasattr(start, 'without_remapping'):
        roots[0].__init__ = _protected(start)


def _protected(start: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(start)
    def __init__(
        self: Session, target: str = '', graph: Argument = None, config: SessionSettings = None
    ) -> None:
        start(self, target, graph, without_remapping(config))

    setattr(__init__, 'without_remapping', True)  # noqa: B010  the type checker knows no other
    return __init__


def without_remapping(config: SessionSettings) -> SessionSettings:
    """
    :param config: session settings, or None for the defaults; not changed
    :return: a copy with remapping off
    """
    from tensorflow.compat import v1
    from tensorflow.core.protobuf.rewriter_config_pb2 import RewriterConfig

    if config is not None and not isinstance(config, v1.ConfigProto):
        return config  # not valid: TensorFlow's own message says so
    changed = v1.ConfigProto()
    if config is not None:
        changed.CopyFrom(config)
    changed.graph_options.rewrite_options.remapping = RewriterConfig.OFF
    return changed
