# -*- coding: utf-8 -*-
"""
Runs of ``net_activations verify`` that together try every layer of a network.

- *long axis*: the axis of x, y and z along which the volume is longer than the window; along the
  others one window covers it;
- *candidate*: a layer with spatial axes whose receptive field is smaller than the window and that
  does not depend on the window as a whole;
- *round*: first all candidates in one run with the largest of their borders; then those that were
  not exact, one run for each period; then those that are left, each with its own border.

The weights are random; the numbers of channels are those of the real network.
"""

import collections
import os
import pathlib
import sys
import tempfile
import time
from typing import Dict, List, NamedTuple, Optional, Sequence, Tuple

import niftynet_activations

niftynet_activations.app  # noqa: B018  registers the options, as net_run does

import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

from niftynet_activations.capturing.building import build_network  # noqa: E402
from niftynet_activations.capturing.catalogue import NetworkCatalogue  # noqa: E402
from niftynet_activations.capturing.dilation import undo_space_to_batch  # noqa: E402
from niftynet_activations.exactness.borders import suggest  # noqa: E402
from niftynet_activations.geometry.axis import AxisGeometry  # noqa: E402
from niftynet_activations.geometry.graph import read_geometry  # noqa: E402
from niftynet_activations.host.config import read_config  # noqa: E402
from niftynet_activations.verification.verify import verify_config  # noqa: E402

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, 'trials'))
import random_checkpoint  # noqa: E402
from measurements import ExactLayer, ExactRun  # noqa: E402
from small_configs import small_config  # noqa: E402

MEMORY = 8  # GiB; a crop would be the window alone on the short axes

Setting = NamedTuple(
    'Setting',
    [
        ('window', int),  # voxels along the long axis; longer than the receptive fields if possible
        ('more', int),  # by how many voxels the volume is longer, odd
        ('short', Tuple[int, int]),  # windows along the other axes, in their order
        ('fewer', Tuple[int, int]),  # by how many voxels the volume is shorter there
        ('dimensions', int),  # 2 or 3 spatial axes
        ('border', int),  # smallest border that a network without padding allows
    ],
)


def _setting(
    window: int,
    more: int,
    short: Tuple[int, int] = (8, 16),
    fewer: Tuple[int, int] = (1, 3),
    dimensions: int = 3,
    border: int = 0,
) -> Setting:
    return Setting(window, more, short, fewer, dimensions, border)


NETWORKS = {
    'toynet': _setting(16, 15, (9, 11), (0, 0)),
    'highres3dnet': _setting(104, 67),
    'highres3dnet_small': _setting(200, 99),
    'highres3dnet_large': _setting(104, 67),
    'unet': _setting(120, 63, (96, 96), border=44),
    'nonewnet': _setting(48, 31, (16, 32)),
    'vnet': _setting(640, 79, (16, 32)),
    'dense_vnet': _setting(328, 79, (16, 24)),
    'deepmedic': _setting(105, 31, (57, 57), (0, 0), border=24),
    'scalenet': _setting(104, 67),
    'holisticnet': _setting(136, 67),
    'unet_2d': _setting(220, 63, (188, 1), (1, 0), dimensions=2, border=92),
}

Candidate = NamedTuple('Candidate', [('name', str), ('border', List[int]), ('period', int)])


def sizes(setting: Setting, axis: int) -> Tuple[Tuple[int, ...], Tuple[int, ...]]:
    """
    :param setting: of a network
    :param axis: the long axis
    :return: sizes of volume and window, (x, y, z) in voxels
    """
    window, fewer = list(setting.short), list(setting.fewer)
    window.insert(axis, setting.window)
    fewer.insert(axis, -setting.more)
    volume = tuple(size - less for size, less in zip(window, fewer))
    if setting.dimensions == 2:
        volume = volume[:2] + (3,)
    return volume, tuple(window)


def try_network(network: str, axis: int) -> ExactRun:
    """
    :param network: one of NETWORKS
    :param axis: the long axis
    :return: ``network``, ``axis``, ``volume``, ``window``, ``tensorflow``, ``seconds`` and
        ``layers``: for each a dictionary of ``name``, ``tried``, ``exact``, ``share``, ``because``
    """
    began = time.time()
    volume, window = sizes(NETWORKS[network], axis)
    with tempfile.TemporaryDirectory(prefix='exact_') as folder:
        config = small_config(network, pathlib.Path(folder), volume, window, (0, 0, 0))
        random_checkpoint.write_checkpoint(config, os.path.join(folder, 'model'), window)
        found, candidates = _candidates(config, window, axis)
        for round_number in range(3):
            left = [each for each in candidates if not found[each.name]['exact']]
            least = NETWORKS[network].border
            for names, border in _runs(left, round_number, window, axis, least):
                _run(config, names, border, found)
    return ExactRun(
        network=network,
        axis=axis,
        volume=list(volume),
        window=list(window),
        tensorflow=tf.__version__,
        seconds=round(time.time() - began, 1),
        layers=list(found.values()),
    )


def _candidates(
    config: str, window: Sequence[int], axis: int
) -> Tuple['collections.OrderedDict[str, ExactLayer]', List[Candidate]]:
    """List all layers with spatial axes, and those among them that may be exact."""
    record = build_network(read_config(config), niftynet_activations.app, window)
    thin = [each for each in range(3) if window[each] == 1]
    layers = NetworkCatalogue(record).layers
    with record.image.graph.as_default():
        tensors = {each.name: undo_space_to_batch(each.tensor) for each in layers}
    geometries = read_geometry(list(tensors.values()), record.image)
    found: 'collections.OrderedDict[str, ExactLayer]' = collections.OrderedDict()
    candidates = []
    for name, tensor in tensors.items():
        if tensor.shape.ndims < len(window) - len(thin) + 2:
            continue
        geometry = geometries[tensor.name]
        found[name] = ExactLayer(name=name, tried=False, exact=None, share=None, because=None)
        if geometry.axes is None or geometry.inexact_because:
            found[name]['exact'] = None if geometry.axes is None else False
            found[name]['because'] = '; '.join(geometry.inexact_because)
            continue
        axes = list(geometry.axes) + [AxisGeometry.of_window(1)] * len(thin)
        border = _border(axes, window, axis)
        if border is None:
            found[name]['exact'] = False
            found[name]['because'] = (
                'the window of {} voxels is too short for its receptive field'.format(window[axis])
            )
            continue
        candidates.append(Candidate(name, border, axes[axis].period))
    return found, candidates


def _border(axes: Sequence[AxisGeometry], window: Sequence[int], axis: int) -> Optional[List[int]]:
    """Give the suggested border; it is 0 along axes on which one window covers the volume."""
    found = suggest([axes[axis]], [window[axis]])
    if found is None:
        return None
    border = [0, 0, 0]
    border[axis] = found.border[0]
    return border


def _runs(
    candidates: Sequence[Candidate],
    round_number: int,
    window: Sequence[int],
    axis: int,
    least: int,
) -> List[Tuple[List[str], List[int]]]:
    """
    :param candidates: layers that were not exact so far
    :param round_number: from 0 on
    :param window: size (x, y, z) in voxels
    :param axis: the long axis
    :param least: the smallest border that the network allows
    :return: names of the layers and the border of each run
    """
    groups: Dict[object, List[Candidate]] = {}
    for each in candidates:
        key = ((), each.period, (each.period, tuple(each.border)))[round_number]
        groups.setdefault(key, []).append(each)
    runs = []
    for group in groups.values():
        period = int(np.lcm.reduce([each.period for each in group]))
        border = [max(each.border[place] for each in group) for place in range(3)]
        border[axis] = min(border[axis], (window[axis] - period) // 2)
        border = [max(each, least if size > 1 else 0) for each, size in zip(border, window)]
        if border[axis] >= 0:
            runs.append(([each.name for each in group], border))
    return runs


def _run(
    config: str, names: Sequence[str], border: Sequence[int], found: Dict[str, ExactLayer]
) -> None:
    selectors = ','.join('re:' + _escaped(name) for name in names)
    verification = verify_config(
        config,
        [
            '--activation_layers={}'.format(selectors),
            '--activation_channels=-1',
            '--activation_grid=aligned',
            '--activation_memory={}'.format(MEMORY),
            '--border={}'.format(','.join(str(each) for each in border)),
            '--volume_padding_size=0',
            '--whitening=False',
            '--window_sampling=uniform',  # dense_vnet's config resizes
        ],
    )
    for result in verification.layers:
        share = result.share if result.share is None or np.isfinite(result.share) else 1e9
        found[result.layer] = ExactLayer(
            name=result.layer,
            tried=True,
            exact=result.exact,
            share=share,
            because=result.inexact_because or result.not_compared,
        )


def _escaped(name: str) -> str:
    return ''.join('[{}]'.format(each) if each in '.+*?' else each for each in name)
