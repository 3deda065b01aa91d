# -*- coding: utf-8 -*-
"""
Find the layer that the word ``penultimate`` stands for: the input of the last convolution, found by
walking back through the graph from the logits.

- *convolution*: a call of one of NiftyNet's convolution layers that contains no other such call;
  transposed convolutions count only where no other one is met, as in the decoder of an autoencoder;
- a convolution with one output channel (attention maps, weighted sums) is passed through, unless
  the network's output has one channel itself, as in regression;
- *met at once*: convolutions that are reached after passing through the same number of such
  convolutions;
- from an output with spatial axes the walk does not go through tensors without them, such as the
  code of an autoencoder.
"""

from collections import deque
from typing import Deque, Dict, List, Optional, Set, Tuple, Type

from niftynet.layer.channel_sparse_convolution import ChannelSparseConvolutionalLayer
from niftynet.layer.convolution import ConvLayer, ConvolutionalLayer
from niftynet.layer.deconvolution import DeconvLayer, DeconvolutionalLayer

from niftynet_activations.capturing.recording import LayerCall, NetworkRecord
from niftynet_activations.hints import Layer, Tensor
from niftynet_activations.host.tensorflow import tf

CONVOLUTIONS = (ConvLayer, ConvolutionalLayer, ChannelSparseConvolutionalLayer)
TRANSPOSED = (DeconvLayer, DeconvolutionalLayer)


def penultimate(record: NetworkRecord, result: Optional[Tensor] = None) -> Optional[Tensor]:
    """
    :param record: a network that has been called
    :param result: the tensor to walk back from; the main result where not given
    :return: the input of the first convolution met that has more than one output channel. Where
        several are met at once, the one whose input has most channels counts, and among equals the
        one called last. None where no convolution is met
    """
    result = record.logits if result is None else result
    convolutions = _convolutions(record.calls, CONVOLUTIONS)
    met = _first_met(result, convolutions)
    if not met:
        convolutions = _convolutions(record.calls, TRANSPOSED)
        met = _first_met(result, convolutions)
    if not met:
        return None
    order = {call.output.name: place for place, call in enumerate(convolutions.values())}
    last = max(met, key=lambda call: (_channels(call.inputs[0]) or 0, order[call.output.name]))
    return last.inputs[0]


def _convolutions(calls: List[LayerCall], kinds: Tuple[Type[Layer], ...]) -> Dict[str, LayerCall]:
    """Name of the output tensor -> the call, only innermost calls, in the order of the calls."""
    found: Dict[str, LayerCall] = {}
    open_calls: List[LayerCall] = []  # the calls around the current one, and the current one
    for call in calls:
        while open_calls and open_calls[-1].depth >= call.depth:
            open_calls.pop()
        open_calls.append(call)
        if isinstance(call.layer, kinds) and isinstance(call.output, tf.Tensor):
            for outer in open_calls[:-1]:
                if isinstance(outer.output, tf.Tensor):
                    _forget(found, outer)
            found[call.output.name] = call
    return found


def _forget(found: Dict[str, LayerCall], call: LayerCall) -> None:
    if found.get(call.output.name) is call:
        del found[call.output.name]


def _first_met(logits: Tensor, convolutions: Dict[str, LayerCall]) -> List[LayerCall]:
    """
    The convolutions that are met first on the way back; the fewer convolutions of one channel are
    passed on the way, the earlier a convolution is met.
    """
    met: List[LayerCall] = []
    pending: Deque[Tuple[Tensor, int]] = deque([(logits, 0)])
    seen: Set[str] = set()
    nearest: Optional[int] = None
    one_is_enough = _channels(logits) == 1
    while pending:
        tensor, passed = pending.popleft()
        if tensor.name in seen or (nearest is not None and passed > nearest):
            continue
        if tensor.shape.ndims == 2 and logits.shape.ndims != 2:
            continue
        seen.add(tensor.name)
        call = convolutions.get(tensor.name)
        if call is not None and (one_is_enough or _channels(tensor) != 1):
            met.append(call)
            nearest = passed
        elif call is not None:
            pending.extend((each, passed + 1) for each in tensor.op.inputs)
        else:
            pending.extendleft((each, passed) for each in tensor.op.inputs)
    return met


def _channels(tensor: Tensor) -> Optional[int]:
    """How many channels a tensor has; None where that is not known."""
    return None if tensor.shape.ndims is None else tensor.shape.as_list()[-1]
