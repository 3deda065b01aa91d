# -*- coding: utf-8 -*-
"""
One operation of a TensorFlow graph with what the geometry asks of it.

TensorFlow itself is asked for one thing only, the value of a constant; operations and tensors are
taken as they come, from a graph of TensorFlow 1.15 or of TensorFlow 2.
"""

from typing import Any, List, Optional, Sequence

import numpy as np

from niftynet_activations.geometry.dimensions import UnknownOperation


class Node(object):
    """
    :ivar type: name of the operation's type, such as ``Conv3D``
    :ivar name: its name in the graph
    :ivar noisy: numbers of the inputs that are random numbers
    :ivar index: number of the output that is looked at
    """

    def __init__(self, tensor: Any, noisy: Sequence[int] = ()) -> None:
        """
        :param tensor: the output that is looked at
        :param noisy: numbers of the inputs that are random numbers
        """
        self.noisy = tuple(noisy)
        self._operation = tensor.op
        self.index = tensor.value_index
        self.type = tensor.op.type
        self.name = tensor.op.name
        self.output_shape = shape_of(tensor)

    def input_shape(self, number: int) -> List[Optional[int]]:
        """
        :return: static shape of an input, None for a size that is not fixed
        :raises UnknownOperation: if not even its rank is
        """
        return shape_of(self._operation.inputs[number])

    def input_tensor(self, number: int) -> Any:
        """
        :return: an input as it stands in the graph
        """
        return self._operation.inputs[number]

    def constant(self, number: int) -> np.ndarray:
        """
        :return: value of an input that is fixed in the graph
        :raises UnknownOperation: if it is not
        """
        value = constant_value(self._operation.inputs[number])
        if value is None:
            raise UnknownOperation('has an input {} that is not fixed in the graph'.format(number))
        return np.asarray(value)

    def attribute(self, name: str) -> Any:
        """
        :return: value of an attribute, text as str; None where the operation has none of that name
        """
        try:
            value = self._operation.get_attr(name)
        except ValueError:
            return None
        return value.decode() if isinstance(value, bytes) else value


def constant_value(tensor: Any) -> Optional[np.ndarray]:
    """
    :param tensor: of a graph
    :return: its value if it is fixed in the graph, else None
    """
    import tensorflow as tf

    return tf.get_static_value(tensor)


def shape_of(tensor: Any) -> List[Optional[int]]:
    """
    :param tensor: of a graph
    :return: its static shape, None for a size that is not fixed
    :raises UnknownOperation: if its rank is not fixed
    """
    if tensor.shape.ndims is None:
        raise UnknownOperation('has a tensor of unknown rank')
    return tensor.shape.as_list()
