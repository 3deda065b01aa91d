# -*- coding: utf-8 -*-
"""
What differs between two folders that two checkouts of this package have written.

Files are compared byte for byte, those of a zarr store too. Told apart are keys that a sidecar or
an inventory has and had not before, and tables whose rows come in another order: they are written
in the order in which threads complete the maps. Paths that name the folder count as the same.
"""

import gzip
import json
import os
from typing import Any, Dict, List, NamedTuple, Set, Tuple

PLACE = b'<folder>'


class Difference(NamedTuple):
    """What two folders have of different."""

    files: int  # compared
    changed: List[str]  # one text a file
    new_keys: Set[str]  # of sidecars and inventories
    reordered: List[str]  # names of tables


def compare_folders(before: str, after: str) -> Difference:
    """
    :param before: path of a folder
    :param after: path of the other
    :return: what differs
    """
    names = _files(before), _files(after)
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
    return Difference(len(both), changed, new_keys, reordered)


def _files(folder: str) -> Set[str]:
    found = set()
    for place, _, names in os.walk(folder):
        found |= {os.path.relpath(os.path.join(place, name), folder) for name in names}
    return found


def _read(folder: str, name: str) -> bytes:
    with open(os.path.join(folder, name), 'rb') as stream:
        return stream.read().replace(os.path.abspath(folder).encode(), PLACE)


def _difference(name: str, before: bytes, after: bytes) -> Tuple[str, Set[str]]:
    """What is wrong, empty where nothing is, and the keys that are new."""
    if name.endswith('.json'):
        return _of_objects(json.loads(before.decode()), json.loads(after.decode()))
    if name.endswith('.gz') and gzip.decompress(before) == gzip.decompress(after):
        return 'compressed otherwise', set()
    return 'other bytes', set()


def _of_objects(before: Any, after: Any) -> Tuple[str, Set[str]]:
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
