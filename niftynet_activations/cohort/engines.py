# -*- coding: utf-8 -*-
"""
Hand subjects out to the workers of a Dask cluster, on this computer or another.

A *task* is a few subjects, done by a process of its own that a worker starts: what ends that
process does not end the worker. When a worker itself is killed, its process ends too. Whatever a
task could not tell is found in the cohort's records; subjects that are neither done nor failed are
handed out again, one by one.
"""

import argparse
import contextlib
import io
import math
import os
import sys
import time
from typing import Callable, Dict, Iterable, Iterator, List, NamedTuple, Optional, Sequence, Tuple

from tqdm import tqdm

from niftynet_activations.cohort.arguments import options_named
from niftynet_activations.cohort.clusters import Cluster, open_cluster
from niftynet_activations.cohort.lists import make_lists
from niftynet_activations.cohort.records import (
    DONE,
    FAILED,
    Journal,
    give_up,
    is_given_up,
    read_subjects,
)
from niftynet_activations.cohort.setting import (
    Setting,
    chosen,
    read_setting,
    subjects_of,
    write_down,
)
from niftynet_activations.cohort.task import Order, run_task
from niftynet_activations.cohort.time_left import SECONDS_BETWEEN_LINES, progress_line
from niftynet_activations.errors import OptionError
from niftynet_activations.hints import Future, JsonObject
from niftynet_activations.host.left_out import LeftOut, error_words
from niftynet_activations.host.quiet import all_output_to
from niftynet_activations.running.progress import can_draw

LEAST_OF_TASK, MOST_OF_TASK = 4, 16  # subjects
TASKS_OF_WORKER = 4  # so that workers end at about the same time
MOST_ROUNDS = 6
SECONDS = 2.0  # between looks
Draw = Callable[[Tuple[int, int]], None]  # takes how many are done or failed, and how many failed


class _Found(NamedTuple):
    done: Dict[str, bool]
    failed: Dict[str, str]
    said: Dict[str, str]  # of subjects whose task came to nothing: the last that it said


def run_on_engine(
    arguments: argparse.Namespace, wanted: Optional[Sequence[str]]
) -> Tuple[str, List[LeftOut]]:
    """
    :param arguments: of ``net_activations cohort``
    :param wanted: names of subjects; None: all
    :return: the folder of the maps, and the subjects that failed
    :raises ActivationError: if the config is wrong or there is no cluster
    """
    with all_output_to(io.StringIO()):
        setting = read_setting(arguments.conf, arguments.application, arguments.overrides)
        everybody = subjects_of(setting)
    names = chosen(everybody, everybody if wanted is None else wanted)
    write_down(setting, everybody)
    with open_cluster(
        arguments.workers,
        arguments.scheduler,
        None if arguments.slurm is None else options_named(arguments.slurm),
        arguments.gpus,
        len(names),
    ) as cluster, _progress(len(names)) as progress:
        failed = _HandedOut(setting, cluster, progress).do(names)
    make_lists(setting.folder)
    return setting.folder, [LeftOut(*each) for each in sorted(failed.items())]


class _HandedOut(object):
    def __init__(self, setting: Setting, cluster: Cluster, progress: Draw) -> None:
        self._setting, self._cluster, self._progress = setting, cluster, progress
        self._begun = time.time()
        self._found = _Found({}, {}, {})

    def do(self, names: Sequence[str]) -> Dict[str, str]:
        """
        :param names: of subjects
        :return: those that failed -> the reason
        """
        size = size_of_tasks(len(names), self._cluster.workers)
        left = list(names)
        for _ in range(MOST_ROUNDS):
            self._one_round([left[at : at + size] for at in range(0, len(left), size)])
            self._give_up_those_that_end_processes(left)
            left = [name for name in left if not self._is_settled(name)]
            if not left:
                break
            size = 1
            time.sleep(SECONDS)  # a process that lost its worker is about to end
        for name in left:
            said = self._found.said.get(name) or 'its worker was lost'
            self._found.failed[name] = '{} ({} times)'.format(said, MOST_ROUNDS)
        self._progress(self._settled([]))
        return self._found.failed

    def _one_round(self, groups: Sequence[Sequence[str]]) -> None:
        setting = self._setting
        pending = {}
        for group in groups:
            order = Order(
                setting.config_path,
                setting.application,
                list(setting.overrides),
                list(group),
                os.getcwd(),
                self._cluster.threads,
                self._cluster.gpus,
            )
            pending[self._cluster.submit(run_task, order)] = group
        while pending:
            for future in self._cluster.wait(list(pending), SECONDS):
                group = pending.pop(future)
                self._take(group, future)
            if pending:
                self._progress(self._settled(pending.values()))

    def _take(self, group: Sequence[str], future: Future) -> None:
        error = future.exception()
        if error is not None:
            if type(error).__name__ != 'KilledWorker':
                raise OptionError(
                    'the Dask workers cannot run the task ({}): install the same '
                    'niftynet_activations where they run'.format(error_words(error))
                ) from error
            told: JsonObject = {'said': 'it killed its worker'}
        else:
            told = future.result()
        if told.get('wrong'):
            raise OptionError(told['wrong'])
        self._found.failed.update(told.get('failed', {}))
        self._found.done.update((name, True) for name in told.get('done', []))
        self._found.said.update((name, told.get('said', '')) for name in group)
        self._look(group)

    def _look(self, names: Sequence[str]) -> None:
        """Take what the records tell of subjects whose process did not."""
        wanted = {name for name in names if not self._is_settled(name)}
        if not wanted:
            return
        for each in read_subjects(self._setting.folder):
            if each.name in wanted and each.time >= self._begun and not each.attempts:
                if each.state == DONE:
                    self._found.done[each.name] = True
                elif each.state == FAILED:
                    self._found.failed[each.name] = each.reason

    def _give_up_those_that_end_processes(self, names: Sequence[str]) -> None:
        left = {name for name in names if not self._is_settled(name)}
        subjects = read_subjects(self._setting.folder) if left else []
        lost = [each for each in subjects if each.name in left and is_given_up(each)]
        if lost:
            with contextlib.closing(Journal(self._setting.folder)) as journal:
                for each in lost:
                    self._found.failed[each.name] = give_up(journal, each)

    def _is_settled(self, name: str) -> bool:
        return name in self._found.done or name in self._found.failed

    def _settled(self, under_way: Iterable[Sequence[str]]) -> Tuple[int, int]:
        """How many are done or failed by now, and how many failed."""
        names = {name for group in under_way for name in group}
        done, failed = len(self._found.done), len(self._found.failed)
        for each in read_subjects(self._setting.folder) if names else []:
            if each.name in names and each.time >= self._begun and not each.attempts:
                done += each.state == DONE
                failed += each.state == FAILED
        return done + failed, failed


def size_of_tasks(subjects: int, workers: int) -> int:
    """
    :param subjects: how many there are
    :param workers: how many there are
    :return: subjects of a task: so few that all workers end at about the same time, and so many
        that the start of a process counts little
    """
    few = math.ceil(subjects / float(TASKS_OF_WORKER * workers))
    return max(1, min(max(few, LEAST_OF_TASK), MOST_OF_TASK, math.ceil(subjects / float(workers))))


@contextlib.contextmanager
def _progress(total: int) -> Iterator[Draw]:
    """A bar with the time left on a terminal, else a line now and then."""
    begun = told = time.monotonic()
    last = 0
    if can_draw():
        with tqdm(total=total, unit='subject', file=sys.stderr) as bar:

            def draw(counts: Tuple[int, int]) -> None:
                bar.n = counts[0]
                bar.set_postfix(failed=counts[1])

            yield draw
        return

    def tell(counts: Tuple[int, int]) -> None:
        nonlocal told, last
        now = time.monotonic()
        if now - told >= SECONDS_BETWEEN_LINES or last < counts[0] == total:
            told, last = now, counts[0]
            line = progress_line(counts[0], counts[1], total, now - begun)
            sys.stderr.write('net_activations: {}\n'.format(line))

    yield tell
