# -*- coding: utf-8 -*-
"""
Stands in for the module ``tensorflow`` of version 1.15.

The facade answers with its stand-ins first, then with ``tensorflow.compat.v1``, then with
TensorFlow 2. Version-2 behaviour is off for the whole process.
"""

import sys
from types import ModuleType
from typing import List

from niftynet_tf2 import contrib, data, deferral, layers, py_func, session, variables
from niftynet_tf2.hints import Attribute
from niftynet_tf2.modules import MissingContribFinder

MODULE_NAMES = ('__file__', '__path__', '__spec__', '__loader__', '__version__')


class Facade(ModuleType):
    """What NiftyNet sees as ``tensorflow``."""

    def __init__(self, real: ModuleType, version_1: ModuleType) -> None:
        super(Facade, self).__init__('tensorflow', real.__doc__)
        self.__dict__['_sources'] = (version_1, real)
        for name in MODULE_NAMES:
            setattr(self, name, getattr(real, name))

    def __getattr__(self, name: str) -> Attribute:
        if name.startswith('__'):
            raise AttributeError(name)
        for source in self._sources:
            try:
                value = getattr(source, name)
            except AttributeError:
                continue
            self.__dict__[name] = value
            return value
        raise AttributeError(
            "module 'tensorflow' has no attribute '{}' in version {}, nor does niftynet_tf2 supply "
            'it'.format(name, self.__version__)
        )

    def __dir__(self) -> List[str]:
        return sorted(set(self.__dict__) | set(dir(self._sources[0])))


def install(real: ModuleType) -> None:
    """
    Put the facade into ``sys.modules`` in the place of TensorFlow 2.

    :param real: the module ``tensorflow``, version 2
    :raises ImportError: if TensorFlow was at work before NiftyNet was imported
    """
    import tensorflow.compat.v1 as v1
    from tensorflow.python.util import deprecation

    deprecation._PRINT_DEPRECATION_WARNINGS = False  # as NiftyNet itself does, only later
    try:
        v1.disable_v2_behavior()
    except ValueError as error:
        raise ImportError(
            'TensorFlow was used before niftynet was imported, and runs in version-2 mode ({}): '
            "put 'import niftynet' before anything that uses TensorFlow".format(error)
        ) from error
    facade = Facade(real, v1)
    # submodules that are imported already would otherwise be found by the real module only
    facade.__dict__.update(
        python=sys.modules['tensorflow.python'], core=sys.modules['tensorflow.core']
    )
    sys.modules['tensorflow'] = facade
    session.protect_sessions(v1)
    facade.__dict__.update(
        ConfigProto=session.make_config_proto(v1),
        get_variable=variables.make_get_variable(v1),
        py_func=py_func.make_py_func(v1),
    )
    layers.install(v1)
    contrib.install(v1)
    data.install(v1)
    sys.meta_path[:0] = [MissingContribFinder, deferral.LateFinder(real)]
    _supply_generator_enqueuer()


def _supply_generator_enqueuer() -> None:
    """Put ``keras.utils.GeneratorEnqueuer`` back, which moved within TensorFlow's private Keras."""
    import tensorflow.python.keras.utils as keras_utils
    from tensorflow.python.keras.utils import data_utils

    if not hasattr(keras_utils, 'GeneratorEnqueuer'):
        keras_utils.GeneratorEnqueuer = data_utils.GeneratorEnqueuer
