# -*- coding: utf-8 -*-
"""
The contents of one section of the report: one map, its pictures and its facts.

Vocabulary of this module:

section
    what the page shows of one subject and layer.
input
    one of the source images that the sidecar names, the first unless another is chosen; the map
    is drawn over it.
lead channel
    the channel drawn in the three planes: the one with the largest standard deviation.
"""

import os
from typing import Dict, List, Optional, Tuple

import numpy as np

from niftynet_activations.hints import Json, JsonObject
from niftynet_activations.looking.activation_map import ActivationMap
from niftynet_activations.looking.input_images import Source, first_volume, read_source
from niftynet_activations.looking.report import pictures, planes, statistics
from niftynet_activations.looking.report.component_colours import colouring, in_colours
from niftynet_activations.looking.report.layout import Layout, lay_out, place_in_words
from niftynet_activations.space import interpolation

__all__ = ['Source', 'first_volume', 'make_section', 'read_source']

PIXELS = 220  # of the longest side, where three planes are drawn
LARGE_PIXELS = 440  # where one is
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


def make_section(
    one: ActivationMap, source: Source, means: List[JsonObject], picture: bool = False
) -> JsonObject:
    """
    Everything that the template needs to show one map.

    :param one: the map
    :param source: its input
    :param means: the means per label, rows for the template; may be empty
    :param picture: whether the input is a picture, also where it cannot be read
    :return: names and values for the template
    :raises ReadError: if a file of the map cannot be read
    """
    facts = statistics.describe(one)
    lead = lead_channel(facts)
    layout = lay_out(one.affine, facts.shape, source, picture or source.picture)
    box = _box(one, facts, source, layout)
    views, source_scale = _views(one, lead, facts, source, box, layout)
    shown = min(MONTAGE_CHANNELS, len(facts.channels))
    return {
        'layer': one.layer,
        'subject': one.subject,
        'lead': facts.channels[lead].number,
        'centre': place_in_words(layout, facts.centre),
        'planes': ', '.join(plane.name for plane in layout.planes),
        'triplanar': pictures.triplanar(views, facts.scale, source_scale),
        'colours': _colours(one, facts, source, box, layout),
        'montage': _montage(one, shown, facts, box, layout),
        'montage_plane': layout.planes[0].name,
        'montage_shown': shown,
        'histogram': pictures.histogram(facts.edges, facts.counts, facts.scale),
        'scale': ['{:.4g}'.format(v) for v in (facts.scale.low, facts.scale.high)],
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


def _box(
    one: ActivationMap, facts: statistics.MapFacts, source: Source, layout: Layout
) -> planes.Box:
    if source.volume is None:
        return interpolation.bounding_box(layout.from_world @ one.affine, facts.shape)
    return interpolation.bounding_box(layout.from_world @ source.affine, source.volume.shape)


def _views(
    one: ActivationMap,
    lead: int,
    facts: statistics.MapFacts,
    source: Source,
    box: planes.Box,
    layout: Layout,
) -> Tuple[List[pictures.View], Tuple[float, float]]:
    size = planes.pixel_size(box, PIXELS if len(layout.planes) > 1 else LARGE_PIXELS)
    volume = np.asarray(one.data[..., lead])
    centre = _centre(facts, layout)
    affine = layout.from_world @ one.affine
    views = []
    for plane in layout.planes:
        points = planes.plane_points(plane, centre, box, size)
        values = planes.volume_picture(volume, affine, points)
        below = _source_picture(source, layout, points)
        cross = planes.marker(plane, centre, box, size)
        views.append(pictures.View(plane, values, below, cross))
    return views, pictures.source_range([view.source for view in views])


def _colours(
    one: ActivationMap,
    facts: statistics.MapFacts,
    source: Source,
    box: planes.Box,
    layout: Layout,
) -> Optional[Dict[str, str]]:
    """A picture in colours and what they mean, of component maps; None of others."""
    components = one.info.get('components')
    if not components:
        return None
    how = colouring(components, facts.channels)
    size = planes.pixel_size(box, PIXELS if len(layout.planes) > 1 else LARGE_PIXELS)
    volumes = [np.asarray(one.data[..., channel]) for channel in range(how.channels)]
    centre, affine = _centre(facts, layout), layout.from_world @ one.affine
    views = []
    for plane in layout.planes:
        points = planes.plane_points(plane, centre, box, size)
        parts = [planes.volume_picture(volume, affine, points) for volume in volumes]
        below = _source_picture(source, layout, points)
        cross = planes.marker(plane, centre, box, size)
        views.append(pictures.View(plane, in_colours(parts, how), below, cross))
    scale = pictures.source_range([view.source for view in views])
    return {'picture': pictures.coloured(views, scale), 'told': how.told}


def _source_picture(source: Source, layout: Layout, points: np.ndarray) -> Optional[np.ndarray]:
    """(rows, columns), or (rows, columns, 3) of a colour picture; None where there is no input."""
    if source.volume is None:
        return None
    affine = layout.from_world @ source.affine
    if source.colours is None:
        return planes.volume_picture(source.volume, affine, points)
    parts = [
        planes.volume_picture(source.colours[..., colour], affine, points) for colour in range(3)
    ]
    return np.stack(parts, axis=-1)


def _centre(facts: statistics.MapFacts, layout: Layout) -> np.ndarray:
    return layout.from_world[:3, :3] @ facts.centre + layout.from_world[:3, 3]


def _montage(
    one: ActivationMap, shown: int, facts: statistics.MapFacts, box: planes.Box, layout: Layout
) -> str:
    size = planes.pixel_size(box, MONTAGE_PIXELS)
    points = planes.plane_points(layout.planes[0], _centre(facts, layout), box, size)
    index = interpolation.world_to_index(points.reshape(-1, 3), layout.from_world @ one.affine)
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


def exactness(info: JsonObject) -> Tuple[str, str]:
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


def fact_rows(info: JsonObject) -> List[Tuple[str, str]]:
    """
    The sidecar's facts as text.

    :param info: the sidecar
    :return: names and values, in a fixed order
    """
    return [(name.replace('_', ' '), as_text(info.get(name))) for name in FACTS]


def as_text(value: Json) -> str:
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
