# -*- coding: utf-8 -*-
"""
The activation maps of a folder as a Python mapping.

Vocabulary of this module:

map
    what one layer gave for one subject, see :mod:`niftynet_activations.looking.activation_map`.
sidecar
    the JSON file beside a map that says what it is; a map without one is unfinished.
other name
    of a layer: several layers may return one tensor, which is saved once, under the outermost
    layer's name; its sidecar lists the names of the others under ``also``.
"""

import copy
import itertools
import os
from collections.abc import Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Dict, Iterator, List, Optional, Sequence, Tuple, Union

from niftynet_activations.errors import ReadError, UnknownMapError
from niftynet_activations.hints import Choice, Labels, Value
from niftynet_activations.looking.activation_map import ActivationMap
from niftynet_activations.store.formats.table import format_of_file
from niftynet_activations.store.layer_order import in_network_order
from niftynet_activations.store.listing import find_map_files

if TYPE_CHECKING:
    import pandas as pd

Key = Tuple[str, str]
Folder = Union[str, 'os.PathLike[str]']


def open_activations(folder: Folder) -> 'ActivationMaps':
    """
    Open the activation maps of a folder. Nothing but the lists of files is read.

    :param folder: the folder that holds ``activations.csv`` (the run's ``activation_dir``)
    :return: a mapping from (subject, layer) to
        :class:`~niftynet_activations.looking.activation_map.ActivationMap`
    :raises ReadError: if the folder is not there or holds no activations
    """
    return ActivationMaps(folder)


class ActivationMaps(Mapping):
    """
    The maps of one folder: ``maps[subject, layer]``. Subjects come in the order they were
    written, layers in that of the network.

    Layers without spatial axes are no maps: their tables of one row a window are listed in
    ``window_tables``. Maps without a sidecar are unfinished, and listed in ``unfinished``.
    """

    def __init__(self, folder: Folder, only: Optional[Sequence[Key]] = None) -> None:
        """
        :param folder: the folder that holds ``activations.csv``
        :param only: the (subject, layer) pairs to take; all of the folder where not given
        :raises ReadError: if the folder is not there or holds no activations
        """
        self.folder = os.path.abspath(os.fspath(folder))
        self._maps: Dict[Key, ActivationMap] = {}
        self._other_names: Optional[Dict[Key, Key]] = None
        self.window_tables: Dict[Key, str] = {}
        self.unfinished: List[Key] = []
        wanted = None if only is None else set(only)
        found = [] if wanted == set() else find_map_files(self.folder)
        for files in in_network_order(self.folder, found, lambda each: (each[0], each[1])):
            key = (files.subject, files.layer)
            if wanted is not None and key not in wanted:
                continue
            if not format_of_file(files.paths[0]).holds_volumes:
                self.window_tables[key] = files.paths[0]
            elif not all(os.path.isfile(path) for path in files.sidecars):
                self.unfinished.append(key)
            else:
                self._maps[key] = ActivationMap(files)

    @property
    def subjects(self) -> List[str]:
        """The subjects, in the order they were written."""
        return list(dict.fromkeys(subject for subject, _ in self._maps))

    @property
    def layers(self) -> List[str]:
        """The names of the layers, in the order of the network."""
        return list(dict.fromkeys(layer for _, layer in self._maps))

    def by_subject(self) -> Iterator[Tuple[str, 'ActivationMaps']]:
        """
        :return: each subject, and its maps alone
        """
        for subject, items in itertools.groupby(self._maps.items(), lambda item: item[0][0]):
            alone = copy.copy(self)
            alone._maps, alone._other_names = dict(items), None
            yield subject, alone

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

    def features(self, labels: Labels = None, **options: Value) -> 'pd.DataFrame':
        """
        Features, wide: one row a subject, or a subject and region.

        :param labels: as for :meth:`table`; without them a subject is one region
        :param options: further parameters of
            :func:`niftynet_activations.looking.answers.features.features`
        :return: columns subject, region, then ``layer|channel|statistic``
        """
        from niftynet_activations.looking.answers.features import features

        return features(self, labels, **options)

    def components(self, layers: Choice = None, **options: Value) -> 'ActivationMaps':
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
        return components(self, chosen, **options)[1]

    def __getitem__(self, key: Key) -> ActivationMap:
        try:
            found = self._maps.get(key) or self._by_other_name(key)
        except TypeError:  # what cannot be a key of a dictionary
            found = None
        if found is None:
            raise UnknownMapError(self._what_is_there(key))
        return found

    def __iter__(self) -> Iterator[Key]:
        return iter(self._maps)

    def __len__(self) -> int:
        return len(self._maps)

    def __repr__(self) -> str:
        return '<ActivationMaps of {} ({}) and {} ({}); {}>'.format(
            _counted(self.subjects, 'subject'),
            _some(self.subjects),
            _counted(self.layers, 'layer'),
            _some(self.layers),
            self.folder,
        )

    def _repr_html_(self) -> str:
        """
        :return: pictures of the first subject's maps and a table of all, for a notebook
        """
        from niftynet_activations.looking.notebook import maps_html

        return maps_html(self)

    def _by_other_name(self, key: Any) -> Optional[ActivationMap]:
        """Sidecars are read when a name is asked for that no map has, and not before."""
        if self._other_names is None:
            self._other_names = {}
            for (subject, layer), one in self._maps.items():
                for name in self._names(one):
                    self._other_names.setdefault((subject, name), (subject, layer))
        return self._maps.get(self._other_names.get(key, key))

    @staticmethod
    def _names(one: ActivationMap) -> List[str]:
        try:
            return one.names
        except ReadError:
            return []  # one spoiled sidecar is no reason to refuse the other maps

    def _what_is_there(self, key: object) -> str:
        if not (isinstance(key, tuple) and len(key) == 2):
            return 'maps are taken by (subject, layer), got {!r}'.format(key)
        if key in self.window_tables:
            return '{} has no spatial axes: its values are the table {}'.format(
                key[1], self.window_tables[key]
            )
        if key in self.unfinished:
            return 'the map of {}, {} has no sidecar: it is unfinished, write it again'.format(*key)
        known, name = (self.layers, key[1]) if key[0] in self.subjects else (self.subjects, key[0])
        near = get_close_matches(str(name), known, n=5, cutoff=0.3) or known[:5]
        return 'no map of subject {}, layer {}; there are, among {}: {}'.format(
            key[0], key[1], len(known), ', '.join(near)
        )


def _counted(names: Sequence[str], noun: str) -> str:
    return '{} {}{}'.format(len(names), noun, '' if len(names) == 1 else 's')


def _some(names: Sequence[str]) -> str:
    return ', '.join(list(names[:4]) + (['...'] if len(names) > 4 else [])) or 'none'
