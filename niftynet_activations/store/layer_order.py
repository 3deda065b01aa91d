# -*- coding: utf-8 -*-
"""
The order of maps: subject by subject, and within a subject the layers as the network calls them.

``layers.csv``, which every run writes, lists all of the network's layers in that order. Layers
that it does not list, such as single operations, come behind those that it lists; component maps
(``<layer>/<method>``) come right behind their layer.
"""

import csv
import os
from typing import Callable, Dict, List, Sequence, Tuple, TypeVar

LAYERS = 'layers.csv'

Entry = TypeVar('Entry')


class NetworkOrder(object):
    """
    The order in a folder, whose ``layers.csv`` is read once.

    :param folder: the folder of the maps
    """

    def __init__(self, folder: str) -> None:
        self._layers = _places(folder)

    def sort(
        self, entries: Sequence[Entry], key: Callable[[Entry], Tuple[str, str]]
    ) -> List[Entry]:
        """
        Sort what belongs to maps.

        :param entries: one or several for each map
        :param key: gives the subject and the layer of an entry
        :return: the entries; subjects in the order in which they come first
        """
        layers = self._layers
        subjects: Dict[str, int] = {}
        for entry in entries:
            subjects.setdefault(key(entry)[0], len(subjects))

        def place(entry: Entry) -> Tuple[int, int, int]:
            subject, layer = key(entry)
            if layer in layers:
                return subjects[subject], layers[layer], 0
            return subjects[subject], layers.get(layer.rpartition('/')[0], len(layers)), 1

        return sorted(entries, key=place)


def in_network_order(
    folder: str, entries: Sequence[Entry], key: Callable[[Entry], Tuple[str, str]]
) -> List[Entry]:
    """
    Sort what belongs to maps.

    :param folder: the folder of the maps
    :param entries: one or several for each map
    :param key: gives the subject and the layer of an entry
    :return: the entries; subjects in the order in which they come first
    """
    return NetworkOrder(folder).sort(entries, key)


def _places(folder: str) -> Dict[str, int]:
    try:
        with open(os.path.join(folder, LAYERS), newline='', encoding='utf-8') as stream:
            names = [row.get('name') or '' for row in csv.DictReader(stream)]
    except FileNotFoundError:
        return {}
    return {name: place for place, name in reversed(list(enumerate(names)))}
