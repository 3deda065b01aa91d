# -*- coding: utf-8 -*-
"""
Reading the journals of a cohort, again and again at little cost.

- *journal*: the file in which one process writes what becomes of its subjects, see
  :mod:`niftynet_activations.cohort.records`;
- *line*: one entry of a journal, on one subject; an incomplete line does not count;
- *alive*: a journal is alive while its process runs. A journal that is not alive is read once; one
  that is alive is read on from where the last reading ended.

The list of files of a subject that is done can be long, and is read only when it is needed, so that
reading takes little memory with any number of layers and subjects.
"""

import collections
import json
import os
from typing import (
    BinaryIO,
    Dict,
    Iterable,
    Iterator,
    List,
    NamedTuple,
    Optional,
    Sequence,
    Set,
    Tuple,
)

from niftynet_activations.cohort.records import (
    ALIVE,
    DONE,
    ENDING,
    FAILED,
    GONE,
    MISSING,
    RECORDS,
    RUNNING,
    Subject,
    cohort_facts,
)
from niftynet_activations.hints import TypedDict
from niftynet_activations.store.locks import is_held
from niftynet_activations.store.tables import Cell

MOST_OPEN = 32  # journals that are open at a time


class Result(NamedTuple):
    """The files that were written for a subject that is done."""

    rows: Sequence[Sequence[Cell]]  # its rows of activations.csv
    path: Optional[str]  # of its segmentation
    proof: str = ''  # see niftynet_activations.cohort.proofs


# the fields of one line of a journal
Line = TypedDict(
    'Line',
    {
        'subject': str,
        'state': str,
        'time': float,
        'reason': str,
        'log': str,
        'rows': List[List[Cell]],
        'result': Optional[str],
        'proof': str,
    },
    total=False,
)


class _Line(NamedTuple):
    journal: str
    offset: int  # where it begins
    time: float
    state: str
    reason: str


class RecordReader(object):
    """
    Reads the journals of a cohort.

    :param folder: of the maps of a cohort
    """

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._journals = os.path.join(folder, RECORDS, 'journals')
        self._ends: Dict[str, int] = {}  # journal -> offset up to which it was read
        self._alive: Dict[str, bool] = {}
        self._over: Set[str] = set()  # files of journals that are no longer alive
        self._lines: Dict[str, List[_Line]] = {}  # subject -> in the order of time
        self._told_of: Dict[str, Set[str]] = collections.defaultdict(set)  # journal -> subjects

    def update(self) -> Set[str]:
        """
        Read what was written since the last time.

        :return: subjects whose state may have changed
        """
        there = set(os.listdir(self._journals)) if os.path.isdir(self._journals) else set()
        changed: Set[str] = set()
        # there may be thousands of journals that are no longer alive; they are skipped
        for name in sorted(each for each in there - self._over if each.endswith(ENDING)):
            journal = name[: -len(ENDING)]
            before = self._alive.get(journal)
            lock = journal + ALIVE
            # asked before reading, so that lines written just before the process ended are read
            alive = lock in there and is_held(os.path.join(self._journals, lock))
            self._alive[journal] = alive
            changed |= self._read_on(journal)
            if not alive:
                self._over.add(name)
            if before != alive:
                changed |= self._told_of[journal]
        return changed

    def subject(self, name: str) -> Subject:
        """
        :param name: of a subject
        :return: its state at the last :meth:`update`
        """
        lines = self._lines.get(name)
        if not lines:
            return Subject(name, MISSING)
        last, attempts = lines[-1], self._attempts(lines)
        log = os.path.join(self._folder, RECORDS, 'runs', last.journal)
        made = Subject(name, last.state, log=log, attempts=attempts)
        if last.state == DONE:
            return made._replace(place=(self._path(last.journal), last.offset))
        if last.state == FAILED:
            return made._replace(reason=last.reason)
        if last.state == RUNNING and not self._alive[last.journal]:
            return made._replace(state=FAILED, reason=GONE)
        return made if last.state == RUNNING else made._replace(state=MISSING)

    def told_before(self, names: Sequence[str]) -> Dict[str, Subject]:
        """
        :param names: of subjects
        :return: subject -> what the records say of it; subjects without a record are left out
        """
        return {name: self.subject(name) for name in names if name in self._lines}

    @property
    def names(self) -> List[str]:
        """All subjects that stand in a journal, in sorted order."""
        return sorted(self._lines)

    def _attempts(self, lines: Sequence[_Line]) -> int:
        attempts = 0
        for place, line in enumerate(lines):
            if line.state == RUNNING:
                ended = any(each.journal == line.journal for each in lines[place + 1 :])
                attempts += not ended and not self._alive[line.journal]
            elif line.state in (DONE, FAILED):
                attempts = 0
        return attempts

    def _path(self, journal: str) -> str:
        return os.path.join(self._journals, journal + ENDING)

    def _read_on(self, journal: str) -> Set[str]:
        changed = set()
        with open(self._path(journal), 'rb') as stream:
            offset = stream.seek(self._ends.get(journal, 0))
            for text in stream:
                if not text.endswith(b'\n'):
                    break
                line = _line_of(text)
                if line:
                    name = str(line['subject'])
                    self._add(name, journal, offset, line)
                    changed.add(name)
                offset += len(text)
        self._ends[journal] = offset
        self._told_of[journal] |= changed
        return changed

    def _add(self, name: str, journal: str, offset: int, line: Line) -> None:
        lines = self._lines.setdefault(name, [])
        lines.append(
            _Line(journal, offset, line['time'], line['state'], str(line.get('reason', '')))
        )
        if len(lines) > 1 and lines[-2].time > lines[-1].time:
            lines.sort(key=lambda each: each.time)


def read_subjects(folder: str) -> List[Subject]:
    """
    :param folder: of the maps of a cohort
    :return: all of its subjects, in sorted order
    :raises ReadError: if no cohort was run into the folder
    """
    content = cohort_facts(folder)
    reader = RecordReader(folder)
    reader.update()
    names = sorted(set(content['subjects']).union(reader.names))
    return [reader.subject(name) for name in names]


def results_of(subjects: Iterable[Subject]) -> Iterator[Tuple[Subject, Result]]:
    """
    :param subjects: of a cohort
    :return: each of them, and the files that were written for it; none for a subject that is not
        done
    """
    streams: 'collections.OrderedDict[str, BinaryIO]' = collections.OrderedDict()
    try:
        for each in subjects:
            if each.place is None:
                yield each, Result((), None)
                continue
            path, offset = each.place
            if path not in streams:
                streams[path] = open(path, 'rb')
            streams.move_to_end(path)
            streams[path].seek(offset)
            line = _line_of(streams[path].readline())
            proof = str(line.get('proof', ''))
            yield each, Result(line.get('rows', ()), line.get('result'), proof)
            if len(streams) > MOST_OPEN:
                streams.popitem(last=False)[1].close()
    finally:
        for stream in streams.values():
            stream.close()


def _line_of(text: bytes) -> Line:
    """The content of a line; empty for a damaged line, such as a crashed computer may leave."""
    try:
        line: Line = json.loads(text.decode('utf-8', 'replace'))
    except ValueError:
        return {}
    known = isinstance(line, dict) and {'subject', 'state', 'time'} <= set(line)
    return line if known else {}
