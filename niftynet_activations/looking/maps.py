# -*- coding: utf-8 -*-
"""
The activation maps of a folder as a Python mapping.

Vocabulary of this module:

map
    the activations of one layer for one subject, see
    :mod:`niftynet_activations.looking.activation_map`.
sidecar
    the JSON file beside a map that says what it is; a map without one is unfinished.
other name
    of a layer: several layers may return one tensor, which is saved once, under the outermost
    layer's name; its sidecar lists the names of the others under ``also``.
"""

import copy
import itertools
import os
from difflib import get_close_matches
from typing import Dict, Iterator, List, Mapping, Optional, Sequence, Tuple, Type, Union

from niftynet_activations.errors import OptionError, ReadError, UnknownMapError
from niftynet_activations.looking.activation_map import ActivationMap
from niftynet_activations.store.formats.table import format_of_file
from niftynet_activations.store.layer_order import in_network_order
from niftynet_activations.store.listing import find_map_files

Key = Tuple[str, str]
Folder = Union[str, 'os.PathLike[str]']


class ActivationMaps(Mapping[Key, ActivationMap]):
    """
    The maps of one folder: ``maps[subject, layer]``. Subjects come in the order they were
    written, layers in that of the network.

    Layers without spatial axes are no maps: their tables of one row a window are listed in
    ``window_tables``. Maps without a sidecar are unfinished, and listed in ``unfinished``.
    """

    one_map: Type[ActivationMap] = ActivationMap  # what each map is

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
                self._maps[key] = self.one_map(files)

    @property
    def subjects(self) -> List[str]:
        """The subjects, in the order they were written."""
        return list(dict.fromkeys(subject for subject, _ in self._maps))

    @property
    def layers(self) -> List[str]:
        """The names of the layers, in the order of the network."""
        return list(dict.fromkeys(layer for _, layer in self._maps))

    def layers_named(self, names: Optional[Sequence[str]]) -> List[str]:
        """
        :param names: of layers, also other names of the same tensors; None for all
        :return: the layers' own names, in the order given, each once
        :raises OptionError: if no name is given, or the folder has no maps of one
        """
        if names is None:
            return self.layers
        known = self.layers
        found: List[str] = []
        for name in names:
            own = name if name in known else self._own_name(name)
            if own is None:
                raise OptionError(
                    "layer '{}': {} has no maps of it; it has {}".format(
                        name, self.folder, ', '.join(known) or 'none'
                    )
                )
            found.append(own)
        if not found:
            raise OptionError(
                'expected the name of a layer or several; {} has {}'.format(
                    self.folder, ', '.join(known) or 'none'
                )
            )
        return list(dict.fromkeys(found))

    def by_subject(self) -> Iterator[Tuple[str, 'ActivationMaps']]:
        """
        :return: each subject with a mapping of only its maps
        """
        for subject, items in itertools.groupby(self._maps.items(), lambda item: item[0][0]):
            alone = copy.copy(self)
            alone._maps, alone._other_names = dict(items), None
            yield subject, alone

    def __getitem__(self, key: Key) -> ActivationMap:
        try:
            found = self._maps.get(key) or self._by_other_name(key)
        except TypeError:  # the key is not hashable
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

    def _by_other_name(self, key: Key) -> Optional[ActivationMap]:
        return self._maps.get(self._all_names().get(key, key))

    def _own_name(self, name: str) -> Optional[str]:
        found = self._all_names().items()
        return next((own for (_, each), (_, own) in found if each == name), None)

    def _all_names(self) -> Dict[Key, Key]:
        """
        Other name -> own name. All sidecars are read for it, so only when an own name is not found.
        """
        if self._other_names is None:
            self._other_names = {}
            for (subject, layer), one in self._maps.items():
                for name in self._names(one):
                    self._other_names.setdefault((subject, name), (subject, layer))
        return self._other_names

    @staticmethod
    def _names(one: ActivationMap) -> List[str]:
        try:
            return one.names
        except ReadError:
            return []  # a damaged sidecar must not make the other maps unusable

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
