# -*- coding: utf-8 -*-
"""
The attributes of an OME-Zarr store (version 0.4), which describe its array.

Axes are (channel, z, y, x). *Scale* and *translation* are lengths along the image's own axes, so
that they are right for oblique images too; the *orientation* of an axis (RFC 4 of OME-NGFF) says
which way it points in the patient. The attribute ``affine`` holds the full affine from voxel
indices x, y, z to the world.
"""

from typing import Dict, List, Optional, Sequence, Tuple

import numpy as np

from niftynet_activations.hints import JsonObject
from niftynet_activations.space.place import Place
from niftynet_activations.store.naming import ARRAY
from niftynet_activations.store.spec import MapSpec, placed

Range = Tuple[float, float]  # of a channel: its lowest and its highest finite value

UNIT_NAMES = {'mm': 'millimeter', 'micron': 'micrometer', 'meter': 'meter'}
ORIENTATIONS = {
    'R': 'left-to-right',
    'L': 'right-to-left',
    'A': 'posterior-to-anterior',
    'P': 'anterior-to-posterior',
    'S': 'inferior-to-superior',
    'I': 'superior-to-inferior',
}


def attributes(spec: MapSpec, ranges: Sequence[Optional[Range]]) -> JsonObject:
    """
    :param spec: a MapSpec
    :param ranges: for each channel the lowest and the highest finite value, None if there is none
    :return: dictionary of the group's attributes
    """
    place = placed(spec)
    affine = np.asarray(place.affine, dtype=np.float64)
    scale = np.sqrt((affine[:3, :3] ** 2).sum(axis=0))
    # the world's position of voxel 0, measured along the image's axes, which may be oblique
    translation = np.linalg.solve(affine[:3, :3] / scale, affine[:3, 3])
    transformations = [
        {'type': 'scale', 'scale': [1.0] + scale[::-1].tolist()},
        {'type': 'translation', 'translation': [0.0] + translation[::-1].tolist()},
    ]
    name = '{} {}'.format(spec.subject, spec.layer)
    image = {
        'version': '0.4',
        'name': name,
        'axes': [{'name': 'c', 'type': 'channel'}] + _space_axes(place),
        'datasets': [{'path': ARRAY, 'coordinateTransformations': transformations}],
    }
    return {
        'multiscales': [image],
        'omero': _display(spec, name, ranges),
        'affine': affine.tolist(),
        'channels': [int(channel) for channel in spec.channels],
    }


def _space_axes(place: Place) -> List[JsonObject]:
    axes = []
    for name, code in zip('zyx', place.axcodes[::-1]):
        axis: JsonObject = {'name': name, 'type': 'space'}
        if place.unit in UNIT_NAMES:
            axis['unit'] = UNIT_NAMES[place.unit]
        axis['orientation'] = {'type': 'anatomical', 'value': ORIENTATIONS[code]}
        axes.append(axis)
    return axes


def _display(spec: MapSpec, name: str, ranges: Sequence[Optional[Range]]) -> JsonObject:
    """How programs are to show the map at first: its first channel, from lowest to highest."""
    channels = [
        {
            'label': '{}, channel {}'.format(spec.layer, number),
            'active': position == 0,
            'color': 'FFFFFF',
            'coefficient': 1,
            'family': 'linear',
            'inverted': False,
            'window': _window(found),
        }
        for position, (number, found) in enumerate(zip(spec.channels, ranges))
    ]
    middle = int(spec.shape_xyz[2]) // 2
    return {
        'version': '0.4',
        'name': name,
        'channels': channels,
        'rdefs': {'model': 'greyscale', 'defaultT': 0, 'defaultZ': middle},
    }


def _window(found: Optional[Range]) -> Dict[str, float]:
    low, high = found or (0.0, 1.0)
    # a channel of one constant value gets a display range that is not empty
    if low == high:
        high = low + max(1.0, abs(low))
    return {'min': low, 'max': high, 'start': low, 'end': high}
