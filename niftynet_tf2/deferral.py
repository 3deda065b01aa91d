# -*- coding: utf-8 -*-
"""
Import Keras when it is used, not together with TensorFlow.

At its end ``import tensorflow`` imports Keras 3, which registers classes for saved models and
imports matplotlib. NiftyNet uses neither. If the import fails, TensorFlow goes on without Keras,
and tries again when ``tf.optimizers`` and the like are used. By then the module ``tensorflow`` is
the facade that NiftyNet sees (``facade.py``), which Keras must not see.
"""

import contextlib
import sys
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import TYPE_CHECKING, Iterator, Optional, Sequence

if TYPE_CHECKING:
    from importlib.abc import Loader

KERAS = 'keras'


class HoldingBackFinder(object):
    """Lets Keras be found, but none of its parts, so that its import ends at its first line."""

    @staticmethod
    def find_spec(
        name: str,
        path: Optional[Sequence[str]] = None,
        target: Optional[ModuleType] = None,
    ) -> Optional[ModuleSpec]:
        if name.startswith(KERAS + '.'):
            # not a ModuleNotFoundError, which `from keras import ...` would replace by its own
            raise ImportError("'{}' is not imported before it is used".format(name), name=name)
        return None


@contextlib.contextmanager
def keras_held_back() -> Iterator[None]:
    """Keep Keras from being imported in this context, unless it is imported already."""
    if KERAS in sys.modules:
        yield
        return
    sys.meta_path.insert(0, HoldingBackFinder)
    try:
        yield
    finally:
        sys.meta_path.remove(HoldingBackFinder)


class LateFinder(object):
    """
    Finds Keras where it is, to be imported with TensorFlow 2 in the facade's place.

    :param tensorflow: the module of version 2
    """

    def __init__(self, tensorflow: ModuleType) -> None:
        self._tensorflow = tensorflow

    def find_spec(
        self,
        name: str,
        path: Optional[Sequence[str]] = None,
        target: Optional[ModuleType] = None,
    ) -> Optional[ModuleSpec]:
        if name != KERAS:
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and spec.loader is not None:
            # LateLoader passes all other attributes on to the loader
            spec.loader = LateLoader(spec.loader, self._tensorflow)  # type: ignore[assignment]
        return spec


class LateLoader(object):
    """
    Keras's own loader; while it imports Keras, ``tensorflow`` is TensorFlow 2 and not the facade.

    :param loader: Keras's
    :param tensorflow: the module of version 2
    """

    def __init__(self, loader: 'Loader', tensorflow: ModuleType) -> None:
        self._loader = loader
        self._tensorflow = tensorflow

    def exec_module(self, module: ModuleType) -> None:
        put_back(module, self._loader)
        facade = sys.modules['tensorflow']
        sys.modules['tensorflow'] = self._tensorflow
        try:
            self._loader.exec_module(module)
        finally:
            sys.modules['tensorflow'] = facade

    def __getattr__(self, name: str) -> object:
        return getattr(self._loader, name)


def put_back(module: ModuleType, loader: 'Loader') -> None:
    """
    Give a module back its own loader, so that nothing of this package is left in it.

    :param module: the module that is about to be imported
    :param loader: its own loader
    """
    module.__loader__ = loader
    if module.__spec__ is not None:
        module.__spec__.loader = loader
