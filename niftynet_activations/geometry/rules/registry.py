# -*- coding: utf-8 -*-
"""
What the rules of TensorFlow's operations share: where they are listed, and what they ask a graph.

A *rule* takes the output tensor, the input tensors and their states (None for those that do not
depend on the image), and returns the state of the output. It raises :class:`UnknownOperation`
where it cannot tell; nothing is guessed.
"""

from typing import Callable, Dict, List, Optional, Sequence, Union

import numpy as np

from niftynet_activations.geometry.rules.constants import fixed_value
from niftynet_activations.geometry.state import State
from niftynet_activations.hints import Operation, Tensor

States = Sequence[Optional[State]]
Rule = Callable[[Tensor, Sequence[Tensor], States], State]


class UnknownOperation(Exception):
    """An operation whose effect on the geometry is not known."""


RULES: Dict[str, Rule] = {}
WHOLE_WINDOW = 'it takes a value over the whole window'  # a reason


def rule(*types: str) -> Callable[[Rule], Rule]:
    """
    :param types: of operations that the decorated rule is for
    :return: a decorator. It raises ValueError for a type that has a rule already, since otherwise
        the rule that is imported last would replace the other one unseen
    """

    def register(decorated: Rule) -> Rule:
        for each in types:
            if each in RULES:
                raise ValueError(
                    "operations of type '{}' have two rules: {}.{} and {}.{}".format(
                        each,
                        RULES[each].__module__,
                        RULES[each].__name__,
                        decorated.__module__,
                        decorated.__name__,
                    )
                )
            RULES[each] = decorated
        return decorated

    return register


def constant_of(tensor: Tensor) -> List[int]:
    """
    :param tensor: of whole numbers
    :return: its values, in memory order
    :raises UnknownOperation: if the graph does not fix them
    """
    value = fixed_value(tensor)
    if value is None:
        raise UnknownOperation('takes numbers that are not fixed in the graph')
    return [int(each) for each in np.ravel(value)]


def only_first(states: States) -> State:
    """
    :param states: of an operation's inputs
    :return: the state of the first input
    :raises UnknownOperation: if the first input does not depend on the image, or another one does
    """
    if states[0] is None or any(state is not None for state in states[1:]):
        raise UnknownOperation('takes from the image what was expected to be constant')
    return states[0]


def text_of(value: Union[str, bytes]) -> str:
    """
    :param value: an attribute of an operation, which some versions of TensorFlow give as bytes
    :return: the same as text
    """
    return value.decode() if isinstance(value, bytes) else str(value)


def check_format(operation: Operation) -> None:
    """
    :param operation: with an attribute ``data_format``
    :raises UnknownOperation: if the channels are not the last dimension
    """
    if text_of(operation.get_attr('data_format')) not in ('NHWC', 'NDHWC'):
        raise UnknownOperation('has its channels first')
