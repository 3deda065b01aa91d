# -*- coding: utf-8 -*-
"""
The network built on the sizes of windows, each with a session of its own.
"""

from typing import Any, Callable, Dict, Sequence, Tuple

import niftynet  # noqa: F401  before tensorflow, so that it is what NiftyNet sees
import tensorflow as tf
from niftynet.utilities.util_common import tf_config

from niftynet_activations.whole_pass.reading import Build

Load = Callable[[Any, Any], None]  # gives the variables of a graph their values: session, graph
Sizes = Tuple[int, ...]


class Networks(object):
    """
    Builds a network on every size that is asked for, once.

    :param build: of the network
    :param load: fills its variables
    """

    def __init__(self, build: Build, load: Load) -> None:
        self._build, self._load = build, load
        self._graphs: Dict[Sizes, Any] = {}
        self._sessions: Dict[Sizes, Any] = {}

    def graph(self, size: Sequence[int]) -> Any:
        """
        :param size: of a window, voxels
        :return: the graph
        :raises OptionError: if the network refuses the size
        """
        key = tuple(size)
        if key not in self._graphs:
            self._graphs[key] = self._build(key)[0].graph
        return self._graphs[key]

    def session(self, size: Sequence[int]) -> Any:
        """
        :param size: of a window, voxels
        :return: a session of its graph, the variables filled
        """
        key = tuple(size)
        if key not in self._sessions:
            graph = self.graph(key)
            session = tf.Session(graph=graph, config=tf_config())
            self._sessions[key] = session
            with graph.as_default():
                self._load(session, graph)
        return self._sessions[key]

    def close(self) -> None:
        """Close all sessions."""
        for session in self._sessions.values():
            session.close()
        self._sessions.clear()
        self._graphs.clear()


