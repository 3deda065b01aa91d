# -*- coding: utf-8 -*-
"""
Paddings that mirror more samples than an axis has.

TensorFlow builds them, and ends in an error when they run. So they are looked for while the network
is built, as other sizes that it cannot take are.
"""

from niftynet_activations.geometry.rules.constants import static_value
from niftynet_activations.hints import Graph


def check_mirrored(graph: Graph) -> None:
    """
    :param graph: of a network
    :raises ValueError: if one of its paddings mirrors more samples than there are
    """
    for operation in graph.get_operations():
        if operation.type != 'MirrorPad':
            continue
        pairs, shape = static_value(operation.inputs[1]), operation.inputs[0].shape
        if pairs is None or shape.ndims is None:
            continue
        # a reflection leaves the outermost sample out
        less = 1 if operation.get_attr('mode') == b'REFLECT' else 0
        for wanted, size in zip(pairs.max(axis=1), shape.as_list()):
            if size is not None and wanted > size - less:
                raise ValueError(
                    "it mirrors {} samples on an axis that has {} for '{}'".format(
                        wanted, size, operation.name
                    )
                )
