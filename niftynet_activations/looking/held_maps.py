# -*- coding: utf-8 -*-
"""
Maps that belong to no folder, as ``na.Extractor`` returns them; they exist as long as the program
uses them.

Their numbers are in memory, or in a file without a name, which the system deletes when the last map
that uses it is gone, however the program ends.
"""

import json
import os
from typing import TYPE_CHECKING, Dict, List, Mapping, Optional, Sequence, Union

import numpy as np
import pandas as pd

from niftynet_activations.errors import OptionError
from niftynet_activations.hints import ArrayLike, GivenImage
from niftynet_activations.looking.activation_map import ActivationMap
from niftynet_activations.looking.input_images import Source, first_volume, has_form
from niftynet_activations.looking.maps import Key
from niftynet_activations.looking.opened import Layers, OpenedMap, OpenedMaps
from niftynet_activations.space.place import Place
from niftynet_activations.store import sidecar
from niftynet_activations.store.description import Sidecar
from niftynet_activations.store.held import Held, HeldRows
from niftynet_activations.store.lazy_arrays import LazyArray
from niftynet_activations.store.spec import placed

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from niftynet_activations.looking.opened import ComponentOptions

NOWHERE = 'held in memory'  # stands where other maps have a path


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
        self._info: Sidecar = {}
        self._inputs = list(inputs)
        self._sidecars: List[str] = []
        self.files = [NOWHERE]

    @property
    def info(self) -> Sidecar:
        """The content that the sidecar of a map in a folder would have."""
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

    :ivar window_tables: (subject, layer) -> ``pandas.DataFrame`` with a row for each window, for
        layers without spatial axes
    """

    def __init__(
        self, made: Sequence[Union[Held, HeldRows]], inputs: Mapping[str, GivenImage]
    ) -> None:
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
            if isinstance(each, HeldRows):
                self.window_tables[key] = each.values
            else:
                self._maps[key] = HeldMap(each, list(inputs.values()))

    def components(
        self, layers: Layers = None, **options: 'Unpack[ComponentOptions]'
    ) -> OpenedMaps:
        """
        Refuse component maps: they are written beside the maps, and these have no folder.

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
    """The absolute path of an input that was given as a path; else None."""
    return os.path.abspath(os.fspath(given)) if isinstance(given, (str, os.PathLike)) else None
