# -*- coding: utf-8 -*-
"""
The status of a cohort's subjects, from its records and the names of the files in its folder.
"""

import os
from typing import Dict, List, Sequence, Set

from niftynet_activations.cohort.private_folder import LOG
from niftynet_activations.cohort.reading import Result, read_subjects, results_of
from niftynet_activations.cohort.records import (
    DONE,
    FAILED,
    MISSING,
    RUNNING,
    Subject,
    cohort_facts,
)
from niftynet_activations.store import tables

ORDER = (DONE, FAILED, RUNNING, MISSING)
MOST_NAMES = 10


def cohort_status(folder: str) -> List[Subject]:
    """
    :param folder: of the maps of a cohort
    :return: all its subjects; a subject whose files are no longer there counts as missing
    :raises ReadError: if no cohort was run into the folder
    """
    subjects = read_subjects(folder)
    there = set(os.listdir(folder))
    segmentations = cohort_facts(folder).get('segmentations') or folder
    results = there
    if os.path.realpath(segmentations) != os.path.realpath(folder):
        results = set(os.listdir(segmentations)) if os.path.isdir(segmentations) else set()
    gone = {}
    for each, result in results_of(subjects):
        names = _not_there(result, there, results)
        if names:
            gone[each.name] = "'{}' is gone".format(names[0])
    return [
        each._replace(state=MISSING, reason=gone[each.name]) if each.name in gone else each
        for each in subjects
    ]


def _not_there(result: Result, there: Set[str], results: Set[str]) -> List[str]:
    names = [str(row[tables.COLUMNS.index('file')]) for row in result.rows]
    gone = [name for name in names if name not in there]
    if result.path and os.path.basename(result.path) not in results:
        gone.append(os.path.basename(result.path))
    return gone


def status_text(subjects: Sequence[Subject]) -> str:
    """
    :param subjects: of a cohort
    :return: a line with the numbers, and a line for each subject that failed, runs or is missing;
        of the missing ones only the first MOST_NAMES
    """
    of_state: Dict[str, List[Subject]] = {state: [] for state in ORDER}
    for each in subjects:
        of_state[each.state].append(each)
    counts = ', '.join('{} {}'.format(len(of_state[state]), state) for state in ORDER)
    lines = ['{} subjects: {}'.format(len(subjects), counts)]
    for each in of_state[FAILED]:
        lines.append('failed   {}: {}{}'.format(each.name, each.reason, _log(each)))
    lines += ['running  {}'.format(each.name) for each in of_state[RUNNING]]
    missing = of_state[MISSING]
    for each in missing[:MOST_NAMES]:
        lines.append('missing  {}{}'.format(each.name, ': ' + each.reason if each.reason else ''))
    if missing[MOST_NAMES:]:
        lines.append('missing  and {} more'.format(len(missing) - MOST_NAMES))
    return '\n'.join(lines)


def _log(subject: Subject) -> str:
    path = os.path.join(subject.log, LOG)
    return '; log: {}'.format(path) if os.path.isfile(path) else ''


def names_in(subjects: Sequence[Subject], *states: str) -> List[str]:
    """
    :param subjects: of a cohort
    :param states: some of done, failed, running, missing
    :return: names of the subjects in one of these states
    """
    return [each.name for each in subjects if each.state in states]
