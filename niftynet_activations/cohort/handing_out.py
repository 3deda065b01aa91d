# -*- coding: utf-8 -*-
"""
Give subjects to the workers of a Dask cluster, in tasks of a few subjects, until each is done or
failed.

Where a task ends without a report, the cohort's records say what became of its subjects. Subjects
that are neither done nor failed are given out again, one by one.
"""

import math
import os
import sys
import time
from typing import TYPE_CHECKING, Callable, Dict, List, Optional, Sequence, Set

from niftynet_activations.cohort.lists import ListsNowAndThen
from niftynet_activations.cohort.proofs import Known, Proofs
from niftynet_activations.cohort.reading import RecordReader
from niftynet_activations.cohort.records import (
    DONE,
    FAILED,
    Journal,
    Subject,
    give_up,
    is_given_up,
)
from niftynet_activations.cohort.task import Order, Told, run_task
from niftynet_activations.cohort.time_left import Counts
from niftynet_activations.errors import OptionError
from niftynet_activations.hints import Future
from niftynet_activations.host.left_out import error_words

if TYPE_CHECKING:
    from niftynet_activations.cohort.clusters import Cluster
    from niftynet_activations.cohort.found_files import FoundFiles
    from niftynet_activations.cohort.setting import Setting

LEAST_OF_TASK, MOST_OF_TASK = 4, 16  # subjects
TASKS_OF_WORKER = 4  # tasks for each worker, so that workers end at about the same time
MOST_ROUNDS = 6  # a subject that is neither done nor failed is tried so often
SECONDS = 2.0  # between two readings of the records
SECONDS_OF_WAITING = 20.0  # without a working worker, before a message says so
Draw = Callable[[Counts], None]


class HandedOut(object):
    """
    Gives the subjects of a cohort to the workers of a cluster.

    :param setting: of the cohort
    :param files: the files of its subjects
    :param cluster: the connected cluster
    :param journal: of this process
    :param progress: called now and then with the numbers of done and failed subjects
    """

    def __init__(
        self,
        setting: 'Setting',
        files: 'FoundFiles',
        cluster: 'Cluster',
        journal: Journal,
        progress: Draw,
    ) -> None:
        self._setting, self._files, self._cluster = setting, files, cluster
        self._journal, self._progress = journal, progress
        self._reader = RecordReader(setting.folder)
        self._reader.update()
        self._lists = ListsNowAndThen(setting.folder)
        self._done: Set[str] = set()
        self._failed: Dict[str, str] = {}
        # subject -> last line of a task that ended without a report
        self._said: Dict[str, str] = {}
        # subject -> its state in the records, for subjects whose task has not ended
        self._news: Dict[str, Subject] = {}
        self._made: Set[str] = set()  # subjects that were worked on
        self._wanted: Set[str] = set()  # subjects of this command; records may have others
        self._last_task = time.monotonic()  # when a task was last seen at work, or to end
        self._last_look = 0.0  # when the records were last read
        self._known: Optional[Known] = None  # what proofs need, as a task has reported it

    def do(self, names: Sequence[str], retries: int) -> Dict[str, str]:
        """
        :param names: of subjects
        :param retries: how often failed subjects are tried again
        :return: failed subject -> reason
        """
        self._wanted.update(names)
        left = self._without_proven(names)
        for _ in range(retries + 1):
            self._failed.clear()
            self._do_all(left)
            left = sorted(self._failed)
            if not left:
                break
        self._progress(self._counts())
        return self._failed

    def _without_proven(self, names: Sequence[str]) -> List[str]:
        """
        The subjects that are not proven to be complete. Where many are done, one of them is run
        first, since proofs need what its task reports.
        """
        likely = [name for name in names if self._reader.subject(name).state == DONE]
        if len(likely) > MOST_OF_TASK:
            self._one_round([likely[:1]])
            proofs = Proofs(self._setting.folder, self._files.lists, self._known)
            proven = [each for each in likely if proofs.hold(self._reader.subject(each))]
            self._done.update(proven)
        return [name for name in names if not self._is_settled(name)]

    def _do_all(self, names: Sequence[str]) -> None:
        """Run tasks until each subject is done or failed."""
        size = size_of_tasks(len(names), self._cluster.workers)
        left = list(names)
        for _ in range(MOST_ROUNDS):
            self._one_round([left[at : at + size] for at in range(0, len(left), size)])
            self._give_up_those_that_end_processes(left)
            left = [name for name in left if not self._is_settled(name)]
            if not left:
                return
            size = 1
            time.sleep(SECONDS)  # processes whose worker was lost end meanwhile
        for name in left:
            said = self._said.get(name) or 'its worker was lost'
            self._failed[name] = '{} ({} times)'.format(said, MOST_ROUNDS)

    def _one_round(self, groups: Sequence[Sequence[str]]) -> None:
        setting = self._setting
        words = list(setting.overrides)
        if self._cluster.takes_gpu:
            # the config's own value would be the same for all tasks
            words.append('--cuda_devices=')
        pending = {}
        for group in groups:
            order = Order(
                setting.config_path,
                setting.application,
                words,
                list(group),
                self._files.of(group).lists,
                self._reader.told_before(group),
                os.getcwd(),
                self._cluster.threads,
                self._cluster.shared_gpus,
            )
            pending[self._cluster.submit(run_task, order)] = group
        while pending:
            ended = [
                (pending.pop(future), self._told_by(future))
                for future in self._cluster.wait(SECONDS)
            ]
            # reading the records lists all journals, so it is not done for each task
            late = time.monotonic() - self._last_look >= SECONDS
            if late or not all(_is_told(group, told) for group, told in ended):
                self._see_news()
            for group, told in ended:
                self._take(group, told)
            if pending:
                self._progress(self._counts())
                self._lists.make()
                self._look_after_workers()

    def _take(self, group: Sequence[str], told: Told) -> None:
        """Take the report of a task; for subjects that it does not name, the records count."""
        self._last_task = time.monotonic()
        known = told.get('known')
        if known:
            self._known = Known._make(known)
        self._failed.update(told.get('failed', {}))
        self._done.update(told.get('done', []))
        self._said.update((name, told.get('said', '')) for name in group)
        for name in group:
            each = self._news.pop(name, None)
            if each is not None and not self._is_settled(name):
                if each.state == DONE:
                    self._done.add(name)
                elif each.state == FAILED and not each.attempts:
                    self._failed[name] = each.reason

    def _told_by(self, future: 'Future[Told]') -> Told:
        if future.cancelled():
            raise OptionError(
                'the Dask scheduler was lost; what is done stays, and the same command goes on '
                'with the rest'
            )
        error = future.exception()
        if error is None:
            told: Told = future.result()
            if told.get('wrong'):
                raise OptionError(told['wrong'])
            return told
        if type(error).__name__ != 'KilledWorker':
            raise OptionError(
                'the Dask workers cannot run the task ({}): install the same '
                'niftynet_activations where they run'.format(error_words(error))
            ) from error
        return {'said': 'it killed its worker'}

    def _see_news(self) -> None:
        self._last_look = time.monotonic()
        for name in self._reader.update().intersection(self._wanted):
            self._last_task = time.monotonic()
            self._made.add(name)
            if not self._is_settled(name):
                self._news[name] = self._reader.subject(name)

    def _look_after_workers(self) -> None:
        if time.monotonic() - self._last_task > SECONDS_OF_WAITING:
            self._last_task = time.monotonic()
            fault = self._cluster.fault()
            if fault:
                sys.stderr.write('net_activations: waiting: {}\n'.format(fault))
        self._cluster.keep()

    def _give_up_those_that_end_processes(self, names: Sequence[str]) -> None:
        self._see_news()
        for name in names:
            subject = self._reader.subject(name)
            if not self._is_settled(name) and is_given_up(subject):
                self._failed[name] = give_up(self._journal, subject)

    def _is_settled(self, name: str) -> bool:
        return name in self._done or name in self._failed

    def _counts(self) -> Counts:
        states = [each.state for each in self._news.values() if not each.attempts]
        failed = len(self._failed) + states.count(FAILED)
        settled = len(self._done) + states.count(DONE) + failed
        return Counts(settled, failed, min(settled, len(self._made)))


def _is_told(group: Sequence[str], told: Told) -> bool:
    """Whether a task has reported what became of all its subjects."""
    return set(group) <= set(told.get('done', [])).union(told.get('failed', {}))


def size_of_tasks(subjects: int, workers: int) -> int:
    """
    :param subjects: how many there are
    :param workers: how many there are
    :return: how many subjects a task has: few, so that all workers end at about the same time, but
        enough that starting a process costs little in comparison
    """
    few = math.ceil(subjects / float(TASKS_OF_WORKER * workers))
    return max(1, min(max(few, LEAST_OF_TASK), MOST_OF_TASK, math.ceil(subjects / float(workers))))
