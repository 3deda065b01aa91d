# -*- coding: utf-8 -*-
"""
One pass of the network over a whole volume, for the chosen layers.

The network is built anew on the volume's size and gets the run's checkpoint. NiftyNet's sampler,
the plans of windows and the stitching are not used, so that they are checked independently.
"""

from typing import Dict, Iterator, List, NamedTuple, Optional, Sequence

import numpy as np
from niftynet.utilities.util_common import tf_config

from niftynet_activations.capturing.building import build_on_placeholder
from niftynet_activations.capturing.fetched_layers import SavedLayer, choose_layers
from niftynet_activations.errors import OptionError
from niftynet_activations.geometry.axis import AxisGeometry
from niftynet_activations.hints import Application, Session, Tensor
from niftynet_activations.host.tensorflow import tf
from niftynet_activations.verification.double_means import double_means

FLOAT_BYTES = 4


class WholeLayer(NamedTuple):
    """The output of one layer in a pass over the whole volume."""

    name: str
    values: np.ndarray  # (x, y, z, channel) float32, as the layer's map holds them
    axes: Optional[List[AxisGeometry]]  # on x, y and z; None where it is not known


def whole_layers(
    application: Application,
    volume: np.ndarray,
    spatial_axes: Sequence[int],
    names: Sequence[str],
    checkpoint: str,
    limit: int,
) -> Iterator[WholeLayer]:
    """
    :param application: of the run; its ``net`` is replaced
    :param volume: (x, y, z, modality), of a size that the network accepts
    :param spatial_axes: which of x, y, z the network sees; along the others it runs slice by slice
    :param names: of the layers to give
    :param checkpoint: path without ending
    :param limit: bytes of layers to fetch in one pass; at least one layer is fetched
    :return: these layers, a few at a time, in the network's order
    :raises OptionError: if the network cannot be built on the volume
    """
    thin = [axis for axis in range(3) if axis not in spatial_axes]
    slices = _slices(volume, thin)
    with tf.Graph().as_default(), tf.Session(config=tf_config()) as session:
        record = build_on_placeholder(application, (1,) + slices[0].shape)
        chosen = [each for each in choose_layers(record, application.options) if each.name in names]
        geometries = record.read([each.fetched for each in chosen])
        tf.train.Saver().restore(session, checkpoint)
        fetched = [each.fetched for each in chosen]
        # once for all groups of layers, since each mean over space costs a part of a pass
        feeds = [
            double_means(session, fetched, {record.image: each[np.newaxis]}) for each in slices
        ]
        for group in _groups(chosen, len(slices), limit):
            given = _run(session, [each.fetched for each in group], feeds, thin)
            for layer, values in zip(group, given):
                known = geometries[layer.fetched.name].axes
                yield WholeLayer(layer.name, values, _three_axes(known, spatial_axes))


def _slices(volume: np.ndarray, thin: Sequence[int]) -> List[np.ndarray]:
    """The inputs of the network: the volume, or its slices along an axis that the network lacks."""
    slices = [volume]
    for axis in sorted(thin, reverse=True):
        slices = [
            np.take(each, place, axis=axis) for each in slices for place in range(each.shape[axis])
        ]
    if len(thin) > 1:
        raise OptionError('a pass over the whole volume needs a network of at least two axes')
    return slices


def _groups(layers: Sequence[SavedLayer], slices: int, limit: int) -> Iterator[List[SavedLayer]]:
    group: List[SavedLayer] = []
    held = 0
    for layer in layers:
        size = int(np.prod(layer.fetched.shape.as_list()[1:])) * slices * FLOAT_BYTES
        if group and held + size > limit:
            yield group
            group, held = [], 0
        group.append(layer)
        held += size
    if group:
        yield group


def _run(
    session: Session,
    tensors: Sequence[Tensor],
    feeds: Sequence[Dict[Tensor, np.ndarray]],
    thin: Sequence[int],
) -> List[np.ndarray]:
    unique = list({tensor.name: tensor for tensor in tensors}.values())
    given = [session.run(unique, feed) for feed in feeds]
    found = {}
    for place, tensor in enumerate(unique):
        parts = [values[place][0] for values in given]
        found[tensor.name] = np.stack(parts, axis=thin[0]) if thin else parts[0]
    return [found[tensor.name] for tensor in tensors]


def _three_axes(
    known: Optional[List[AxisGeometry]], spatial_axes: Sequence[int]
) -> Optional[List[AxisGeometry]]:
    if known is None:
        return None
    axes = [AxisGeometry.of_window(1)] * 3
    for axis, geometry in zip(spatial_axes, known):
        axes[axis] = geometry
    return axes
