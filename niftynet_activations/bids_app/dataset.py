# -*- coding: utf-8 -*-
"""
Finding inputs in a BIDS dataset, by the package pybids.

Only the wanted participants are indexed, and no sidecar is read, so that the time for one
participant does not depend on the size of the dataset.
"""

import json
import os
import re
from typing import Dict, List, Mapping, NamedTuple, Optional, Sequence

from niftynet_activations.bids_app.names import entities_of
from niftynet_activations.errors import InputError, OptionError
from niftynet_activations.hints import JsonObject, Layout

DESCRIPTION = 'dataset_description.json'
PASSED_OVER = ('code', 'stimuli', 'sourcedata', 'models', 'derivatives')
LISTED = 10  # so many names stand in a message
OWN = {'subject': 'sub', 'session': 'ses'}  # pybids' name of an entity -> its key in file names
ANY = '*'  # in a filter: the entity must be there, with any value


class File(NamedTuple):
    """A file of a dataset."""

    path: str
    subject: str  # label
    session: Optional[str]  # label; None where it has none
    entities: Mapping[str, object]  # as pybids names them, with the two


def check_dataset(path: str) -> None:
    """
    :param path: of a folder
    :raises InputError: if it is no BIDS dataset
    """
    if not os.path.isdir(path):
        raise InputError("'{}': there is no such folder; expected a BIDS dataset".format(path))
    if not os.path.isfile(os.path.join(path, DESCRIPTION)):
        raise InputError(
            "'{}' is no BIDS dataset: it has no {}; give the folder that holds it and the folders "
            'sub-...'.format(path, DESCRIPTION)
        )
    if not all_participants(path):
        raise InputError("'{}' has no participant: no folder sub-...".format(path))


def dataset_facts(path: str) -> JsonObject:
    """
    :param path: of a dataset
    :return: the content of its dataset_description.json; empty where it cannot be read
    """
    try:
        with open(os.path.join(path, DESCRIPTION), encoding='utf-8') as stream:
            content = json.load(stream)
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def all_participants(path: str) -> List[str]:
    """
    :param path: of a dataset
    :return: labels of all its participants, sorted
    """
    return sorted(
        name[len('sub-') :]
        for name in os.listdir(path)
        if name.startswith('sub-') and os.path.isdir(os.path.join(path, name))
    )


def chosen_participants(path: str, wanted: Optional[Sequence[str]]) -> List[str]:
    """
    :param path: of a dataset
    :param wanted: labels, with or without ``sub-``; None: all
    :return: labels, each once, sorted
    :raises OptionError: if one is not in the dataset
    """
    known = all_participants(path)
    if not wanted:
        return known
    labels = sorted({without_key(each, 'sub') for each in wanted})
    unknown = [each for each in labels if each not in known]
    if unknown:
        raise OptionError(
            "--participant-label: '{}' has no participant '{}'; it has {}: {}".format(
                path,
                unknown[0],
                len(known),
                ', '.join(known[:LISTED] + ['...'] * (len(known) > LISTED)),
            )
        )
    return labels


def without_key(label: str, key: str) -> str:
    """
    :param label: as a person gives it
    :param key: of the entity
    :return: the label without the key
    """
    return label[len(key) + 1 :] if label.startswith(key + '-') else label


def open_layout(path: str, participants: Sequence[str], derivatives: Sequence[str]) -> Layout:
    """
    :param path: of a dataset
    :param participants: labels of those to be indexed
    :param derivatives: folders of derivative datasets, made of this one
    :return: pybids' layout
    :raises OptionError: if pybids is not installed
    :raises InputError: if it refuses the dataset
    """
    try:
        from bids.layout import BIDSLayout, BIDSLayoutIndexer
    except ImportError as error:
        raise OptionError(
            "the BIDS App needs pybids: pip install 'niftynet_activations[bids]' ({})".format(error)
        ) from error
    labels = '|'.join(re.escape(each) for each in participants)
    others = re.compile(r'/sub-(?!(?:{})(?:[/_.]|$))'.format(labels))
    ignored = list(PASSED_OVER) + [re.compile(r'/\.'), others]
    try:
        return BIDSLayout(
            path,
            validate=False,
            config=['bids', 'derivatives'],
            derivatives=list(derivatives) or False,
            indexer=BIDSLayoutIndexer(validate=False, index_metadata=False, ignore=ignored),
        )
    except Exception as error:  # pybids raises many kinds for a dataset that it cannot read
        told = ' '.join(str(error).split())[:300]
        raise InputError("'{}' is not taken by pybids: {}".format(path, told)) from error


def files_by_filter(
    layout: Layout, section: str, query: JsonObject, participants: Sequence[str]
) -> List[File]:
    """
    :param layout: of :func:`open_layout`
    :param section: of the config, for messages
    :param query: its filter
    :param participants: labels of those wanted
    :return: the files
    :raises OptionError: if the filter has an entity that BIDS does not know
    """
    from bids.layout import Query

    special: Dict[object, object] = {None: Query.NONE, ANY: Query.ANY}
    asked = {
        key: value if isinstance(value, list) else special.get(value, value)
        for key, value in query.items()
        if key not in OWN
    }
    # only the dataset itself, not its derivatives, unless a filter says otherwise
    asked.setdefault('scope', 'self')
    try:
        found = layout.get(return_type='object', **asked)
    except (ValueError, TypeError) as error:
        told = ' '.join(str(error).split())
        raise OptionError('the filter of section [{}]: {}'.format(section, told)) from error
    files = []
    for each in found:
        # pybids takes both from the first sub- and ses- in the path, even above the dataset
        own = dict(entities_of(str(each.path)))
        entities = dict(each.get_entities(metadata=False))
        entities.update(subject=own.get('sub'), session=own.get('ses'))
        files.append(File(str(each.path), own.get('sub', ''), own.get('ses'), entities))
    labels = set(participants)
    return [
        file
        for file in files
        if file.subject in labels
        and all(
            _allows(query[key], label, OWN[key])
            for key, label in (('subject', file.subject), ('session', file.session))
            if key in query
        )
    ]


def _allows(value: object, label: Optional[str], key: str) -> bool:
    """Whether a filter's value allows a label; a label of None means that the entity is absent."""
    if value == ANY:
        return label is not None
    wanted = value if isinstance(value, list) else [value]
    return label in [None if each is None else without_key(str(each), key) for each in wanted]
