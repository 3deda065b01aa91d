# -*- coding: utf-8 -*-
"""
Digests of the functions in a graph (``tf.function``, conditions and loops of TensorFlow 2).

TensorFlow gives each function a name with a number that counts all functions of the process, so
that the name tells nothing about what is computed.
"""

import hashlib
from typing import Dict, List, Optional

from niftynet_activations.hints import Graph, Node

# attributes without influence on values: names, and numbers that differ between processes
PASSING = ('shared_name', 'container', 'debug_name', 'token')


def digest_of(text: str) -> str:
    """
    :param text: any
    :return: a short text that differs where the given one differs
    """
    return hashlib.sha256(text.encode('utf-8')).hexdigest()[:16]


class GraphFunctions(object):
    """
    The functions of one graph, each read when it is met.

    :param graph: of TensorFlow
    """

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._known: Dict[str, str] = {}
        self._definitions: Optional[Dict[str, Node]] = None

    def attributes(self, node: Node) -> List[str]:
        """
        :param node: a ``NodeDef`` of the graph, or of one of its functions
        :return: a text for each attribute that influences values
        """
        return [
            '{}={}'.format(name, self._attribute(node.attr[name]))
            for name in sorted(node.attr)
            if not name.startswith('_') and name not in PASSING
        ]

    def _attribute(self, value: Node) -> str:
        kind = value.WhichOneof('value')
        if kind == 'func':
            return self._function(value.func.name)
        if kind == 'list' and len(value.list.func):
            return ','.join(self._function(each.name) for each in value.list.func)
        found: bytes = value.SerializeToString()
        return found.hex()

    def _function(self, name: str) -> str:
        if name not in self._known:
            self._known[name] = 'itself'  # for a function that calls itself
            definition = self._defined().get(name)
            if definition is not None:
                self._known[name] = digest_of(self._told(definition))
        return self._known[name]

    def _defined(self) -> Dict[str, Node]:
        if self._definitions is None:
            library = self._graph.as_graph_def().library
            self._definitions = {each.signature.name: each for each in library.function}
        return self._definitions

    def _told(self, definition: Node) -> str:
        told = [each.name for each in definition.signature.input_arg]
        for node in definition.node_def:
            told += [node.name, node.op, ','.join(node.input)] + self.attributes(node)
        told += ['{}={}'.format(*each) for each in sorted(definition.ret.items())]
        return '\n'.join(told)
