# -*- coding: utf-8 -*-
"""
What a network returns, by name: one tensor, or several in a list, tuple or dictionary.

- *result*: a tensor that the network returned;
- *name* of a result: its key in a dictionary, its field in a named tuple, its position in a list or
  tuple (``0``, ``1``; None is counted and left out); parts of nested ones are joined by dots. A
  network that returns one tensor has one result, whose name is empty;
- *main result*: the first one, of which NiftyNet's own output is usually made.
"""

import copy
from typing import Dict, Iterator, Mapping, Tuple

from niftynet_activations.hints import Outputs, Tensor
from niftynet_activations.host.tensorflow import tf


def named_results(returned: Outputs) -> Dict[str, Tensor]:
    """
    :param returned: by the network
    :return: name -> tensor, in order; what is no tensor is left out
    """
    return dict(_walk('', returned))


def mapped(returned: Outputs, others: Mapping[str, Tensor]) -> Outputs:
    """
    :param returned: a tensor, or lists, tuples and dictionaries of such; other values are kept
    :param others: name of a tensor -> the tensor that replaces it
    :return: the same, with these tensors replaced
    """
    if isinstance(returned, tf.Tensor):
        return others.get(returned.name, returned)
    if isinstance(returned, tuple) and hasattr(returned, '_fields'):
        return type(returned)(*[mapped(each, others) for each in returned])
    if type(returned) in (list, tuple):
        return type(returned)(mapped(each, others) for each in returned)
    if isinstance(returned, dict):
        made = copy.copy(returned)
        made.update((key, mapped(each, others)) for key, each in returned.items())
        return made
    return returned


def _walk(name: str, value: Outputs) -> Iterator[Tuple[str, Tensor]]:
    if isinstance(value, tf.Tensor):
        yield name, value
    elif isinstance(value, (list, tuple)):
        fields = getattr(value, '_fields', None) or range(len(value))
        for field, each in zip(fields, value):
            yield from _walk(_joined(name, field), each)
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from _walk(_joined(name, key), each)


def _joined(name: str, part: object) -> str:
    return '{}.{}'.format(name, part) if name else str(part)
