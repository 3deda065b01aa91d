# -*- coding: utf-8 -*-
"""
Maps that belong to no folder: they live as long as somebody has them.

Their numbers are in memory, or in a file without a name, whose place on the disk is free again when
the last map that needs it is gone, however the program ends.
"""

import json
import os
from typing import Dict, List, Mapping, Optional, Sequence, Union

import numpy as np
import pandas as pd

from niftynet_activations.errors import OptionError
from niftynet_activations.hints import ArrayLike, Choice, GivenImage, JsonObject, Value
from niftynet_activations.looking.activation_map import ActivationMap
from niftynet_activations.looking.input_images import Source, first_volume, has_form
from niftynet_activations.looking.maps import Key
from niftynet_activations.looking.opened import OpenedMap, OpenedMaps
from niftynet_activations.space.place import Place
from niftynet_activations.store import sidecar
from niftynet_activations.store.held import Held
from niftynet_activations.store.lazy_arrays import LazyArray
from niftynet_activations.store.spec import placed

NOWHERE = 'held in memory'  # in the place of a path


class HeldMap(OpenedMap):
    """The map of one layer for one subject, without a file."""

    def __init__(self, held: Held, inputs: Sequence[GivenImage]) -> None:
        """
        :param held: the map
        :param inputs: the images that it was made of, as the caller gave them
        """
        self.subject, self.layer = held.spec.subject, held.spec.layer
        self._held = held
        self._array: LazyArray = held.values
        self._info: JsonObject = {}
        self._inputs = list(inputs)
        self._sidecars: List[str] = []
        self.files = [NOWHERE]

    @property
    def info(self) -> JsonObject:
        """What the sidecar of a map in a folder says."""
        if not self._info:
            held = self._held
            description = held.description._replace(
                nan=int(np.isnan(held.values).sum()) - (held.description.missing or 0),
            )
            self._info = json.loads(sidecar.to_text(description))
            self._info['source_images'] = [_name_of(each) for each in self._inputs]
        return super().info

    @property
    def data(self) -> LazyArray:
        """The samples, array-like (x, y, z, channel), missing ones NaN; slices are copies."""
        return self._array

    def _beneath(self) -> Union[bool, Source]:
        given = self._inputs[0] if self._inputs else None
        if given is None or isinstance(given, (str, os.PathLike)):
            return given is not None
        if isinstance(given, (tuple, list)):
            return _source(given[0], given[1], True)
        return _source(given.dataobj, given.affine, has_form(given))

    @property
    def place(self) -> Place:
        """Where the samples lie, with both forms and the unit."""
        return placed(self._held.spec)


class HeldMaps(OpenedMaps):
    """
    The maps of one subject: ``maps[subject, layer]``, as for those of a folder.

    :ivar window_tables: of layers without spatial axes: key -> ``pandas.DataFrame`` of a row a
        window
    """

    def __init__(self, made: Sequence[Held], inputs: Mapping[str, GivenImage]) -> None:
        """
        :param made: maps, and tables of layers without spatial axes
        :param inputs: input section -> image, as the caller gave them
        """
        self.folder = NOWHERE
        self.unfinished: List[Key] = []
        self._other_names: Optional[Dict[Key, Key]] = None
        self._maps: Dict[Key, ActivationMap] = {}
        self.window_tables: Dict[Key, pd.DataFrame] = {}
        for each in made:
            key = (each.spec.subject, each.spec.layer)
            if each.spec.place is None:
                self.window_tables[key] = each.values
            else:
                self._maps[key] = HeldMap(each, list(inputs.values()))

    def components(self, layers: Choice = None, **options: Value) -> OpenedMaps:
        """
        Component maps lie beside the maps, and these lie nowhere.

        :raises OptionError: always
        """
        raise OptionError(
            'component maps are written beside the maps, and these are held in memory: write the '
            'maps to a folder (net_run, or na.extract) and take the components there'
        )


def _source(values: ArrayLike, affine: ArrayLike, sided: bool) -> Source:
    volume = first_volume(np.asarray(values, np.float32))
    return Source(volume, np.asarray(affine, np.float64), '', sided=sided)


def _name_of(given: object) -> Optional[str]:
    """The path, of an input that is one."""
    return os.path.abspath(os.fspath(given)) if isinstance(given, (str, os.PathLike)) else None
