# -*- coding: utf-8 -*-
"""
Which subjects are complete for sure, so that a cohort that is run again does not even open their
images.

- *state* of a run: a short text (hash) of its settings: it differs if the run would make something
  else of the same images. To find it, the network has to be built once in a process;
- *proof* of a subject that is done: a short text (hash) of the state and of the sizes and times of
  change of all files that it was made of, and that were made of it. It stands in the records, and
  is compared with a new one.

A subject whose proof does not hold is given to a run, which checks it as always.
"""

import hashlib
import json
import os
from typing import TYPE_CHECKING, List, Mapping, NamedTuple, Optional, Sequence

from niftynet_activations.cohort.reading import Result, results_of
from niftynet_activations.cohort.records import DONE, Subject
from niftynet_activations.store import tables
from niftynet_activations.store.formats.table import without_suffix

if TYPE_CHECKING:
    from niftynet_activations.host.config import Config

# options of an input section that are left out of the state: how files are searched. The files
# themselves are part of the proof
SEARCH = 'csv_file path_to_search filename_contains filename_not_contains filename_removefromid'
FILE = tables.COLUMNS.index('file')


Lists = Mapping[str, Mapping[str, Sequence[str]]]  # section -> subject -> its files


class Known(NamedTuple):
    """What proofs need, and a run finds out."""

    state: str
    parts: Sequence[str]  # paths, with {} for a subject's name, of its parts of tables


class Proofs(object):
    """
    :param folder: of the maps of a cohort
    :param lists: the files of its subjects
    :param known: what a run has found out; None: nothing yet, so that no proof holds
    """

    def __init__(self, folder: str, lists: Lists, known: Optional[Known] = None) -> None:
        self._folder, self._lists = folder, lists
        self.known = known

    def of(self, subject: str, result: Result) -> str:
        """
        :param subject: a subject that is done
        :param result: the files that were written for it
        :return: its proof; empty where it cannot be made
        """
        if self.known is None:
            return ''
        inputs = [
            os.path.abspath(path)
            for found in self._lists.values()
            for path in found.get(subject, [])
            if path
        ]
        maps = [os.path.join(self._folder, str(row[FILE])) for row in result.rows]
        made = maps + [without_suffix(path) + '.json' for path in maps]
        made += [] if result.path is None else [result.path]
        try:
            told = [[path] + _state_of(path) for path in inputs]
            told += [[os.path.basename(path)] + _state_of(path) for path in made]
        except OSError:
            return ''
        return _digest(json.dumps([self.known.state, told]))

    def hold(self, subject: Optional[Subject]) -> bool:
        """
        :param subject: as it is in the records
        :return: whether it is done, with the settings and files of now
        """
        if self.known is None or subject is None or subject.state != DONE:
            return False
        ((_, result),) = results_of([subject])
        if not result.proof or result.proof != self.of(subject.name, result):
            return False
        return all(os.path.exists(path.format(subject.name)) for path in self.known.parts)


def state_with_inputs(state: str, config: 'Config') -> str:
    """
    :param state: of a run, without its input sections
    :param config: as read
    :return: the state with the options that say how images are read
    """
    told: List[object] = [state]
    for name, section in sorted(config.inputs.items()):
        values = sorted(vars(section).items())
        told.append(
            [name, [[key, str(value)] for key, value in values if key not in SEARCH.split()]]
        )
    return _digest(json.dumps(told))


def _state_of(path: str) -> List[object]:
    found = os.stat(path)
    return [found.st_size, found.st_mtime_ns]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode('utf-8')).hexdigest()[:16]
