# -*- coding: utf-8 -*-
"""
Pictures of the input around the samples where channels have their largest values, as rows of a
table in the report.
"""

from typing import Callable, List, NamedTuple, Optional, Sequence, Tuple

import numpy as np
from nibabel.affines import apply_affine

from niftynet_activations.hints import JsonObject
from niftynet_activations.looking.activation_map import ActivationMap
from niftynet_activations.looking.figures import planes
from niftynet_activations.looking.figures.layout import Layout, place_in_words
from niftynet_activations.looking.report import pictures, statistics
from niftynet_activations.looking.report.strongest import (
    CHANNELS,
    CONTEXT,
    Strong,
    StrongestPlaces,
    framed,
    place_of,
    seen_from,
)

PIXELS = 64  # of a crop
# sidecar entries of maps whose channels are not those of a layer: such maps get no crops
OTHERS = ('components', 'attribution')


class Ground(NamedTuple):
    """
    The input that crops are cut from.

    - layout: of the drawing.
    - box: lower and upper corner of the input in drawing space.
    - affine: (4, 4), from samples of the map to drawing space.
    - picture: gives the input at points (rows, columns, 3) of drawing space; None where there is no
      input.
    """

    layout: Layout
    box: planes.Box
    affine: np.ndarray
    picture: Callable[[np.ndarray], Optional[np.ndarray]]


class _Crop(NamedTuple):
    place: Strong
    told: str
    picture: np.ndarray
    half: Optional[Tuple[float, float]]  # half the receptive field: rows and columns, in pixels


def strongest_rows(
    one: ActivationMap,
    strongest: StrongestPlaces,
    facts: Sequence[statistics.ChannelFacts],
    places: Sequence[int],
    ground: Ground,
) -> List[JsonObject]:
    """
    :param one: the map
    :param strongest: strongest places of its channels
    :param facts: of all its channels
    :param places: indices in the map of the channels that the report shows, from 0
    :param ground: the input that crops are cut from
    :return: one row for each channel, largest standard deviation first: its ``number`` and
        ``cells``, each with a ``picture``, the ``value`` and the ``place`` in words; empty without
        an input
    """
    if any(one.info.get(key) for key in OTHERS):
        return []
    lively = [k for k in places if not facts[k].dead and facts[k].duplicate_of is None]
    shown = sorted(lively, key=lambda k: -np.nan_to_num(facts[k].std))[:CHANNELS]
    crops = {k: [_crop(one, each, ground) for each in strongest.found.get(k, ())] for k in shown}
    known = {k: [each for each in found if each is not None] for k, found in crops.items()}
    scale = pictures.source_range([each.picture for found in known.values() for each in found])
    rows: List[JsonObject] = []
    for k in shown:
        cells = [
            {
                'picture': _drawn(each, scale),
                'value': '{:.4g}'.format(each.place.value),
                'place': each.told,
            }
            for each in known[k]
        ]
        if cells:
            rows.append({'number': facts[k].number, 'cells': cells})
    return rows


def _crop(one: ActivationMap, place: Strong, ground: Ground) -> Optional[_Crop]:
    plane, centre = ground.layout.planes[0], place_of(ground.affine, place)
    seen = seen_from(one.info, ground.affine)
    if seen is None:
        box = ground.box
        size, half = planes.pixel_size(box, PIXELS), None
    else:
        across, down = float(seen[plane.across]), float(seen[plane.down])
        reach = max(across, down) * CONTEXT
        box = (centre - reach, centre + reach)
        size = 2 * reach / PIXELS
        half = down / size, across / size
    picture = ground.picture(planes.plane_points(plane, centre, box, size))
    if picture is None:
        return None
    world = apply_affine(np.linalg.inv(ground.layout.from_world), centre)
    return _Crop(place, place_in_words(ground.layout, world), picture, half)


def _drawn(crop: _Crop, scale: Tuple[float, float]) -> str:
    pixels = pictures.grey(crop.picture, scale)
    return pictures.as_uri(pixels if crop.half is None else framed(pixels, crop.half))
