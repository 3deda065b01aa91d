# -*- coding: utf-8 -*-
"""
The windows of NiftyNet's samplers, fed to a graph that stays, one subject after the other.

NiftyNet puts a queue of ``tf.data`` in front of its network, which ends with the last subject of a
run and cannot be started again. This module replaces it by placeholders of the same types and
shapes, and makes the batches of the queue in numpy, so that the network gets the same numbers.
"""

from typing import Dict, Iterator, List, Mapping

import numpy as np
from niftynet.engine.image_window import LOCATION_FORMAT
from niftynet.engine.sampler_grid_v2 import GridSampler, grid_spatial_coordinates
from niftynet.io.misc_io import squeeze_spatial_temporal_dim

from niftynet_activations.hints import Sampler, Tensor
from niftynet_activations.host.tensorflow import tf

Batch = Dict[str, np.ndarray]  # name of a sampler's output -> (batch, ...)
STOP = -1  # NiftyNet's mark in a window's location: the end of all windows, or padding of a batch


def feed_windows(sampler: Sampler) -> Dict[str, Tensor]:
    """
    Replace a sampler's windows by placeholders; to be called before the network is built.

    :param sampler: NiftyNet's; its ``pop_batch_op`` is replaced
    :return: name of the sampler's output -> placeholder, filled once the network is built
    """
    placeholders: Dict[str, Tensor] = {}
    dynamic = sampler.smaller_final_batch_mode == 'dynamic' and sampler.batch_size > 1
    batch = None if dynamic else sampler.batch_size

    def pop_batch_op() -> Dict[str, Tensor]:
        if not placeholders:
            for name, dtype in sampler.tf_dtypes.items():
                shape = [batch] + sampler.tf_shapes[name].as_list()[1:]
                placeholders[name] = tf.placeholder(dtype, shape, name='fed_' + name)
        return {name: squeeze_spatial_temporal_dim(each) for name, each in placeholders.items()}

    sampler.pop_batch_op = pop_batch_op
    return placeholders


def batches(sampler: Sampler) -> Iterator[Batch]:
    """
    :param sampler: NiftyNet's, of one subject or several
    :return: the batches that NiftyNet's queue would give, in its order
    """
    waiting: List[Batch] = []
    if sampler.batch_size == 1:
        for group in _groups(sampler):
            for position in range(min(len(values) for values in group.values())):
                yield {name: values[position : position + 1] for name, values in group.items()}
        return
    for window in _windows(sampler):
        waiting.append(window)
        if len(waiting) == sampler.batch_size:
            yield _stacked(waiting)
            waiting = []
    mode = sampler.smaller_final_batch_mode
    if not waiting or mode == 'drop':
        return
    if mode == 'pad':
        waiting += [stop_sign(waiting[0])] * (sampler.batch_size - len(waiting))
    yield _stacked(waiting)


def is_end(batch: Batch, name: str) -> bool:
    """
    :param batch: of a sampler
    :param name: of the input that windows are cut from
    :return: whether the batch holds no window, only NiftyNet's mark of the end
    """
    return all(min(place) < 0 for place in batch[LOCATION_FORMAT.format(name)].tolist())


def _windows(sampler: Sampler) -> Iterator[Batch]:
    """One window after the other, without the batch axis."""
    for group in _groups(sampler):
        # copied, since a generator may overwrite the arrays that it has given
        held = {name: np.array(values) for name, values in group.items()}
        for position in range(min(len(values) for values in held.values())):
            yield {name: values[position] for name, values in held.items()}


def _groups(sampler: Sampler) -> Iterator[Batch]:
    if type(sampler) is GridSampler:
        yield from _grid(sampler)
    elif sampler.from_generator:
        yield from sampler.layer_op()
    else:
        for index in range(sampler.reader.num_subjects):
            yield sampler.layer_op(index)


def _grid(sampler: GridSampler) -> Iterator[Batch]:
    """
    What the sampler itself gives. Where its windows lie is worked out once for images of the same
    size, and kept with it: that takes as long as a twentieth of a small network.
    """
    last: Batch = {}
    while True:
        image_id, data, _ = sampler.reader(idx=None, shuffle=False)
        if not data:
            break
        asked = image_id, {name: data[name].shape for name in sampler.window.names}
        known = getattr(sampler, 'activation_locations', None)
        if known is None or known[0] != asked:
            sizes = sampler.window.match_image_shapes(asked[1])
            found = grid_spatial_coordinates(*asked, sizes, sampler.border_size)
            known = sampler.activation_locations = asked, found
        for last in cut_windows(data, known[1], sampler.batch_size):
            yield last
    if last:
        yield stop_sign(last)


def cut_windows(
    volumes: Mapping[str, np.ndarray], locations: Mapping[str, np.ndarray], batch: int
) -> Iterator[Batch]:
    """
    :param volumes: name of a sampler's output -> (x, y, z, ...)
    :param locations: the same names -> (windows, 7), NiftyNet's
    :param batch: windows of a step; the first ones come once more to fill the last one
    :return: one window after the other, and where it lies
    """
    rows = {name: each.tolist() for name, each in locations.items()}
    count = min(len(each) for each in rows.values())
    for number in range(count + -count % batch):
        index, found = number % count, {}
        for name, volume in volumes.items():
            _, x, y, z, x_end, y_end, z_end = rows[name][index]
            found[name] = volume[x:x_end, y:y_end, z:z_end][np.newaxis]
            found[LOCATION_FORMAT.format(name)] = locations[name][index : index + 1]
        yield found


def stop_sign(window: Batch) -> Batch:
    """
    :param window: any
    :return: NiftyNet's sign to stop behind the last one
    """
    return {name: np.full_like(value, STOP) for name, value in window.items()}


def _stacked(windows: List[Batch]) -> Batch:
    return {name: np.stack([each[name] for each in windows]) for name in windows[0]}
