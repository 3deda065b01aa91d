# -*- coding: utf-8 -*-
"""
Modules made in memory, in place of modules of TensorFlow 1 that version 2 no longer has.
"""

import sys
from types import ModuleType
from typing import Mapping, NoReturn, Optional, Sequence

from niftynet_tf2.hints import Argument


class MissingArgumentError(TypeError, NotImplementedError):
    """A function of TensorFlow 1 is given an argument that is not supplied."""


MISSING = (
    "'{}' is not supplied: niftynet_tf2 holds what NiftyNet 0.6.0 uses of TensorFlow 1, and what "
    'networks call most; use Python 3.7 with TensorFlow 1.15 for the rest'
)


class StandInModule(ModuleType):
    """A module that says of a missing name that it is missing on purpose."""

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith('__'):
            raise AttributeError(name)
        raise AttributeError(MISSING.format('{}.{}'.format(self.__name__, name)))


def add_module(name: str, **names: Argument) -> ModuleType:
    """
    Put a module into ``sys.modules`` and bind it in its parent.

    :param name: dotted name
    :param names: the module's contents, by name
    :return: the module
    """
    module = StandInModule(name, 'Stand-in of niftynet_tf2 for a module that is gone.')
    module.__path__ = []
    module.__dict__.update(names)
    sys.modules[name] = module
    parent, _, child = name.rpartition('.')
    if parent in sys.modules:
        setattr(sys.modules[parent], child, module)
    return module


class MissingContribFinder(object):
    """Says of any other module of ``tensorflow.contrib`` that it is missing on purpose."""

    @staticmethod
    def find_spec(
        name: str,
        path: Optional[Sequence[str]] = None,
        target: Optional[ModuleType] = None,
    ) -> None:
        if name.startswith('tensorflow.contrib.'):
            raise ModuleNotFoundError(MISSING.format(name), name=name)
        return None


def refuse(unsupported: Mapping[str, Argument], function: str, ignored: Sequence[str] = ()) -> None:
    """
    Refuse arguments that a stand-in does not have.

    :param unsupported: arguments that were given, by name; None counts as not given
    :param function: name of the function that was called, for the message
    :param ignored: names of arguments that do not change the result
    :raises MissingArgumentError: if any other argument was given
    """
    used = [
        name for name, value in unsupported.items() if value is not None and name not in ignored
    ]
    if used:
        raise MissingArgumentError(
            "{} of niftynet_tf2 has no argument '{}'; use Python 3.7 with TensorFlow 1.15 for "
            'it'.format(function, "', '".join(sorted(used)))
        )
