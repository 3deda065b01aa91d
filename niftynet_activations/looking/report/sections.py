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

from functools import partial
from typing import Dict, List, NamedTuple, Optional, Sequence, Tuple

import numpy as np
from nibabel.affines import apply_affine

from niftynet_activations.hints import JsonObject
from niftynet_activations.looking.activation_map import ActivationMap
from niftynet_activations.looking.figures import planes
from niftynet_activations.looking.figures.layout import (
    Layout,
    lay_out,
    place_in_words,
    source_picture,
)
from niftynet_activations.looking.input_images import Source, first_volume, read_source
from niftynet_activations.looking.reasons import exactness
from niftynet_activations.looking.report import pictures, statistics
from niftynet_activations.looking.report.component_colours import colouring, in_colours
from niftynet_activations.looking.report.glance import Section
from niftynet_activations.looking.report.spot import Spot
from niftynet_activations.looking.report.strongest import StrongestPlaces
from niftynet_activations.looking.report.strongest_crops import Ground, strongest_rows
from niftynet_activations.looking.report.words import channel_row, fact_rows
from niftynet_activations.space import interpolation
from niftynet_activations.store.lazy_arrays import LazyArray

__all__ = ['Source', 'first_volume', 'make_section', 'read_source']

PIXELS = 220  # longest side of a picture, where three planes are drawn
LARGE_PIXELS = 440  # longest side, where one plane is drawn
MONTAGE_PIXELS = 96
MONTAGE_CHANNELS = 64
GLANCE_PIXELS = 120


class Drawing(NamedTuple):
    """One map, and how it is laid out."""

    one: ActivationMap
    facts: statistics.MapFacts  # its centre is the place that is shown
    places: List[int]  # indices of the chosen channels in the map, from 0
    source: Source
    layout: Layout
    box: planes.Box
    strongest: StrongestPlaces

    @property
    def affine(self) -> np.ndarray:
        """(4, 4), from sample indices to drawing space."""
        return np.asarray(self.layout.from_world @ self.one.affine)

    @property
    def centre(self) -> np.ndarray:
        """The place that is shown, (3,) in drawing space."""
        return np.asarray(apply_affine(self.layout.from_world, self.facts.centre))


def make_section(
    one: ActivationMap,
    source: Source,
    means: List[JsonObject],
    picture: bool = False,
    at: Optional[Spot] = None,
    channels: Optional[Sequence[int]] = None,
    beside: Optional[int] = None,
) -> Section:
    """
    Make everything that the template needs to show one map.

    :param one: the map
    :param source: its input
    :param means: the means per label, rows for the template; may be empty
    :param picture: whether the input is a picture, also where it cannot be read
    :param at: the place to show; the map's centre of mass where not given
    :param channels: indices in the map of the channels to show, from 0; all where not given
    :param beside: the network's number of the channel that the table of all maps shows for this
        layer; the lead channel where not given
    :return: names and values for the template
    :raises ReadError: if a file of the map cannot be read
    """
    drawing = lay_map_out(one, source, picture, at, channels)
    facts, layout = drawing.facts, drawing.layout
    lead = lead_channel(facts, drawing.places)
    views, source_scale = _views(drawing, lead)
    montage = drawing.places[:MONTAGE_CHANNELS]
    listed = [facts.channels[place] for place in drawing.places]
    numbers = [channel.number for channel in facts.channels]
    seen = numbers.index(beside) if beside in numbers else lead
    return {
        'layer': one.layer,
        'subject': one.subject,
        'lead': numbers[lead],
        'glance': glance(drawing, seen),
        'glance_channel': numbers[seen],
        'centre': place_in_words(layout, facts.centre),
        'place': at.told if at else "the map's centre of mass",
        'planes': ', '.join(plane.name for plane in layout.planes),
        'triplanar': pictures.triplanar(views, facts.scale, source_scale),
        'colours': _colours(drawing),
        'montage': _montage(drawing, montage),
        'montage_plane': layout.planes[0].name,
        'montage_shown': len(montage),
        'histogram': pictures.histogram(facts.edges, facts.counts, facts.scale),
        'scale': ['{:.4g}'.format(v) for v in (facts.scale.low, facts.scale.high)],
        'signed': facts.scale.signed,
        'channels': [channel_row(channel) for channel in listed],
        'dead': [channel.number for channel in listed if channel.dead],
        'saturated': [channel.number for channel in listed if channel.saturated],
        'duplicates': [
            '{} (as {})'.format(channel.number, channel.duplicate_of)
            for channel in listed
            if channel.duplicate_of is not None
        ],
        'sided': layout.sided,
        'strongest': strongest_rows(
            one, drawing.strongest, facts.channels, drawing.places, _ground(drawing)
        ),
        'exact': exactness(one.info),
        'facts': fact_rows(one.info),
        'means': means,
        'source_note': source.note,
        'error': None,
    }


def lay_map_out(
    one: ActivationMap,
    source: Source,
    picture: bool,
    at: Optional[Spot] = None,
    channels: Optional[Sequence[int]] = None,
) -> Drawing:
    """
    Compute the facts of a map, and choose the space and the place in which it is drawn.

    :param one: the map; it is read once
    :param source: its input
    :param picture: whether the input is a picture, also where it cannot be read
    :param at: the place to show; the map's centre of mass where not given
    :param channels: indices in the map of the channels to show, from 0; all where not given
    :return: the map, its facts and its layout
    :raises ReadError: if a file of the map cannot be read
    """
    places = list(range(len(one.channels))) if channels is None else list(channels)
    strong = StrongestPlaces(one, places)
    facts = statistics.describe(one, strong.visit)
    if at is not None:
        facts = facts._replace(centre=at.centre)
    layout = lay_out(one.affine, facts.shape, source, picture or source.picture)
    affine, shape = one.affine, facts.shape
    if source.volume is not None:
        affine, shape = source.affine, source.volume.shape
    box = interpolation.bounding_box(layout.from_world @ affine, shape)
    return Drawing(one, facts, places, source, layout, box, strong)


def lead_channel(facts: statistics.MapFacts, places: Optional[Sequence[int]] = None) -> int:
    """
    The channel to draw in three planes.

    :param facts: of the map
    :param places: indices of the channels among which to choose, from 0; all where not given
    :return: index in the map of the channel with the largest standard deviation, from 0
    """
    chosen = range(len(facts.channels)) if places is None else places
    return max(chosen, key=lambda place: float(np.nan_to_num(facts.channels[place].std)))


def _views(drawing: Drawing, channel: int) -> Tuple[List[pictures.View], Tuple[float, float]]:
    layout, box = drawing.layout, drawing.box
    size = planes.pixel_size(box, PIXELS if len(layout.planes) > 1 else LARGE_PIXELS)
    volume = np.asarray(drawing.one.data[..., channel])
    views = []
    for plane in layout.planes:
        points = planes.plane_points(plane, drawing.centre, box, size)
        values = planes.volume_picture(volume, drawing.affine, points)
        below = source_picture(drawing.source, layout.from_world, points)
        cross = planes.marker(plane, drawing.centre, box, size)
        views.append(pictures.View(plane, values, below, cross))
    return views, pictures.source_range([view.source for view in views])


def _colours(drawing: Drawing) -> Optional[Dict[str, str]]:
    """Draw a component map in colours, with the meaning of the colours; None for other maps."""
    components = drawing.one.info.get('components')
    if not components:
        return None
    layout, box = drawing.layout, drawing.box
    how = colouring(components, drawing.facts.channels)
    size = planes.pixel_size(box, PIXELS if len(layout.planes) > 1 else LARGE_PIXELS)
    volumes = [np.asarray(drawing.one.data[..., channel]) for channel in range(how.channels)]
    views = []
    for plane in layout.planes:
        points = planes.plane_points(plane, drawing.centre, box, size)
        parts = [planes.volume_picture(volume, drawing.affine, points) for volume in volumes]
        below = source_picture(drawing.source, layout.from_world, points)
        cross = planes.marker(plane, drawing.centre, box, size)
        views.append(pictures.View(plane, in_colours(parts, how), below, cross))
    scale = pictures.source_range([view.source for view in views])
    return {'picture': pictures.coloured(views, scale), 'told': how.told}


def _ground(drawing: Drawing) -> Ground:
    picture = partial(source_picture, drawing.source, drawing.layout.from_world)
    return Ground(drawing.layout, drawing.box, drawing.affine, picture)


def glance(drawing: Drawing, channel: int) -> pictures.View:
    """
    Make one small plane of one channel, for the table of all maps.

    :param drawing: the map and its layout
    :param channel: index of the channel in the map, from 0
    :return: the first plane of the layout
    """
    plane, box = drawing.layout.planes[0], drawing.box
    size = planes.pixel_size(box, GLANCE_PIXELS)
    points = planes.plane_points(plane, drawing.centre, box, size)
    values = planes.volume_picture(
        np.asarray(drawing.one.data[..., channel]), drawing.affine, points
    )
    below = source_picture(drawing.source, drawing.layout.from_world, points)
    return pictures.View(plane, values, below, planes.marker(plane, drawing.centre, box, size))


def _montage(drawing: Drawing, places: Sequence[int]) -> str:
    facts, data = drawing.facts, drawing.one.data.streaming()
    size = planes.pixel_size(drawing.box, MONTAGE_PIXELS)
    plane = drawing.layout.planes[0]
    points = planes.plane_points(plane, drawing.centre, drawing.box, size)
    index = interpolation.world_to_index(points.reshape(-1, 3), drawing.affine)
    index = index.reshape(points.shape)
    images = [planes.nearest_picture(partial(_part_of, data, k), data.shape, index) for k in places]
    return pictures.montage(images, [_corner(facts.channels[k]) for k in places], facts.scale)


def _part_of(data: LazyArray, channel: int, part: Tuple[slice, ...]) -> np.ndarray:
    return data[part + (channel,)]


def _corner(channel: statistics.ChannelFacts) -> str:
    """Give the text in the corner of a channel's picture."""
    if channel.dead:
        return '{} dead'.format(channel.number)
    if channel.duplicate_of is not None:
        return '{} = {}'.format(channel.number, channel.duplicate_of)
    return str(channel.number)
