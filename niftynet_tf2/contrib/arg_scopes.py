# -*- coding: utf-8 -*-
"""
Stands in for ``arg_scope`` and ``add_arg_scope`` of ``tf.contrib.framework``, by which networks set
default arguments for many calls at once.
"""

import contextlib
import functools
from typing import Dict, Iterator, List, Sequence, Union

from niftynet_tf2.hints import Argument, Function, Tensor

Scope = Dict[str, Dict[str, Argument]]  # name of a function -> arguments it is given
_SCOPES: List[Scope] = [{}]  # open scopes, the innermost last; it holds the arguments of all


def add_arg_scope(function: Function) -> Function:
    """
    :param function: function that :func:`arg_scope` may give arguments to
    :return: the same function; arguments that a call does not give come from the scope around it
    """
    key = '{}.{}'.format(function.__module__, function.__qualname__)

    @functools.wraps(function)
    def scoped(*args: Argument, **kwargs: Argument) -> Tensor:
        return function(*args, **dict(_SCOPES[-1].get(key, {}), **kwargs))

    scoped._key_op = key  # type: ignore[attr-defined]
    return scoped


@contextlib.contextmanager
def arg_scope(functions: Union[Scope, Sequence[Function]], **kwargs: Argument) -> Iterator[Scope]:
    """
    :param functions: functions that :func:`add_arg_scope` returned, or a scope that was returned
        earlier
    :param kwargs: arguments for them; of several scopes around a call the innermost counts
    :return: the scope, which can be used again
    :raises ValueError: for a function that takes no arguments from scopes
    """
    if isinstance(functions, dict):
        scope = dict(functions)
    else:
        scope = dict(_SCOPES[-1])
        for function in functions:
            key = getattr(function, '_key_op', None)
            if key is None:
                raise ValueError('{!r} takes no arguments from arg_scope'.format(function))
            scope[key] = dict(scope.get(key, {}), **kwargs)
    _SCOPES.append(scope)
    try:
        yield scope
    finally:
        _SCOPES.pop()
