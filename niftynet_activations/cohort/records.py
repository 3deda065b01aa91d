# -*- coding: utf-8 -*-
"""
What became of each subject of a cohort, written by all of its processes at the same time.

- *records*: the hidden folder ``.activations-cohort`` in the folder of the maps;
- *journal*: a file of one process, to which it adds a line for each subject that it begins,
  finishes or gives up. No other process writes to it, so that no line is lost; an incomplete line,
  which a killed process may leave, does not count;
- *alive*: a journal is alive while its process holds a lock on a file beside it;
- *attempt*: a process began with a subject and ended (was killed, or crashed) before the subject
  was done or failed. Attempts are counted since the subject was last done or failed.
"""

import json
import os
import platform
import threading
import time
import uuid
from typing import List, NamedTuple, Optional, Sequence, Tuple

from niftynet_activations.errors import ReadError
from niftynet_activations.hints import JsonObject, TypedDict
from niftynet_activations.store import files
from niftynet_activations.store.locks import FileLock, is_held

RECORDS = '.activations-cohort'
SUBJECTS = 'subjects.json'
ENDING, ALIVE = '.jsonl', '.alive'
RUNNING, DONE, FAILED, STOPPED = 'running', 'done', 'failed', 'stopped'
MISSING = 'missing'
MOST_ATTEMPTS = 3  # a subject that has ended so many processes is given up
GONE = 'its process ended while it was under way: it was killed, or its computer was lost'


# facts of a cohort that are kept besides the journals
CohortFacts = TypedDict(
    'CohortFacts', {'subjects': List[str], 'config': str, 'segmentations': str}, total=False
)


class Subject(NamedTuple):
    """One subject, as it is in the records."""

    name: str
    state: str  # done, failed, running or missing
    reason: str = ''  # why it failed; empty otherwise
    log: str = ''  # folder of the log of the process that worked on it last
    attempts: int = 0
    # of a subject that is done: path of the journal, and the offset of the subject's line there
    place: Optional[Tuple[str, int]] = None


class Journal(object):
    """
    The journal of this process, open from its making to :meth:`close`.

    :param folder: of the maps, which exists
    """

    def __init__(self, folder: str) -> None:
        self.records = os.path.join(folder, RECORDS)
        for name in ('journals', 'runs'):
            os.makedirs(os.path.join(self.records, name), exist_ok=True)
        self.name = '{}-{}'.format(platform.node()[:100], uuid.uuid4().hex[:12])
        path = os.path.join(self.records, 'journals', self.name)
        self._alive = FileLock(path + ALIVE)
        while not self._alive.take():
            time.sleep(0.01)  # another process checks at this moment whether it is alive
        self._stream = open(path + ENDING, 'a', encoding='utf-8')
        # readers' threads write too, of images that cannot be read
        self._writing = threading.Lock()

    def add(self, subject: str, state: str, **told: object) -> None:
        """
        :param subject: its name
        :param state: running, done, failed or stopped
        :param told: other fields of the record
        """
        line = dict(told, subject=subject, state=state, time=time.time())
        with self._writing:
            self._stream.write(json.dumps(line) + '\n')
            self._stream.flush()
            if state != RUNNING:
                os.fsync(self._stream.fileno())

    def close(self) -> None:
        """Close the journal, and remove it if it has no line; a second call does nothing."""
        if self._stream.closed:
            return
        self._stream.close()
        if not os.path.getsize(self._stream.name):
            files.remove(self._stream.name)
        self._alive.release()


def write_subjects(folder: str, names: Sequence[str], **told: object) -> None:
    """
    Write which subjects the cohort has; those that it had before are kept.

    :param folder: of the maps
    :param names: of subjects
    :param told: further facts to be kept: the config, the folder of the segmentations
    :raises OSError: they cannot be written
    """
    records = os.path.join(folder, RECORDS)
    os.makedirs(records, exist_ok=True)
    before = _content(os.path.join(records, SUBJECTS))
    # sorted, so that it does not matter which of several processes writes them
    content: JsonObject = dict(told)
    content['subjects'] = sorted(set(names).union(before.get('subjects', [])))
    if content != before:
        with files.replacing(os.path.join(records, SUBJECTS)) as path:
            files.write_text(json.dumps(content, indent=0) + '\n', path)


def cohort_facts(folder: str) -> CohortFacts:
    """
    :param folder: of the maps of a cohort
    :return: the facts that :func:`write_subjects` has written, with the names under ``subjects``
    :raises ReadError: if no cohort was run into the folder
    """
    content = _content(os.path.join(folder, RECORDS, SUBJECTS))
    if not isinstance(content.get('subjects'), list):
        raise ReadError(
            "'{}' holds no cohort; give the folder (activation_dir) that 'net_activations cohort' "
            'wrote into'.format(folder)
        )
    return content


def is_given_up(subject: Subject) -> bool:
    """
    :param subject: of a cohort
    :return: whether it has ended so many processes that it is not tried again
    """
    return subject.state == FAILED and subject.attempts >= MOST_ATTEMPTS


def give_up(journal: Journal, subject: Subject) -> str:
    """
    :param journal: of this process
    :param subject: a subject for which :func:`is_given_up` is true
    :return: the reason, which is recorded
    """
    reason = '{} ({} times)'.format(GONE, subject.attempts)
    journal.add(subject.name, FAILED, reason=reason)
    return reason


def others_alive(folder: str) -> bool:
    """
    :param folder: of the maps of a cohort
    :return: whether a process is at work in the cohort now
    """
    journals = os.path.join(folder, RECORDS, 'journals')
    return any(
        is_held(os.path.join(journals, name))
        for name in os.listdir(journals)
        if name.endswith(ALIVE)
    )


def left_by_the_dead(folder: str) -> List[str]:
    """
    Remove the lock files of killed processes.

    :param folder: of the maps of a cohort
    :return: paths of the private folders of these processes
    """
    journals = os.path.join(folder, RECORDS, 'journals')
    found = []
    for name in os.listdir(journals):
        lock = FileLock(os.path.join(journals, name))
        if name.endswith(ALIVE) and lock.take():
            found.append(os.path.join(folder, RECORDS, 'runs', name[: -len(ALIVE)]))
            lock.release()
    return found


def _content(path: str) -> CohortFacts:
    try:
        with open(path, encoding='utf-8') as stream:
            content: CohortFacts = json.load(stream)
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
