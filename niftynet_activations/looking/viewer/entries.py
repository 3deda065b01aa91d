# -*- coding: utf-8 -*-
"""
The lists from which the viewer's page fills its menus, before it requests volumes. Only headers are
read for them, those of a map once until its files change.

Vocabulary of this module:

entry
    names, sizes and notes of one input, segmentation or map, as JSON can hold them.
note
    why something cannot be shown; None where it can.
"""

import os
from typing import Dict, List, Optional, Sequence, Tuple

import numpy as np

from niftynet_activations.errors import ReadError
from niftynet_activations.hints import JsonObject
from niftynet_activations.looking.activation_map import ActivationMap
from niftynet_activations.looking.input_images import check_source, thin_axis
from niftynet_activations.looking.maps import ActivationMaps
from niftynet_activations.looking.reasons import exactness
from niftynet_activations.looking.viewer.quick_maps import advice_for


def folder_titles(folders: Sequence[ActivationMaps]) -> List[str]:
    """
    :param folders: the maps of each
    :return: titles for the page: the last parts of their paths, as many as are needed to differ
    """
    parts = [maps.folder.strip(os.sep).split(os.sep) for maps in folders]
    for count in range(1, max(len(each) for each in parts)):
        titles = [os.sep.join(each[-count:]) for each in parts]
        if len(set(titles)) == len(titles):
            return titles
    return [maps.folder for maps in folders]


def input_entry(name: str, path: str) -> JsonObject:
    """
    :param name: its name on the page
    :param path: of an input image
    :return: its entry
    """
    try:
        check_source(path)
    except ReadError as error:
        return {'name': name, 'note': str(error)}
    return {'name': name, 'note': None}


def image_entry(path: Optional[str], absent: str) -> JsonObject:
    """
    :param path: of an image of labels; None where there is none
    :param absent: the note where there is none
    :return: its entry
    """
    if path is None:
        return {'name': None, 'note': absent}
    return input_entry(os.path.basename(path), path)


class MapEntries:
    """The entries of maps, each made once and again when a file of its map has changed."""

    def __init__(self) -> None:
        self._known: Dict[str, Tuple[object, JsonObject]] = {}

    def of(self, one: ActivationMap) -> JsonObject:
        """
        :param one: a map
        :return: its entry
        """
        key, state = one.files[0], one.state
        if key not in self._known or self._known[key][0] != state:
            self._known[key] = state, map_entry(one)
        return self._known[key][1]


def map_entry(one: ActivationMap) -> JsonObject:
    """
    :param one: a map
    :return: its entry
    """
    entry: JsonObject = {'layer': one.layer, 'channels': [], 'shape': None, 'note': None}
    entry.update(plane=None, advice=None, field=None, colours=False)
    try:
        info = one.info
        word, sentence, _ = exactness(info)
        entry.update(exact=word, sentence=sentence, because=info.get('inexact_because'))
        shape = one.data.shape
        numbers = info.get('channels') or list(range(shape[3]))
        entry.update(shape=list(shape), channels=numbers, plane=plane_of(one.affine, shape))
        entry.update(advice=advice_for(one), field=info.get('receptive_field'))
        entry.update(colours=bool(info.get('components')))
    except ReadError as error:
        entry['note'] = str(error)
    return entry


def plane_of(affine: np.ndarray, shape: Sequence[int]) -> Optional[str]:
    """
    :param affine: matrix (4, 4) from samples to mm
    :param shape: the lengths (x, y, z)
    :return: the plane in which a flat map lies; None for one that is not flat
    """
    thin = thin_axis(shape)
    if thin is None:
        return None
    return ('sagittal', 'coronal', 'axial')[int(np.argmax(np.abs(affine[:3, thin])))]
