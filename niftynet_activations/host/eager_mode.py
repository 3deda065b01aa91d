# -*- coding: utf-8 -*-
"""
TensorFlow 2's eager mode around NiftyNet, which needs it off.

- *eager mode*: operations are computed when they are called, as Keras expects; TensorFlow 2 starts
  in it;
- *graph mode*: operations are put into a graph for a session, as TensorFlow 1 does.

Importing NiftyNet on TensorFlow 2 turns eager mode off for the whole process. This module imports
neither of them by itself, so that the caller's mode can be noted before they are imported.
"""

import contextlib
import sys
from types import ModuleType
from typing import Iterator, Optional

# TensorFlow's module that warns of deprecated functions, and its variable that turns this on
_WARNS, _SWITCH = 'tensorflow.python.util.deprecation', '_PRINT_DEPRECATION_WARNINGS'


@contextlib.contextmanager
def graph_mode() -> Iterator[None]:
    """
    In the body of a ``with`` block TensorFlow is in graph mode, as NiftyNet needs it; afterwards it
    is in the caller's mode again.

    Objects that the caller made before, such as Keras models, work afterwards. If TensorFlow had
    not been imported before, it is afterwards in the mode that it starts in.
    """
    before = _is_eager()
    with _silent_on_old_names():
        if before:
            _v1().disable_v2_behavior()
        try:
            yield
        finally:
            if before or (before is None and _starts_eager()):
                # TensorFlow refuses the change while there is a default graph; here it is
                # NiftyNet's, and empty
                _v1().reset_default_graph()
                _v1().enable_v2_behavior()


@contextlib.contextmanager
def _silent_on_old_names() -> Iterator[None]:
    """
    Turn off TensorFlow's warnings of deprecated functions in the body, and restore the caller's
    setting afterwards. The change of mode is such a function, and in a notebook TensorFlow prints
    the warning among the results. (NiftyNet turns them off for good when it is imported.)
    """
    before = getattr(sys.modules.get(_WARNS), _SWITCH, True)
    _switch(False)
    try:
        yield
    finally:
        _switch(before)


def _switch(wanted: bool) -> None:
    module = sys.modules.get(_WARNS)
    if module is not None:
        setattr(module, _SWITCH, wanted)


def _is_eager() -> Optional[bool]:
    """Whether eager mode is on; None where TensorFlow has not been imported."""
    tensorflow = sys.modules.get('tensorflow')
    return None if tensorflow is None else bool(tensorflow.executing_eagerly())


def _starts_eager() -> bool:
    version = getattr(sys.modules.get('tensorflow'), '__version__', '')
    return bool(version) and not version.startswith('1.')


def _v1() -> ModuleType:
    import tensorflow.compat.v1

    return tensorflow.compat.v1
