# -*- coding: utf-8 -*-
"""
BIDS names of the files that are written.

- *entity*: a part of a name, a key and a label: ``ses-1``;
- *label*: the part behind the key; only English letters and digits are allowed;
- *suffix*: the last part of a name, before its ending: ``T1w``, ``dseg``.

The stem of a BIDS name ends at its first dot, so a layer's name is changed to a label.
"""

import hashlib
import os
import re
from typing import Dict, List, Mapping, Sequence, Tuple

MAPS = 'activations'  # the suffix of maps, and of tables of one unit
OUTPUT = 'output'  # the suffix of NiftyNet's own result where that is no segmentation
LONGEST_LABEL = 80  # characters
OWN = ('sub', 'ses')  # entities that the unit gives
CHANGED = ('desc', 'res', 'den')  # entities of an input that are not true of its maps

Entities = List[Tuple[str, str]]


def entities_of(path: str) -> Entities:
    """
    :param path: of a file with a BIDS name
    :return: its entities in their order
    """
    stem = os.path.basename(path).partition('.')[0]
    pairs = [piece.partition('-')[::2] for piece in stem.split('_') if '-' in piece]
    return [(key, label) for key, label in pairs]


def suffix_of(path: str) -> str:
    """
    :param path: of a file with a BIDS name
    :return: its suffix
    """
    return os.path.basename(path).partition('.')[0].rpartition('_')[2]


def shared_entities(paths: Sequence[str]) -> Entities:
    """
    :param paths: of the inputs of a map
    :return: entities that all of them have in common, without those of the unit, in the order of
        the first path
    """
    others = [entities_of(path) for path in paths[1:]]
    return [
        pair
        for pair in entities_of(paths[0])
        if pair[0] not in OWN + CHANGED and all(pair in each for each in others)
    ]


def datatype_of(path: str) -> str:
    """
    :param path: of an input
    :return: the folder that it lies in below its participant and session, such as ``anat``
    """
    name = os.path.basename(os.path.dirname(path))
    return name if name and '-' not in name else 'anat'


def label_of(layer: str) -> str:
    """
    :param layer: a layer's name, ``res_2_0/conv_1``
    :return: the same as a label, ``res2x0Conv1``
    """
    found = ''
    for word in filter(None, re.split('[^0-9A-Za-z]+', layer)):
        # without a letter between them, digits of two words would become one number
        joint = 'x' if found[-1:].isdigit() and word[0].isdigit() else ''
        found += joint + (word[0].upper() + word[1:] if found else word)
    return found


def labels_of(layers: Sequence[str]) -> Dict[str, str]:
    """
    :param layers: names of all layers of a network, and of component maps
    :return: layer -> label; no two labels differ only by upper and lower case
    """
    found = {layer: label_of(layer) for layer in layers}
    counts: Dict[str, int] = {}
    for label in found.values():
        counts[label.lower()] = counts.get(label.lower(), 0) + 1
    return {
        layer: label
        if counts[label.lower()] == 1 and 0 < len(label) <= LONGEST_LABEL
        else _with_digest(layer, label)
        for layer, label in found.items()
    }


def _with_digest(layer: str, label: str) -> str:
    digest = hashlib.sha256(layer.encode('utf-8')).hexdigest()[:8]
    return '{}x{}'.format(label[:LONGEST_LABEL], digest)


def file_name(entities: Entities, suffix: str, ending: str) -> str:
    """
    :param entities: in their order
    :param suffix: of the name
    :param ending: with its dot
    :return: the name
    """
    return '_'.join(['-'.join(pair) for pair in entities] + [suffix]) + ending


def uri_of(path: str, roots: Mapping[str, str]) -> str:
    """
    :param path: of an input
    :param roots: name of a dataset, as ``DatasetLinks`` has it -> its folder
    :return: the BIDS URI of the input; its path where it lies in none of the datasets
    """
    # a dataset of derivatives may lie in the raw one
    for name, root in sorted(roots.items(), key=lambda item: -len(item[1])):
        if path.startswith(root.rstrip(os.sep) + os.sep):
            relative = os.path.relpath(path, root).replace(os.sep, '/')
            return 'bids:{}:{}'.format(name, relative)
    return path
