# -*- coding: utf-8 -*-
"""
Differences between two folders that two checkouts of this package wrote.

Files are compared byte for byte. Three kinds of difference are listed apart: new keys of a sidecar
or an inventory; tables with the same rows in another order, which depends on the order in which
threads complete the maps; and zarr stores that hold the same numbers in other chunks or with other
compression. Paths that name the folder count as the same.
"""

import gzip
import json
import os
from typing import Dict, List, NamedTuple, Set, Tuple, Union

import numpy as np

from niftynet_activations.hints import JsonObject, StoredArray

PLACE = b'<folder>'
STORE = '.zarr'

# of a file: one, or several such as layers
Objects = Union[JsonObject, List[JsonObject]]


class Difference(NamedTuple):
    """The differences between two folders."""

    files: int  # how many were compared
    changed: List[str]  # one text for each file
    new_keys: Set[str]  # of sidecars and inventories
    reordered: List[str]  # names of tables
    restored: List[str]  # names of zarr stores that keep the same numbers in other files


def compare_folders(before: str, after: str) -> Difference:
    """
    :param before: path of a folder
    :param after: path of the other
    :return: what differs
    """
    names = _files(before), _files(after)
    files = len(names[0] & names[1])
    restored = [
        each for each in _stores(names[0] & names[1]) if _keeps_the_same(before, after, each)
    ]
    for each in names:
        each -= {name for name in each if name.split(STORE + os.sep)[0] + STORE in restored}
    changed = ['{}: gone'.format(name) for name in sorted(names[0] - names[1])]
    changed += ['{}: new'.format(name) for name in sorted(names[1] - names[0])]
    new_keys: Set[str] = set()
    reordered = []
    both = sorted(names[0] & names[1])
    for name in both:
        texts = _read(before, name), _read(after, name)
        if texts[0] == texts[1]:
            continue
        if name.endswith('.csv') and sorted(texts[0].splitlines()) == sorted(texts[1].splitlines()):
            reordered.append(name)
            continue
        found, keys = _difference(name, *texts)
        new_keys |= keys
        if found:
            changed.append('{}: {}'.format(name, found))
    return Difference(files, changed, new_keys, reordered, restored)


def _files(folder: str) -> Set[str]:
    found = set()
    for place, _, names in os.walk(folder):
        found |= {os.path.relpath(os.path.join(place, name), folder) for name in names}
    return found


def _stores(names: Set[str]) -> List[str]:
    """
    :param names: names of files
    :return: names of the zarr stores among them
    """
    ends = STORE + os.sep + '.zgroup'
    return sorted(name[: -len('/.zgroup')] for name in names if name.endswith(ends))


def _keeps_the_same(before: str, after: str, store: str) -> bool:
    """
    :param before: path of a folder
    :param after: path of the other
    :param store: name of a zarr store in both
    :return: whether its files differ, but its metadata and all bits of its numbers are the same
    """
    places = [os.path.join(folder, store) for folder in (before, after)]
    names = [_files(place) for place in places]
    if names[0] == names[1] and all(
        _read(places[0], name) == _read(places[1], name) for name in names[0]
    ):
        return False
    import zarr

    groups = [zarr.open_group(place, mode='r') for place in places]
    arrays = [dict(group.arrays()) for group in groups]
    if dict(groups[0].attrs) != dict(groups[1].attrs) or set(arrays[0]) != set(arrays[1]):
        return False
    return all(_same_bits(array, arrays[1][name]) for name, array in arrays[0].items())


def _same_bits(before: StoredArray, after: StoredArray) -> bool:
    if before.shape != after.shape or before.dtype != after.dtype:
        return False
    values = [np.ascontiguousarray(np.asarray(each[...])) for each in (before, after)]
    return values[0].tobytes() == values[1].tobytes()


def _read(folder: str, name: str) -> bytes:
    with open(os.path.join(folder, name), 'rb') as stream:
        return stream.read().replace(os.path.abspath(folder).encode(), PLACE)


def _difference(name: str, before: bytes, after: bytes) -> Tuple[str, Set[str]]:
    """Give the difference as text, empty if only keys are new, and the new keys."""
    if name.endswith('.json'):
        return _of_objects(json.loads(before.decode()), json.loads(after.decode()))
    if name.endswith('.gz') and gzip.decompress(before) == gzip.decompress(after):
        return 'compressed otherwise', set()
    return 'other bytes', set()


def _of_objects(before: Objects, after: Objects) -> Tuple[str, Set[str]]:
    rows = [each if isinstance(each, list) else [each] for each in (before, after)]
    if len(rows[0]) != len(rows[1]):
        return '{} entries where {} were'.format(len(rows[1]), len(rows[0])), set()
    wrong: Dict[str, str] = {}
    new: Set[str] = set()
    for one, other in zip(*rows):
        new |= set(other) - set(one)
        for key in one:
            if key not in other:
                wrong[key] = '{} is gone'.format(key)
            elif one[key] != other[key]:
                wrong[key] = '{} = {!r} where {!r} was'.format(key, other[key], one[key])
    return '; '.join(wrong.values()), new
