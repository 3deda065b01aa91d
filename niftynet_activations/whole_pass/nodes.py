# -*- coding: utf-8 -*-
"""
Operations as TensorFlow stores them (NodeDef), and changed copies of them.
"""

from typing import Dict, List

import numpy as np

from niftynet_activations.hints import Node
from niftynet_activations.host.tensorflow import tf

Nodes = Dict[str, Node]  # by the operation's name


def constant_node(name: str, value: np.ndarray) -> Node:
    """
    :param name: of a new operation
    :param value: any array
    :return: the constant, as TensorFlow stores it
    """
    dtype = tf.as_dtype(value.dtype)
    node = tf.NodeDef()
    node.name, node.op = name, 'Const'
    node.attr['dtype'].type = dtype.as_datatype_enum
    node.attr['value'].tensor.CopyFrom(tf.make_tensor_proto(value, dtype, value.shape))
    return node


def with_value(node: Node, value: np.ndarray) -> Node:
    """
    :param node: a constant
    :param value: of any shape
    :return: a copy with this value, of the constant's type. What it waits for stays: a branch that
        is not taken makes its constants wait
    """
    copy = tf.NodeDef()
    copy.CopyFrom(node)
    dtype = tf.as_dtype(node.attr['dtype'].type)
    copy.attr['value'].tensor.CopyFrom(tf.make_tensor_proto(value, dtype, value.shape))
    return copy


def relinked(node: Node, links: Dict[int, str]) -> Node:
    """
    :param node: any
    :param links: number of an input -> the operation that it is to come from
    :return: a copy with these inputs
    """
    copy = tf.NodeDef()
    copy.CopyFrom(node)
    inputs: List[str] = [links.get(number, each) for number, each in enumerate(node.input)]
    del copy.input[:]
    copy.input.extend(inputs)
    return copy


def full_name(name: str) -> str:
    """
    :param name: of a tensor as a node's input names it, without the number of a first output
    :return: the tensor's name
    """
    operation, _, output = name.partition(':')
    return '{}:{}'.format(operation, output or 0)
