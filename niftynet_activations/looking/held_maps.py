# -*- coding: utf-8 -*-
"""
Maps that belong to no folder: they live as long as somebody has them.

The files of a finished run are mapped and then lose their names: the system keeps what they hold
until the last map that needs it is gone, however the program ends. In a folder that lies in memory
(``/dev/shm``) such a map is memory, elsewhere it is space on a disk.
"""

import os
from typing import Dict, List, Mapping, Optional, Sequence, Union

import nibabel as nib
import numpy as np
import pandas as pd

from niftynet_activations.errors import OptionError
from niftynet_activations.hints import Choice, GivenImage, Image, Value
from niftynet_activations.looking.activation_map import ActivationMap
from niftynet_activations.looking.input_images import Source, first_volume, has_form
from niftynet_activations.looking.maps import ActivationMaps, Key
from niftynet_activations.looking.opened import OpenedMap, OpenedMaps
from niftynet_activations.space.place import Place
from niftynet_activations.store.lazy_arrays import LazyArray, Slices

NOWHERE = 'held in memory'  # in the place of a path


class HeldArray(LazyArray):
    """The numbers of an uncompressed NIfTI file, which need not keep its name."""

    def __init__(self, path: str) -> None:
        """
        :param path: of a file of floating-point numbers (x, y, z, channel)
        """
        image: Image = nib.load(path)
        proxy = image.dataobj
        self._values = np.memmap(path, proxy.dtype, 'r', proxy.offset, image.shape, 'F')
        super().__init__(image.shape, proxy.dtype.newbyteorder('='))

    def read(self, slices: Slices) -> np.ndarray:
        return np.array(self._values[slices], self.dtype)


class HeldMap(OpenedMap):
    """The map of one layer for one subject, without a file."""

    def __init__(self, source: ActivationMap, inputs: Sequence[GivenImage]) -> None:
        """
        :param source: the map in its folder
        :param inputs: the images that it was made of, as the caller gave them
        """
        self.subject, self.layer = source.subject, source.layer
        self._array = HeldArray(source.files[0])
        self._place = source.place
        self._info = dict(source.info, source_images=[_name_of(each) for each in inputs])
        self._inputs = list(inputs)
        self._sidecars: List[str] = []
        self.files = [NOWHERE]

    @property
    def data(self) -> LazyArray:
        """The samples, array-like (x, y, z, channel), missing ones NaN; slices are copies."""
        return self._array

    def _beneath(self) -> Union[bool, Source]:
        given = self._inputs[0] if self._inputs else None
        if given is None or isinstance(given, (str, os.PathLike)):
            return given is not None
        if isinstance(given, (tuple, list)):
            values, affine, sided = given[0], given[1], True
        else:
            values, affine, sided = given.dataobj, given.affine, has_form(given)
        volume = first_volume(np.asarray(values, np.float32))
        return Source(volume, np.asarray(affine, np.float64), '', sided=sided)

    @property
    def place(self) -> Place:
        """Where the samples lie, with both forms and the unit."""
        return self._place


class HeldMaps(OpenedMaps):
    """
    The maps of one subject: ``maps[subject, layer]``, as for those of a folder.

    :ivar window_tables: of layers without spatial axes: key -> ``pandas.DataFrame`` of a row a
        window
    """

    def __init__(self, folder: str, keys: Sequence[Key], inputs: Mapping[str, GivenImage]) -> None:
        """
        :param folder: of a finished run; nothing of it is needed afterwards
        :param keys: subject and layer of each map
        :param inputs: input section -> image, as the caller gave them
        """
        opened = ActivationMaps(folder, keys)
        self.folder = NOWHERE
        self.unfinished: List[Key] = []
        self._other_names: Optional[Dict[Key, Key]] = None
        self._maps: Dict[Key, ActivationMap] = {
            key: HeldMap(one, list(inputs.values())) for key, one in opened.items()
        }
        self.window_tables: Dict[Key, pd.DataFrame] = {
            key: pd.read_csv(path) for key, path in opened.window_tables.items()
        }

    def components(self, layers: Choice = None, **options: Value) -> OpenedMaps:
        """
        Component maps lie beside the maps, and these lie nowhere.

        :raises OptionError: always
        """
        raise OptionError(
            'component maps are written beside the maps, and these are held in memory: write the '
            'maps to a folder (net_run, or na.extract) and take the components there'
        )


def _name_of(given: object) -> Optional[str]:
    """The path, of an input that is one."""
    return os.path.abspath(os.fspath(given)) if isinstance(given, (str, os.PathLike)) else None
