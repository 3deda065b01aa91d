# -*- coding: utf-8 -*-
"""
The contents of one section of the report: one map, its pictures and its facts.

Vocabulary of this module:

section
    what the page shows of one subject and layer.
input
    the first of the source images that the sidecar names; the map is drawn over it.
lead channel
    the channel drawn in the three planes: the one with the largest standard deviation.
"""

import os
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

import numpy as np

from niftynet_activations.errors import WriteError
from niftynet_activations.looking.maps import ActivationMap
from niftynet_activations.looking.report import pictures, planes, statistics
from niftynet_activations.space import interpolation
from niftynet_activations.store import listing
from niftynet_activations.store.lazy_arrays import load_nifti

PIXELS = 220
MONTAGE_PIXELS = 96
MONTAGE_CHANNELS = 64
FACTS = (
    'type',
    'tensor',
    'network',
    'checkpoint',
    'iteration',
    'source_images',
    'shape',
    'dtype',
    'resolution',
    'stride',
    'offset',
    'period',
    'receptive_field',
    'margin',
    'reference_shape',
    'reduce',
    'stitch',
    'grid',
    'windows',
    'missing',
    'nan',
    'versions',
)

Source = NamedTuple(
    'Source', [('volume', Optional[np.ndarray]), ('affine', np.ndarray), ('note', str)]
)
Source.__doc__ = """An input: array (x, y, z) and matrix (4, 4) to mm; or None, and why not."""


def read_source(info: Dict[str, Any], folder: str) -> Source:
    """
    Read the input image that a sidecar names.

    :param info: the sidecar
    :param folder: what relative paths start from
    :return: the input, or a note that says what is wrong with it
    """
    paths = listing.source_images(info, folder)
    if not paths:
        return Source(None, np.eye(4), 'The sidecar names no input image.')
    try:
        image = load_nifti(paths[0])
        volume = first_volume(np.asarray(image.dataobj, dtype=np.float32))
    except (WriteError, OSError, EOFError, ValueError) as error:
        return Source(None, np.eye(4), 'The input image is not shown: {}'.format(error))
    return Source(volume, image.affine, '')


def first_volume(array: np.ndarray) -> np.ndarray:
    """
    The first volume of an image of any number of axes.

    :param array: array (x, y), (x, y, z) or (x, y, z, ...)
    :return: array (x, y, z)
    """
    while array.ndim < 3:
        array = array[..., np.newaxis]
    return array.reshape(array.shape[:3] + (-1,))[..., 0]


def make_section(one: ActivationMap, source: Source, means: List[Dict[str, Any]]) -> Dict:
    """
    Everything that the template needs to show one map.

    :param one: the map
    :param source: its input
    :param means: the means per label, rows for the template; may be empty
    :return: names and values for the template
    :raises WriteError: if a file of the map cannot be read
    """
    facts = statistics.describe(one)
    lead = lead_channel(facts)
    box = _box(one, facts, source)
    views, source_scale = _views(one, lead, facts, source, box)
    shown = min(MONTAGE_CHANNELS, len(facts.channels))
    return {
        'layer': one.layer,
        'subject': one.subject,
        'lead': facts.channels[lead].number,
        'centre': ['{:.1f}'.format(v) for v in facts.centre],
        'triplanar': pictures.triplanar(views, facts.scale, source_scale),
        'montage': _montage(one, shown, facts, box),
        'montage_shown': shown,
        'histogram': pictures.histogram(facts.edges, facts.counts, facts.scale),
        'scale': ['{:.4g}'.format(v) for v in facts.scale],
        'channels': [channel_row(channel) for channel in facts.channels],
        'dead': [channel.number for channel in facts.channels if channel.dead],
        'saturated': [channel.number for channel in facts.channels if channel.saturated],
        'exact': exactness(one.info),
        'facts': fact_rows(one.info),
        'means': means,
        'source_note': source.note,
        'error': None,
    }


def lead_channel(facts: statistics.MapFacts) -> int:
    """
    The channel to draw in three planes.

    :param facts: of the map
    :return: the place of the channel with the largest standard deviation, from 0
    """
    return int(np.argmax(np.nan_to_num([channel.std for channel in facts.channels])))


def _box(one: ActivationMap, facts: statistics.MapFacts, source: Source) -> planes.Box:
    if source.volume is None:
        return interpolation.bounding_box(one.affine, facts.shape)
    return interpolation.bounding_box(source.affine, source.volume.shape)


def _views(
    one: ActivationMap, lead: int, facts: statistics.MapFacts, source: Source, box: planes.Box
) -> Tuple[List[pictures.View], Tuple[float, float]]:
    size = planes.pixel_size(box, PIXELS)
    volume = np.asarray(one.data[..., lead])
    views = []
    for plane in planes.PLANES:
        points = planes.plane_points(plane, facts.centre, box, size)
        values = planes.volume_picture(volume, one.affine, points)
        below = None
        if source.volume is not None:
            below = planes.volume_picture(source.volume, source.affine, points)
        cross = planes.marker(plane, facts.centre, box, size)
        views.append(pictures.View(plane, values, below, cross))
    return views, pictures.source_range([view.source for view in views])


def _montage(one: ActivationMap, shown: int, facts: statistics.MapFacts, box: planes.Box) -> str:
    size = planes.pixel_size(box, MONTAGE_PIXELS)
    points = planes.plane_points(planes.PLANES[0], facts.centre, box, size)
    index = interpolation.world_to_index(points.reshape(-1, 3), one.affine)
    index = index.reshape(points.shape)
    data = one.data.streaming()
    images = [
        planes.nearest_picture(lambda part, k=k: data[part + (k,)], data.shape, index)
        for k in range(shown)
    ]
    names = [str(channel.number) for channel in facts.channels[:shown]]
    return pictures.montage(images, names, facts.scale)


def channel_row(channel: statistics.ChannelFacts) -> Dict[str, str]:
    """
    One row of the table of channels.

    :param channel: its facts
    :return: what to print in each column
    """
    state = 'dead' if channel.dead else 'saturated' if channel.saturated else ''
    row = {'number': str(channel.number), 'state': state, 'missing': str(channel.missing)}
    for name in ('mean', 'std', 'lowest', 'highest'):
        row[name] = '{:.4g}'.format(getattr(channel, name))
    return row


def exactness(info: Dict[str, Any]) -> Tuple[str, str]:
    """
    What the sidecar says of exactness, in words.

    :param info: the sidecar
    :return: a class for the page's style and a sentence
    """
    because = info.get('inexact_because')
    if info.get('exact') is True:
        return 'yes', 'Exact: every sample equals one pass over the whole reference volume.'
    if info.get('exact') is False:
        return 'no', 'Not exact: {}'.format(because or 'no reason is given.')
    reason = ': {}'.format(because) if because else '.'
    return 'unknown', 'Not known whether exact{}'.format(reason)


def fact_rows(info: Dict[str, Any]) -> List[Tuple[str, str]]:
    """
    The sidecar's facts as text.

    :param info: the sidecar
    :return: names and values, in a fixed order
    """
    return [(name.replace('_', ' '), as_text(info.get(name))) for name in FACTS]


def as_text(value: Any) -> str:
    """
    A value of a sidecar as a person reads it.

    :param value: anything that JSON holds
    :return: lists with x between numbers, paths by their file names, null as a dash
    """
    if value is None:
        return '–'
    if isinstance(value, bool):
        return 'yes' if value else 'no'
    if isinstance(value, dict):
        return ', '.join('{} {}'.format(key, as_text(part)) for key, part in value.items())
    if isinstance(value, (list, tuple)):
        words = all(isinstance(part, str) for part in value)
        return (', ' if words else ' × ').join(as_text(part) for part in value)
    if isinstance(value, float):
        return '{:g}'.format(value)
    return (
        os.path.basename(value) if isinstance(value, str) and os.path.isabs(value) else str(value)
    )
