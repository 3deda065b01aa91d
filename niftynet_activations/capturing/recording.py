# -*- coding: utf-8 -*-
"""
Record every layer that a network calls while its graph is being built.

NiftyNet's layers are called through ``Layer.__call__``; inside :func:`record_layers` that
method also notes the layer, what went in and what came out. The graph stays as it is: no
operation is added, renamed or wrapped, so the network computes the same to the bit.

- *call*: one call of a layer during the network's own call, nested calls included;
- *name*: the layer's variable scope without the network's in front, ``:1`` behind it when
  the layer is called a second time;
- *depth*: 1 for the layers that the network itself calls.
"""

import threading
from collections import defaultdict
from contextlib import contextmanager
from typing import Callable, Dict, Iterator, List, NamedTuple, Optional, Sequence, Tuple

from niftynet.layer.base_layer import Layer

from niftynet_activations.capturing.dilation import Nestings
from niftynet_activations.capturing.returned import mapped, named_results
from niftynet_activations.errors import GeometryError
from niftynet_activations.geometry.graph import GraphReader
from niftynet_activations.geometry.order import in_order
from niftynet_activations.geometry.state import TensorGeometry
from niftynet_activations.hints import Argument, Operation, Outputs, Tensor
from niftynet_activations.host.tensorflow import tf

Call = Callable[..., Outputs]
Args = Tuple[Argument, ...]  # of a call, whatever the layer
Kwargs = Dict[str, Argument]

OUTSIDE = -1  # the depth where no network is being called


class LayerCall(NamedTuple):
    """One call of a layer."""

    name: str
    layer: Layer
    depth: int
    inputs: Tuple[Tensor, ...]  # its positional arguments
    output: Outputs  # a tensor, or a list or tuple that may hold None


class Applied(NamedTuple):
    """An intervention that was applied to a layer, as the sidecar names it."""

    layer: str
    selector: str
    function: str


class NetworkRecord(object):
    """
    What was recorded of one network while it was built.

    :ivar image: the tensor the network was called with, (batch, x, y[, z], modality)
    :ivar results: name -> tensor that it returned (``capturing/returned.py``); the first one is the
        main result
    :ivar calls: one :class:`LayerCall` a call, in the order in which the calls began
    :ivar operations: the network's TensorFlow operations, in the order of their making
    :ivar interventions: those that were applied to the network, in order
    :ivar intervened: whether tensors were replaced
    :ivar nestings: operation name -> shapes of the dilated blocks around it, as far as they were
        looked up
    """

    def __init__(self, network: Layer) -> None:
        self.network = network
        self.image: Tensor = None
        self.results: Dict[str, Tensor] = {}
        self.calls: List[LayerCall] = []
        self.operations: List[Operation] = []
        self.interventions: List[Applied] = []
        self.intervened = False
        self.nestings: Nestings = {}
        self._geometry: Optional[GraphReader] = None

    def outputs(self) -> Iterator[Tuple[str, LayerCall, Tensor]]:
        """
        :return: name, call and tensor of everything that can be saved; a list's or tuple's
            elements are named by position, ``name.0``, ``name.1``, None counted and left out
        """
        for call in self.calls:
            if isinstance(call.output, (list, tuple)):
                for position, element in enumerate(call.output):
                    if isinstance(element, tf.Tensor):
                        yield '{}.{}'.format(call.name, position), call, element
            elif isinstance(call.output, tf.Tensor):
                yield call.name, call, call.output

    @property
    def logits(self) -> Tensor:
        """The main result; None where the network returned no tensor."""
        return next(iter(self.results.values()), None)

    @property
    def geometry(self) -> Optional[GraphReader]:
        """
        The reader of this network's graph, which keeps what it has read; None where the window's
        size is not fixed in the graph, on which the geometry depends.
        """
        if self._geometry is None and None not in self.image.shape.as_list()[1:-1]:
            self._geometry = GraphReader(self.image)
        return self._geometry

    def replace(self, tensor: Tensor, other: Tensor) -> None:
        """
        Replace a tensor in this record, after it was replaced in the graph.

        :param tensor: the old tensor of the network
        :param other: the tensor that the network's operations take now
        """
        replaced = {tensor.name: other}
        self.calls = [
            call._replace(
                inputs=mapped(call.inputs, replaced), output=mapped(call.output, replaced)
            )
            for call in self.calls
        ]
        self.results = mapped(self.results, replaced)
        self.intervened = True
        self.nestings.clear()
        self._geometry = None  # it has read the graph before the change

    def read(self, tensors: Sequence[Tensor]) -> Dict[str, TensorGeometry]:
        """
        :param tensors: of the network's graph
        :return: tensor name -> geometry, as the reader gives it
        :raises GeometryError: if the window's size is not fixed in the graph
        """
        if self.geometry is None:
            raise GeometryError('the size of the window is not fixed in the graph')
        return self.geometry.read(tensors)


def _first(inputs: Args) -> Tensor:
    return inputs[0]


def _as_it_is(record: NetworkRecord) -> None:
    """Apply no intervention."""


@contextmanager
def record_layers(
    network: Layer,
    image_of: Callable[[Args], Tensor] = _first,
    results_of: Callable[[Outputs], Dict[str, Tensor]] = named_results,
    intervene: Callable[[NetworkRecord], None] = _as_it_is,
) -> Iterator[NetworkRecord]:
    """
    Record the layers of ``network`` while it is called in the body.

    :param network: an instance of the network; calls outside of its own call, or by other threads,
        are not recorded
    :param image_of: picks the image among the positional arguments that the network is called with
    :param results_of: gives names to what the network returns, the main result first
    :param intervene: may replace tensors when the network has been called, before its caller gets
        what it returned
    :return: the record, filled when the network has been called
    """
    record = NetworkRecord(network)
    recorder = _Recorder(record, image_of, results_of, intervene)
    original = Layer.__call__

    def recording_call(layer: Layer, *args: Argument, **kwargs: Argument) -> Outputs:
        return recorder.call(original, layer, args, kwargs)

    Layer.__call__ = recording_call
    try:
        yield record
    finally:
        Layer.__call__ = original


class _Recorder(object):
    """Follows the nesting of calls."""

    def __init__(
        self,
        record: NetworkRecord,
        image_of: Callable[[Args], Tensor],
        results_of: Callable[[Outputs], Dict[str, Tensor]],
        intervene: Callable[[NetworkRecord], None],
    ) -> None:
        self._record = record
        self._image_of, self._results_of, self._intervene = image_of, results_of, intervene
        self._depth = OUTSIDE
        self._thread = threading.get_ident()
        self._times_called: Dict[str, int] = defaultdict(int)

    def call(self, original: Call, layer: Layer, args: Args, kwargs: Kwargs) -> Outputs:
        if threading.get_ident() != self._thread:
            # layers of NiftyNet's preprocessing are called in other threads meanwhile
            return original(layer, *args, **kwargs)
        if layer is self._record.network:
            return self._call_network(original, layer, args, kwargs)
        if self._depth == OUTSIDE:
            return original(layer, *args, **kwargs)
        return self._call_layer(original, layer, args, kwargs)

    def _call_network(self, original: Call, network: Layer, args: Args, kwargs: Kwargs) -> Outputs:
        graph = tf.get_default_graph()
        before = len(graph.get_operations())
        self._depth = 0
        record = self._record
        record.image = self._image_of(args)  # known where the call ends in an error, too
        try:
            output = original(network, *args, **kwargs)
        finally:
            self._depth = OUTSIDE
        results = record.results = self._results_of(output)
        record.operations = graph.get_operations()[before:]
        self._intervene(record)
        if record.intervened:
            record.operations = in_order(graph.get_operations()[before:])
        changed = {each.name: record.results[name] for name, each in results.items()}
        return mapped(output, changed) if record.intervened else output

    def _call_layer(self, original: Call, layer: Layer, args: Args, kwargs: Kwargs) -> Outputs:
        position = len(self._record.calls)
        self._depth += 1
        depth = self._depth
        # an empty entry, so that calls are listed in the order in which they began
        self._record.calls.append(LayerCall('', layer, depth, (), None))
        try:
            output = original(layer, *args, **kwargs)
        finally:
            self._depth -= 1
        self._record.calls[position] = LayerCall(
            self._name(layer), layer, depth, args or tuple(kwargs.values()), output
        )
        return output

    def _name(self, layer: Layer) -> str:
        scope = layer.layer_scope().name
        network_scope = self._record.network.layer_scope().name + '/'
        name = scope[len(network_scope) :] if scope.startswith(network_scope) else scope
        times = self._times_called[name]
        self._times_called[name] += 1
        return '{}:{}'.format(name, times) if times else name
