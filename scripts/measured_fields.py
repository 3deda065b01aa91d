# -*- coding: utf-8 -*-
"""
Measure the receptive fields of a network's layers by gradients, to check the derived ones.

- *long axis*: the axis of x, y and z along which the window is longer than the fields; the others
  are as short as the network accepts, which keeps a measurement small. Each axis is the long one
  in turn;
- *sample*: of a layer; chosen near the middle of the window: those samples whose derived receptive
  fields reach farthest below and above the sample's centre, and the one with the longest field;
- *chunk*: layers that share one graph of gradients. A graph for each layer would need many times
  the memory of the network.
"""

import contextlib
import io
import os
import sys
import time
from typing import Callable, Dict, Iterator, List, NamedTuple, Optional, Sequence, Tuple

import niftynet  # noqa: F401  before tensorflow, so that it is what NiftyNet sees
import numpy as np
import tensorflow as tf
from niftynet.engine.application_factory import ApplicationNetFactory
from niftynet.layer import layer_util

from niftynet_activations.capturing.dilation import undo_space_to_batch
from niftynet_activations.capturing.recording import NetworkRecord, record_layers
from niftynet_activations.geometry.axis import AxisGeometry
from niftynet_activations.geometry.graph import read_geometry
from niftynet_activations.geometry.state import TensorGeometry
from niftynet_activations.hints import Operation, Session, Tensor

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, 'trials'))
from measurements import FieldLayer, FieldRun  # noqa: E402
from oracle import Support, different, in_float64  # noqa: E402

v1 = tf.compat.v1
STATES = ('differs', 'smaller', 'clipped', 'agrees')  # the worst of several samples counts
DRAWS, DRAWS_BEHIND_HOLES = 16, 2  # draws of random weights
FILLED = '_filled'  # behind a network's name: its constant kernels are filled with ones
CLASSES, CHUNK = 3, 8
Chunk = Tuple[Tensor, Tensor, List[Tensor]]  # gradient, weights, indices of the samples
# Gradients at the edge of a field are products of the weights of many kernels. With an output
# gradient of this size they stay above the smallest float32 for twice as many kernels.
LARGE = 1e30

Setting = NamedTuple(
    'Setting',
    [
        ('long', int),  # voxels of the window on the long axis
        ('short', int),  # on the other axes
        ('double', bool),  # whether TensorFlow has all operations of the network in float64
        ('modalities', int),
        ('dimensions', int),
        ('features', Tuple[int, ...]),  # numbers of channels, of which an eighth is computed
    ],
)


def _setting(
    long: int,
    short: int,
    double: bool = True,
    modalities: int = 1,
    dimensions: int = 3,
    features: Tuple[int, ...] = (),
) -> Setting:
    return Setting(long, short, double, modalities, dimensions, features)


NETWORKS = {
    'toynet': _setting(16, 8),
    'highres3dnet': _setting(104, 8),
    'highres3dnet_small': _setting(200, 8),
    'highres3dnet_large': _setting(104, 8),
    'unet': _setting(112, 96, double=False, features=(32, 64, 128, 256, 512)),
    'nonewnet': _setting(32, 16, double=False),
    'vnet': _setting(576, 16, features=(16, 32, 64, 128, 256)),
    'dense_vnet': _setting(328, 8, double=False),
    'deepmedic': _setting(63, 57),
    'deepmedic_filled': _setting(63, 57),
    'scalenet': _setting(104, 8, modalities=2),
    'holisticnet': _setting(136, 8, double=False),
    'unet_2d': _setting(220, 188, double=False, dimensions=2, features=(64, 128, 256, 512, 1024)),
}


class FewerChannels(int):
    """
    An eighth of a number of channels, which is still printed as the real one in layers' names.
    """

    real_number: int

    def __new__(cls, real: int) -> 'FewerChannels':
        fewer = super(FewerChannels, cls).__new__(cls, real // 8)
        fewer.real_number = real
        return fewer

    def __format__(self, form: str) -> str:
        return format(self.real_number, form)


class SharedGradients(Support):
    """
    Finds the voxels that samples depend on (see the base class) with one graph of gradients for a
    chunk of tensors.

    :param session: session with the graph of the network
    :param image: its input
    :param tensors: all tensors whose samples will be measured
    """

    def __init__(self, session: Session, image: Tensor, tensors: Sequence[Tensor]) -> None:
        super(SharedGradients, self).__init__(session, image)
        self._tensors = {tensor.name: place for place, tensor in enumerate(tensors)}
        self._listed = list(tensors)
        self._chunks: Dict[int, Chunk] = {}

    def gradient(self, tensor: Tensor, sample: Sequence[int]) -> Tuple[Tensor, Dict[str, object]]:
        """As the base class; the tensor's weight in the chunk's sum is LARGE, all others are 0."""
        chunk, place = divmod(self._tensors[tensor.name], CHUNK)
        if chunk not in self._chunks:
            self._chunks[chunk] = self._make(self._listed[chunk * CHUNK : (chunk + 1) * CHUNK])
        gradient, weights, indices = self._chunks[chunk]
        chosen = np.zeros(len(indices))
        chosen[place] = LARGE
        return gradient, {weights.name: chosen, indices[place].name: list(sample)}

    def _make(self, tensors: Sequence[Tensor]) -> Chunk:
        weights = v1.placeholder(self.image.dtype, [len(tensors)])
        rank = self.image.shape.ndims - 2
        indices = [v1.placeholder_with_default(np.zeros(rank, np.int32), [rank]) for _ in tensors]
        sums = [
            tf.reduce_sum(tf.cast(_sample_at(tensor, index), self.image.dtype))
            for tensor, index in zip(tensors, indices)
        ]
        total = tf.reduce_sum(weights * tf.stack(sums))
        return v1.gradients(total, self.image)[0], weights, indices


def _sample_at(tensor: Tensor, index: Tensor) -> Tensor:
    rank = tensor.shape.ndims
    return tf.slice(tensor, tf.concat([[0], index, [0]], 0), [1] * (rank - 1) + [-1])


def measure(name: str, long_axis: int, tell: Callable[[str], None] = lambda text: None) -> FieldRun:
    """
    :param name: of one of NiftyNet's segmentation networks
    :param long_axis: 0, 1 or 2
    :param tell: function that is called with lines about the progress
    :return: ``window``, ``double``, ``seconds`` and ``layers``: for each layer a dictionary of
        ``name``, ``type``, ``derived``, ``measured``, ``state`` and the entries of
        :func:`_describe`; fields in voxels along the long axis; None where the field is the window
    """
    began, setting = time.time(), NETWORKS[name]
    window = [setting.short] * setting.dimensions
    window[long_axis] = setting.long
    with tf.Graph().as_default(), v1.Session() as session:
        record = build(name, window)
        outputs = [(each, call, undo_space_to_batch(t)) for each, call, t in record.outputs()]
        tensors = list({tensor.name: tensor for _, _, tensor in outputs}.values())
        geometries = read_geometry(tensors, record.image)
        support = SharedGradients(session, record.image, tensors)
        support.draw_weights()
        holes = _behind_holes(tensors)
        found = {}
        for tensor in tensors:
            geometry = geometries[tensor.name]
            found[tensor.name] = _measure_tensor(
                geometry, support, tensor, long_axis, tensor.name in holes
            )
            tell('{} {} of {}: {}'.format(name, len(found), len(tensors), found[tensor.name]))
    layers = []
    for layer, call, tensor in outputs:
        one = found[tensor.name].copy()
        kind = type(call.layer).__name__
        one.update(FieldLayer(name=layer, type=kind, tensor=tensor.name))
        layers.append(one)
    return FieldRun(
        network=name,
        axis=long_axis,
        window=window,
        double=setting.double,
        tensors=len(tensors),
        tensorflow=tf.__version__,
        seconds=round(time.time() - began, 1),
        layers=layers,
    )


def build(name: str, window: Sequence[int]) -> NetworkRecord:
    """
    :param name: of the network
    :param window: voxels
    :return: the record of its layers, in the default graph
    """
    setting = NETWORKS[name]
    filled = name.endswith(FILLED)
    real_name = name[: -len(FILLED)] if filled else name
    network = ApplicationNetFactory.create(real_name)(num_classes=CLASSES)
    if setting.features:
        listed = 'n_features' if hasattr(network, 'n_features') else 'n_fea'
        setattr(network, listed, [FewerChannels(number) for number in setting.features])
    shape = [1] + list(window) + [setting.modalities]
    with contextlib.ExitStack() as stack:
        stack.enter_context(contextlib.redirect_stdout(io.StringIO()))  # some print their layers
        if setting.double:
            stack.enter_context(in_float64())
        if filled:
            stack.enter_context(_ones_in_constant_kernels())
        record = stack.enter_context(record_layers(network))
        image = v1.placeholder(tf.float32, shape, name='image')  # float64 within in_float64
        network(image, is_training=False, keep_prob=1.0)
    return record


@contextlib.contextmanager
def _ones_in_constant_kernels() -> Iterator[None]:
    """Fill NiftyNet's constant kernels, which hold a single one among zeros, with ones."""
    original = layer_util.trivial_kernel
    layer_util.trivial_kernel = np.ones
    try:
        yield
    finally:
        layer_util.trivial_kernel = original


def _measure_tensor(
    geometry: Optional[TensorGeometry],
    support: SharedGradients,
    tensor: Tensor,
    long_axis: int,
    holed: bool,
) -> FieldLayer:
    if geometry is None or geometry.axes is None:
        return FieldLayer(derived=None, measured=None, state='unknown')
    states, fields = [], []
    for index in _samples(geometry.axes[long_axis], support.image.shape.as_list()[1 + long_axis]):
        sample = [each.size // 2 for each in geometry.axes[: support.image.shape.ndims - 2]]
        sample[long_axis] = index
        state, field = _measure_sample(geometry.axes, support, tensor, sample, long_axis, holed)
        states.append(state)
        fields.append(field)
    found = _describe(geometry, geometry.axes[long_axis])
    found.update(FieldLayer(measured=max(fields), state=min(states, key=STATES.index)))
    return found


def _measure_sample(
    axes: Sequence[AxisGeometry],
    support: SharedGradients,
    tensor: Tensor,
    sample: Sequence[int],
    long_axis: int,
    holed: bool,
) -> Tuple[str, int]:
    windows = support.image.shape.as_list()[1:-1]
    derived = [_interval(*each) for each in zip(axes, sample, windows)]

    def enough(seen: Sequence[Optional[Tuple[int, int]]]) -> bool:
        return not different(derived, seen, windows)

    measured = support.extents(tensor, sample, enough, DRAWS_BEHIND_HOLES if holed else DRAWS)
    ends = measured[long_axis]
    state = _state(derived, measured, windows, long_axis, holed)
    return state, ends[1] - ends[0] + 1 if ends else 0


def _describe(geometry: TensorGeometry, axis: AxisGeometry) -> FieldLayer:
    return FieldLayer(
        stride=axis.stride,
        offset=axis.offset,
        period=axis.period,
        derived=axis.receptive_field,
        inexact_because='; '.join(geometry.inexact_because) or None,
    )


def _interval(axis: AxisGeometry, index: int, window: int) -> Tuple[int, int]:
    if axis.spans:
        return 0, window - 1
    first, last = axis.interval(np.array([index]))
    return int(first[0]), int(last[0])


def _samples(axis: AxisGeometry, window: int) -> List[int]:
    """Choose samples whose fields lie inside the window; if there is none, the middle sample."""
    if axis.spans:
        return [axis.size // 2]
    samples = np.arange(axis.size)
    first, last = axis.interval(samples)
    inside = samples[(first >= 0) & (last < window)]
    if not len(inside):
        return [axis.size // 2]
    inside = inside[np.argsort(np.abs(inside - axis.size / 2.0), kind='stable')]
    first, last = first[inside], last[inside]
    centre = axis.offset + axis.stride * inside
    chosen = [np.argmin(first - centre), np.argmax(last - centre), np.argmax(last - first)]
    return sorted({int(inside[place]) for place in chosen})


def _state(
    derived: Sequence[Tuple[int, int]],
    measured: Sequence[Optional[Tuple[int, int]]],
    windows: Sequence[int],
    long_axis: int,
    holed: bool,
) -> str:
    if different(derived, measured, windows):
        inside = all(
            seen is None or (ends[0] <= seen[0] and seen[1] <= ends[1])
            for ends, seen in zip(derived, measured)
        )
        return 'smaller' if holed and inside else 'differs'
    first, last = derived[long_axis]
    return 'clipped' if first < 0 or last >= windows[long_axis] else 'agrees'


def _behind_holes(tensors: Sequence[Tensor]) -> Dict[str, str]:
    """
    :param tensors: tensors of the network
    :return: name of each tensor that depends on a convolution with zeros in a constant kernel ->
        that convolution's operation
    """
    known: Dict[str, Optional[str]] = {}
    pending = [tensor.op for tensor in tensors]
    while pending:
        operation = pending[-1]
        missing = [t.op for t in operation.inputs if t.op.name not in known]
        if missing and operation.name not in known:
            pending.extend(missing)
            known.setdefault(operation.name, None)
            continue
        pending.pop()
        above = [known[each.op.name] for each in operation.inputs if known.get(each.op.name)]
        known[operation.name] = _hole(operation) or (above[0] if above else None)
    found = {t.name: known[t.op.name] for t in tensors}
    return {name: hole for name, hole in found.items() if hole}


def _hole(operation: Operation) -> Optional[str]:
    if operation.type not in ('Conv2D', 'Conv3D'):
        return None
    kernel = tf.get_static_value(operation.inputs[1])
    return None if kernel is None or np.all(kernel) else operation.name
