# -*- coding: utf-8 -*-
"""
The units of a BIDS dataset (participants, or their sessions), each with a file for its input
sections.
"""

import os
from typing import Dict, List, Mapping, NamedTuple, Optional, Sequence, Set, Tuple

from niftynet_activations.bids_app.dataset import File, files_by_filter, without_key
from niftynet_activations.bids_app.filters import Filters, in_words
from niftynet_activations.bids_app.names import Entities
from niftynet_activations.errors import InputError, OptionError
from niftynet_activations.hints import Layout
from niftynet_activations.host.left_out import LeftOut, message

Key = Tuple[str, Optional[str]]  # labels of participant and session


class Unit(NamedTuple):
    """A participant, or one session of a participant."""

    participant: str  # label
    session: Optional[str]  # label; None where there is none
    files: Mapping[str, str]  # input section -> path

    @property
    def entities(self) -> Entities:
        """
        :return: the unit's entities, sub and ses
        """
        session = [('ses', self.session)] if self.session is not None else []
        return [('sub', self.participant)] + session

    @property
    def name(self) -> str:
        """
        :return: NiftyNet's name of the subject, ``sub-01_ses-1``
        """
        return '_'.join('-'.join(each) for each in self.entities)


class Found(NamedTuple):
    """The units of a dataset, and those that cannot be done."""

    units: List[Unit]
    left_out: List[LeftOut]


def find_units(
    layout: Layout,
    filters: Filters,
    image: Sequence[str],
    participants: Sequence[str],
    sessions: Optional[Sequence[str]],
) -> Found:
    """
    :param layout: of the dataset
    :param filters: of the sections
    :param image: the input sections that the network's image is made of; a session in which none of
        them has a file is skipped
    :param participants: labels of the wanted participants
    :param sessions: labels of the wanted sessions, with or without ``ses-``; None: all
    :return: the units, each with a file in at least one of these sections
    :raises OptionError: if there is no such session
    :raises InputError: if nothing is left
    """
    by_section: Dict[str, Dict[Key, List[File]]] = {}
    for section, query in filters.items():
        by_section[section] = {}
        for file in files_by_filter(layout, section, query, participants):
            key = (file.subject, file.session)
            by_section[section].setdefault(key, []).append(file)
    keys = {key for section in image for key in by_section[section]}
    keys = _of_sessions(keys, sessions)
    units, left_out = [], []
    for key in sorted(keys, key=lambda each: (each[0], each[1] or '')):
        unit, reason = _unit(key, by_section)
        if reason:
            left_out.append(LeftOut(unit.name, reason))
        else:
            units.append(unit)
    known = {key[0] for key in keys}
    reason = 'no file matches {}{}'.format(
        ' or '.join('[{}] {}'.format(section, in_words(filters[section])) for section in image),
        ' in session {}'.format(' or '.join(sessions)) if sessions else '',
    )
    left_out += [LeftOut('sub-' + each, reason) for each in participants if each not in known]
    if not units:
        raise InputError(message(left_out, 'nothing'))
    return Found(units, left_out)


def _of_sessions(keys: Set[Key], wanted: Optional[Sequence[str]]) -> Set[Key]:
    if not wanted:
        return keys
    labels = {without_key(each, 'ses') for each in wanted}
    known = sorted({key[1] for key in keys if key[1] is not None})
    unknown = sorted(labels.difference(known))
    if unknown:
        raise OptionError(
            "--session-label: no image of a session '{}'; there are {}".format(
                unknown[0], ', '.join(known) or 'none'
            )
        )
    return {key for key in keys if key[1] in labels}


def _unit(key: Key, by_section: Mapping[str, Mapping[Key, List[File]]]) -> Tuple[Unit, str]:
    """The unit, and why it cannot be done; an empty text where it can."""
    files, reasons = {}, []
    for section, found in by_section.items():
        here = found.get(key, [])
        if len(here) > 1:
            reasons.append(_two_files(section, here))
        elif here:
            files[section] = here[0].path
            if not os.path.exists(files[section]):
                reasons.append(
                    "'{}' is a link to nothing: fetch its content (datalad get)".format(
                        files[section]
                    )
                )
    return Unit(key[0], key[1], files), '; '.join(reasons)


def _two_files(section: str, files: Sequence[File]) -> str:
    differing = sorted(
        name
        for name in {name for file in files for name in file.entities} - {'extension'}
        if len({str(file.entities.get(name)) for file in files}) > 1
    )
    entity = (differing or ['extension'])[0]
    example = next((each.entities[entity] for each in files if entity in each.entities), None)
    return '[{}] matches {} files ({}): say in its filter which, such as "{}": "{}"'.format(
        section,
        len(files),
        ', '.join(sorted(os.path.basename(file.path) for file in files)[:3]),
        entity,
        example,
    )
