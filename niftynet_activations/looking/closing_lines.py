# -*- coding: utf-8 -*-
"""
The last lines of a run's log: what was written, where, and how to look at it.
"""

import os
import shlex
from typing import List, NamedTuple, Optional, Sequence, Set, Tuple

from niftynet_activations.host.caller import current_caller
from niftynet_activations.planning.disk_and_memory import amount
from niftynet_activations.store.tables import ACTIVATIONS, read_rows

Key = Tuple[str, str]  # subject and layer


class Outcome(NamedTuple):
    """The results of a run that has ended well."""

    folder: str  # of the maps
    maps: Sequence[Key]  # all maps that this run was to make
    kept: Sequence[Key]  # those of them that were complete before
    segmentation_folder: str
    segmentations: Optional[int]  # number of segmentations; None: none was wanted
    kept_segmentations: int  # number of those that were complete before
    keeps_maps: bool = True


def closing_lines(outcome: Outcome, others: Sequence[str] = ()) -> List[str]:
    """
    :param outcome: of the run
    :param others: paths of files made from the maps: tables, the report
    :return: lines for the log; none in a cohort, whose lists are made later
    :raises WriteError: if the list of the folder's maps is not one of ours
    """
    if current_caller().shared:
        return []  # the lists are not there yet
    folder = outcome.folder
    lines = []
    if not outcome.keeps_maps:
        outcome = outcome._replace(maps=[], kept=[])
    if outcome.maps:
        lines.append("activation maps in '{}': {}".format(folder, _maps_in_words(outcome)))
    if outcome.segmentations is not None:
        lines.append(
            "segmentations in '{}': {}".format(
                outcome.segmentation_folder,
                _written_and_kept(outcome.segmentations, outcome.kept_segmentations),
            )
        )
    lines += ["made from the maps: '{}'".format(path) for path in others]
    if outcome.maps:
        place = shlex.quote(folder)
        lines.append(
            'to look at them: net_activations view {}, or net_activations report {}'.format(
                place, place
            )
        )
    return lines


def _maps_in_words(outcome: Outcome) -> str:
    wanted = set(outcome.maps)
    rows = [
        row
        for row in read_rows(os.path.join(outcome.folder, ACTIVATIONS))
        if (row['subject'], row['layer']) in wanted
    ]
    parts = [
        _written_and_kept(len(wanted), len(set(outcome.kept) & wanted)),
        '{} of {}'.format(
            _counted({layer for _, layer in wanted}, 'layer'),
            _counted({subject for subject, _ in wanted}, 'subject'),
        ),
    ]
    size = sum(_bytes_of(os.path.join(outcome.folder, row['file'])) for row in rows)
    parts.append('{} on the disk'.format(amount(size)))
    told = {(row['subject'], row['layer']): row['exact'] for row in rows}
    exact = list(told.values()).count('true')
    if exact == len(told):
        parts.append('all exact')
    else:
        parts.append('{} exact, the others say why not in their JSON files'.format(exact or 'none'))
    return '; '.join(parts)


def _written_and_kept(all_of_them: int, kept: int) -> str:
    written = '{} written'.format(all_of_them - kept)
    return '{}, {} complete before and kept'.format(written, kept) if kept else written


def _counted(names: Set[str], noun: str) -> str:
    return '{} {}{}'.format(len(names), noun, '' if len(names) == 1 else 's')


def _bytes_of(path: str) -> int:
    """Size of a file in bytes, or of all files of a zarr store."""
    if not os.path.isdir(path):
        return os.path.getsize(path)
    return sum(
        os.path.getsize(os.path.join(root, name))
        for root, _, names in os.walk(path)
        for name in names
    )
