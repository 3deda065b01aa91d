# -*- coding: utf-8 -*-
"""
How a channel is changed: the value of ``--by``, and the operations that do it in the graph.

- *factor*: the number that a channel is multiplied by; ``zero`` is the factor 0;
- *given* numbers: values of placeholders that say, for each run, which channels are changed and
  how. So one network serves all channels.
"""

import math
from typing import Callable, Dict, List, NamedTuple, Optional, Union

import numpy as np

from niftynet_activations.capturing.axis_order import in_ordinary_space
from niftynet_activations.capturing.intervened import check_returned
from niftynet_activations.capturing.interventions import InterventionFunction
from niftynet_activations.capturing.recording import NetworkRecord
from niftynet_activations.capturing.registry import function_name
from niftynet_activations.capturing.selectors import Candidate
from niftynet_activations.errors import OptionError
from niftynet_activations.hints import Layer, Tensor
from niftynet_activations.host.networks import imported
from niftynet_activations.host.tensorflow import tf

ZERO, MEAN = 'zero', 'mean'


class Change(NamedTuple):
    """How a channel is changed."""

    by: str  # as the user wrote it
    factor: float = 1.0
    means: bool = False  # whether the channel is replaced by its mean over the image
    function: Optional[InterventionFunction] = None


def parse_change(by: Union[str, float, InterventionFunction]) -> Change:
    """
    :param by: ``zero``, ``mean``, a factor, ``module.function``, or the function itself
    :return: the change
    :raises OptionError: for anything else
    """
    if callable(by):
        return Change(function_name(by), function=by)
    by = str(by)
    if by == ZERO:
        return Change(by, 0.0)
    if by == MEAN:
        return Change(by, 0.0, True)
    try:
        factor = float(by)
    except ValueError:
        return Change(by, function=_function(by))
    if not math.isfinite(factor):
        raise OptionError("--by '{}': expected a finite factor".format(by))
    return Change(by, factor)


def _function(by: str) -> Callable[..., Tensor]:
    module_name, _, name = by.rpartition('.')
    if not module_name:
        raise OptionError(
            "--by '{}': expected zero, mean, a factor such as 0.5, or module.function".format(by)
        )
    found = getattr(imported("--by '{}'".format(by), module_name), name, None)
    if not callable(found):
        raise OptionError(
            "--by '{}': '{}' has no function '{}'; expected module.function, called with layer and "
            'output'.format(by, module_name, name)
        )
    return found


class Changing(object):
    """
    The change of one layer in one graph.

    :param change: how a channel is changed
    :param record: the network
    :param candidate: the layer
    :ivar given: operation of each placeholder -> value with which nothing is changed
    :ivar ordinary: the layer's own output, (batch, spatial axes ..., channels), where means are
        needed
    """

    def __init__(self, change: Change, record: NetworkRecord, candidate: Candidate) -> None:
        self._change, self._record, self._candidate = change, record, candidate
        self.given: Dict[str, np.ndarray] = {}
        self.ordinary: Tensor = None

    def __call__(self, layer: Layer, output: Tensor) -> Tensor:
        """
        :param layer: NiftyNet's layer, None for a tensor that no layer returned
        :param output: the layer's output
        :return: the output, with channels changed as the given numbers say
        """
        channels, dtype = output.shape.as_list()[-1], output.dtype
        if self._change.means:
            # made before the change, so that it comes first in the order of operations
            (self.ordinary,) = in_ordinary_space([output], self._record)
        if self._change.function is not None:
            changed = self._change.function(layer, output)
            check_returned(changed, self._candidate)
            chosen = self._placeholder('chosen', tf.bool, np.zeros(channels, bool))
            return tf.compat.v2.where(chosen, changed, output)
        numbers = dtype.as_numpy_dtype
        factor = self._placeholder('factor', dtype, np.ones(channels, numbers))
        shift = self._placeholder('shift', dtype, np.zeros(channels, numbers))
        return tf.add(tf.multiply(output, factor), shift)

    def _placeholder(self, name: str, dtype: object, value: np.ndarray) -> Tensor:
        made = tf.placeholder(dtype, value.shape, name=name)
        self.given[made.op.name] = value
        return made


class Given(object):
    """
    The given numbers of each run.

    :param change: how a channel is changed
    :param unchanged: ``given`` of :class:`Changing`
    """

    def __init__(self, change: Change, unchanged: Dict[str, np.ndarray]) -> None:
        self._change, self._unchanged = change, unchanged

    def nothing(self) -> Dict[str, np.ndarray]:
        """
        :return: operation -> value with which nothing is changed
        """
        return dict(self._unchanged)

    def channels(
        self, numbers: List[int], means: Optional[np.ndarray] = None
    ) -> Dict[str, np.ndarray]:
        """
        :param numbers: of the channels that are changed
        :param means: (channels,) means that replace the changed channels; None for other changes
        :return: operation -> value
        """
        found = {name: value.copy() for name, value in self._unchanged.items()}
        for name, value in found.items():
            kind = name.rpartition('/')[2]
            if kind == 'chosen':
                value[numbers] = True
            elif kind == 'factor':
                value[numbers] = self._change.factor
            elif means is not None:
                value[numbers] = means[numbers]
        return found
