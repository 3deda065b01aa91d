# -*- coding: utf-8 -*-
"""
What forward hooks and interventions share: functions of the user's that are called with layers'
tensors while the graph is built. TensorFlow is not imported here.

- *registered*: a function is registered until ``remove`` is called; every run that builds its graph
  meanwhile calls it.
"""

import functools
import re
from typing import Dict, List, TypeVar

from niftynet_activations.capturing.selectors import split_selectors
from niftynet_activations.errors import OptionError
from niftynet_activations.hints import UserFunction

One = TypeVar('One', bound='Registered')  # a forward hook, or an intervention


class Registered(object):
    """
    One registered function, and the handle to remove it; in a ``with`` statement it is removed at
    the end.

    :ivar selector: which layers, as in ``activation_layers``
    :ivar function: what is called for each of them
    """

    REGISTERS = ''  # the function that registers it
    TAKES = ''  # the function's arguments, for messages

    def __init__(self: One, selector: str, function: UserFunction, among: List[One]) -> None:
        """
        :param selector: as in ``activation_layers``
        :param function: of the user's
        :param among: the list of all that are registered, to which it is added
        :raises OptionError: for a selector that is no text or a function that cannot be called
        :raises SelectionError: for a selector that cannot be read
        """
        name, takes = self.REGISTERS, self.TAKES
        if not isinstance(selector, str) or not selector.strip():
            raise OptionError(
                '{} takes a selector such as {!r} first, got {!r}'.format(name, 'conv_*', selector)
            )
        if not callable(function):
            raise OptionError('{} takes {} second, got {!r}'.format(name, takes, function))
        split_selectors(selector)
        self.selector, self.function, self._among = selector, function, among
        among.append(self)

    @property
    def origin(self) -> str:
        """The call that holds the selector, for messages."""
        return "{}('{}')".format(self.REGISTERS, self.selector)

    def remove(self) -> None:
        """Unregister: runs that start from now on do not call the function. Twice is harmless."""
        self._among[:] = [each for each in self._among if each is not self]

    def __enter__(self: One) -> One:
        return self

    def __exit__(self, *unused_error: object) -> None:
        self.remove()


def function_name(function: UserFunction) -> str:
    """
    :param function: anything that can be called
    :return: its name, with what was bound to it where it is a ``functools.partial``
    """
    if isinstance(function, functools.partial):
        given = [repr(each) for each in function.args]
        given += ['{}={!r}'.format(*each) for each in sorted((function.keywords or {}).items())]
        return '{}({})'.format(function_name(function.func), ', '.join(given))
    return str(getattr(function, '__qualname__', type(function).__name__))


def scope_of(function: UserFunction) -> str:
    """
    :param function: anything that can be called
    :return: a name for the scope of the operations that it makes
    """
    name = getattr(function, '__qualname__', type(function).__name__)
    return re.sub('[^A-Za-z0-9_.]+', '-', name).strip('-') or 'hook'


def told_of(registered: Registered) -> Dict[str, str]:
    """
    :param registered: a function
    :return: the entries ``selector`` and ``function`` for a sidecar
    """
    module = getattr(registered.function, '__module__', None)
    name = function_name(registered.function)
    return dict(
        selector=registered.selector,
        function='{}.{}'.format(module, name) if module else name,
    )
