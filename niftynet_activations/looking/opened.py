# -*- coding: utf-8 -*-
"""
The maps that :func:`niftynet_activations.open_activations` returns, with methods for figures,
tables, features and components.

The figures, tables and answers of this room take maps as
:mod:`niftynet_activations.looking.maps` and :mod:`niftynet_activations.looking.activation_map`
read them from a folder. The classes here lie above both sides: to the maps they add methods that
call those functions, so that none of the functions needs to know of the methods.
"""

import os
from typing import TYPE_CHECKING, Optional, Sequence, Union, cast

import numpy as np

from niftynet_activations.hints import Image, Labels
from niftynet_activations.looking.activation_map import ActivationMap, MapOnGrid
from niftynet_activations.looking.input_images import Source
from niftynet_activations.looking.maps import ActivationMaps, Folder, Key
from niftynet_activations.looking.on_grid import LINEAR

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure
    from typing_extensions import TypedDict, Unpack

    from niftynet_activations.hints import Points

    class FeatureOptions(TypedDict, total=False):
        """Of :func:`niftynet_activations.looking.answers.features.features`."""

        statistic_names: Sequence[str]
        points: Optional[Points]
        size: float
        layers: Optional[Sequence[str]]

    class ComponentOptions(TypedDict, total=False):
        """Of :func:`niftynet_activations.looking.answers.components.components`."""

        number: int
        method: str
        basis: Optional[str]
        output: Optional[str]


Layers = Union[None, str, Sequence[str]]


def open_activations(folder: Folder) -> 'OpenedMaps':
    """
    Open the activation maps of a folder. Nothing but the lists of files is read.

    :param folder: the folder that holds ``activations.csv`` (the run's ``activation_dir``)
    :return: a mapping from (subject, layer) to
        :class:`~niftynet_activations.looking.opened.OpenedMap`
    :raises ReadError: if the folder is not there or holds no activations
    """
    return OpenedMaps(folder)


class OpenedMap(ActivationMap):
    """The map of one layer for one subject, which can also draw itself."""

    def on(self, image: Image, order: int = LINEAR) -> 'OpenedMap':
        return OpenedMapOnGrid(self, image, order)

    on.__doc__ = ActivationMap.on.__doc__

    def plot(
        self,
        channels: Union[int, Sequence[int]] = 0,
        at: Optional[Sequence[float]] = None,
        limits: Optional[Sequence[float]] = None,
        image: bool = True,
    ) -> 'Figure':
        """
        A figure: three planes of one channel, or an axial plane of several, over the input image.

        :param channels: a place in the map from 0, or several
        :param at: a point (3,) in mm, RAS+; the centre of the strongest responses where not given
        :param limits: lowest and highest value of the colours, where chosen
        :param image: draw the first input image beneath, where it can be read
        :return: a matplotlib figure, which a notebook shows and ``savefig`` writes
        """
        from niftynet_activations.looking.figures.figure import draw

        chosen = [channels] if isinstance(channels, (int, np.integer)) else list(channels)
        folder = os.path.dirname(os.path.abspath(self.files[0]))
        return draw([self], [chosen], at, limits, image and self._beneath(), folder)

    def _beneath(self) -> Union[bool, Source]:
        """The image that a figure is drawn over; True for the first file that the sidecar names."""
        return True

    def _repr_html_(self) -> str:
        """
        :return: a picture of the first channel and what is known of the map, for a notebook
        """
        from niftynet_activations.looking.notebook import map_html

        return map_html(self, self.plot)


class OpenedMapOnGrid(MapOnGrid, OpenedMap):
    """Such a map on another image's grid; made by :meth:`OpenedMap.on`."""

    def __init__(self, source: OpenedMap, image: Image, order: int) -> None:
        """
        :param source: the map
        :param image: a nibabel image, the path of one, or another map
        :param order: 1 for linear between samples, 0 for the nearest sample
        """
        super().__init__(source, image, order)
        self._source = source

    def _beneath(self) -> Union[bool, Source]:
        return self._source._beneath()


class OpenedMaps(ActivationMaps):
    """The maps of one folder, ``maps[subject, layer]``, with tables, features and components."""

    one_map = OpenedMap

    def __getitem__(self, key: Key) -> OpenedMap:
        return cast(OpenedMap, super().__getitem__(key))  # they are made as ``one_map`` says

    def table(self, labels: Labels) -> 'pd.DataFrame':
        """
        Statistics of each channel in each region, long: one row a map, channel and label.

        :param labels: a label image for all subjects, a folder of them, or a mapping from subject
            to a path or nibabel image
        :return: columns subject, layer, channel, label, voxels, mean, std, min, max, median
        :raises OptionError: if no subject has labels
        :raises GeometryError: if a label image does not overlap a map
        """
        from niftynet_activations.looking.label_files import labels_by_subject
        from niftynet_activations.looking.region_tables import region_table

        return region_table(self, labels_by_subject(labels, self.subjects))

    def features(
        self, labels: Optional[Labels] = None, **options: 'Unpack[FeatureOptions]'
    ) -> 'pd.DataFrame':
        """
        Features, wide: one row a subject, or a subject and region.

        :param labels: as for :meth:`table`; without them a subject is one region
        :param options: further parameters of
            :func:`niftynet_activations.looking.answers.features.features`
        :return: columns subject, region, then ``layer|channel|statistic``
        """
        from niftynet_activations.looking.answers.features import features

        return features(self, labels, **options)

    def components(
        self, layers: Layers = None, **options: 'Unpack[ComponentOptions]'
    ) -> 'OpenedMaps':
        """
        Write component maps beside the maps: principal components, factors or clusters.

        :param layers: the name of a layer, or several; each gets a basis of its own
        :param options: further parameters of
            :func:`niftynet_activations.looking.answers.components.components`: ``number``,
            ``method`` or ``basis``
        :return: the component maps, named ``<layer>/<method>``; ``info['components']`` tells of the
            basis and the explained variance
        """
        from niftynet_activations.looking.answers.components import components

        chosen = [layers] if isinstance(layers, str) else layers
        _, made = components(self, chosen, **options)
        return OpenedMaps(made.folder, list(made))

    def _repr_html_(self) -> str:
        """
        :return: pictures of the first subject's maps and a table of all, for a notebook
        """
        from niftynet_activations.looking.notebook import maps_html

        return maps_html(self)
