# -*- coding: utf-8 -*-
"""
Do a part of a cohort's subjects in this process.

Subjects are claimed first, so that no other process takes them, and done in runs of several, which
share start-up, graph and checkpoint. A subject that fails does not stop the others: the run is
begun again without the subject that was being computed, or that the error names. Where it is not
known which subject is at fault, the subjects are halved. An error in the config or the checkpoint
ends the process.
"""

import collections
import contextlib
import os
import sys
from typing import Deque, Dict, List, Mapping, NamedTuple, Optional, Sequence

from niftynet_activations.cohort.found_files import FoundFiles, write_config
from niftynet_activations.cohort.lists import ListsNowAndThen, make_lists
from niftynet_activations.cohort.private_folder import (
    make_private_folder,
    remove_left_by_the_dead,
    remove_private_folder,
)
from niftynet_activations.cohort.proofs import Known
from niftynet_activations.cohort.reading import read_subjects
from niftynet_activations.cohort.recorder import Recorder
from niftynet_activations.cohort.records import (
    Journal,
    Subject,
    give_up,
    is_given_up,
    others_alive,
)
from niftynet_activations.cohort.setting import Setting, asks_for_report, whole_axis
from niftynet_activations.cohort.stopping import stopping
from niftynet_activations.cohort.time_left import TimeLeft
from niftynet_activations.errors import (
    ActivationError,
    CheckpointError,
    InputError,
    OptionError,
    SelectionError,
    WriteError,
)
from niftynet_activations.host.caller import called_by
from niftynet_activations.host.in_process import run_niftynet
from niftynet_activations.host.left_out import error_words
from niftynet_activations.host.log import LOGGER
from niftynet_activations.host.printed import Heard, printed_reason
from niftynet_activations.store import files

MOST_AT_ONCE = 64  # subjects of a run
MOST_ALIKE = 3  # after so many failures in a row for the same reason no further subject is tried
INPUTS = 'inputs'  # folder for a config, and lists of images, of a run of this process
CONFIG = 'config.ini'
CONFIG_ERRORS = (OptionError, SelectionError, CheckpointError)


class Outcome(NamedTuple):
    """What became of the subjects that a process was given."""

    done: List[str]
    failed: Dict[str, str]  # subject -> reason
    elsewhere: List[str]  # subjects that another process has claimed
    known: Optional[Known] = None  # what proofs need, as the runs have reported it


def do_subjects(
    setting: Setting,
    found: FoundFiles,
    names: Sequence[str],
    before: Optional[Mapping[str, Subject]] = None,
) -> Outcome:
    """
    :param setting: of the cohort, whose subjects are in the records
    :param found: the files of at least these subjects
    :param names: subjects that this process is to do
    :param before: subject -> its state in the records; None: the records are read here
    :return: what became of them
    :raises ActivationError: if the config is wrong, or nothing can be written
    """
    if asks_for_report(setting):
        LOGGER.warning(
            'activation_report = True: each process of a cohort sees a part, and makes no report; '
            'net_activations report %s makes one',
            setting.folder,
        )
    with stopping(), contextlib.closing(Journal(setting.folder)) as journal:
        if before is None:
            before = {each.name: each for each in read_subjects(setting.folder)}
        return _Part(setting, found, names, journal, before).run()


class _Part(object):
    def __init__(
        self,
        setting: Setting,
        found: FoundFiles,
        names: Sequence[str],
        journal: Journal,
        before: Mapping[str, Subject],
    ) -> None:
        self._setting, self._found, self._names = setting, found, list(names)
        self._journal, self._before = journal, before
        self._private = os.path.join(journal.records, 'runs', journal.name)
        self._inputs = os.path.join(self._private, INPUTS)
        self._recorder = Recorder(
            setting.folder, journal, self._before, self._told, setting.config, found.lists
        )
        self._alike: List[str] = []
        self._left = TimeLeft(len(self._names))
        self._lists = ListsNowAndThen(setting.folder)
        self._passed = 0
        self._at_once = 1 if whole_axis(setting.config) else MOST_AT_ONCE

    def run(self) -> Outcome:
        words = make_private_folder(self._private, self._setting.config)
        with files.disk_errors('writing the lists of images'):
            os.mkdir(self._inputs)
            write_config(os.path.join(self._inputs, CONFIG), self._setting.config)
        keep_log = True
        try:
            elsewhere = self._do_all(words)
            keep_log = bool(self._recorder.failed)
        except BaseException as error:
            keep_log = bool(self._recorder.failed) or not isinstance(error, SystemExit)
            for name in self._recorder.under_way():
                self._recorder.stopped(name)
            raise
        finally:
            self._recorder.release()
            remove_private_folder(self._private, keep_log)
            self._journal.close()
            # the process that ends last makes the lists; of two that end at once both make them
            if not others_alive(self._setting.folder):
                make_lists(self._setting.folder)
                remove_left_by_the_dead(self._setting.folder)
        failed = self._recorder.failed
        lost = set(failed).union(elsewhere)
        done = [name for name in self._names if name not in lost]
        # where the window depends on the subject, the state of one run says nothing of others
        known = self._recorder.proofs.known if self._at_once > 1 else None
        return Outcome(done, failed, elsewhere, known)

    def _do_all(self, words: List[str]) -> List[str]:
        """Do all subjects, and return those that another process had claimed throughout."""
        attempts = {name: self._before.get(name, Subject(name, '')) for name in self._names}
        # subjects that have ended a process come last
        waiting = sorted(self._names, key=lambda name: attempts[name].attempts)
        for name in list(waiting):
            if is_given_up(attempts[name]):
                waiting.remove(name)
                self._recorder.failed[name] = give_up(self._journal, attempts[name])
        while waiting:
            queue = collections.deque(waiting)
            elsewhere: List[str] = []
            while queue:
                self._passed = 0
                claimed = self._claim_some(queue, elsewhere)
                if self._passed:
                    LOGGER.info(
                        '%d subjects are complete and were made with the same settings of the same '
                        'files: they are not read',
                        self._passed,
                    )
                if claimed:
                    self._do(words, claimed)
                    self._recorder.release()
                    self._lists.make()
            if len(elsewhere) == len(waiting):
                return elsewhere
            waiting = elsewhere
        return []

    def _claim_some(self, queue: Deque[str], elsewhere: List[str]) -> List[str]:
        """
        Claim subjects from the front of a queue. Those that are proven complete are skipped, and
        those that another process has claimed are added to ``elsewhere``.
        """
        claimed: List[str] = []
        while queue and len(claimed) < self._at_once:
            name = queue.popleft()
            if self._at_once > 1 and self._recorder.pass_over(name):
                self._passed += 1
                continue
            (claimed if self._recorder.claim(name) else elsewhere).append(name)
        return claimed

    def _do(self, words: List[str], names: List[str]) -> None:
        """Run claimed subjects until each is done or failed."""
        groups = [names]
        while groups:
            group = groups.pop()
            error = self._run_niftynet(words, group)
            unsettled = [name for name in group if not self._recorder.is_settled(name)]
            if not unsettled:
                continue
            at_fault = self._at_fault(unsettled, error)
            for name in self._recorder.under_way():
                if name not in at_fault:
                    self._recorder.stopped(name)
            for name in at_fault:
                self._fail(name, error)
            rest = [name for name in unsettled if name not in at_fault]
            middle = 0 if at_fault else (len(rest) + 1) // 2
            groups += [part for part in (rest[middle:], rest[:middle]) if part]

    def _at_fault(self, names: List[str], error: Exception) -> List[str]:
        """The subject that caused the error, as a list; empty where it is not known."""
        under_way = [name for name in self._recorder.under_way() if name in names]
        named = [name for name in names if "'{}'".format(name) in str(error)]
        if under_way or named:
            return (under_way or named)[:1]
        if isinstance(error, CONFIG_ERRORS):
            raise error
        return names if len(names) == 1 else []

    def _fail(self, name: str, error: Exception) -> None:
        reason = str(error) if isinstance(error, ActivationError) else error_words(error)
        LOGGER.error("subject '%s' failed: %s", name, reason)
        self._recorder.left_out(name, reason)
        alike = reason.replace("'{}'".format(name), '')
        self._alike = [each for each in self._alike if each == alike] + [alike]
        if len(self._alike) >= MOST_ALIKE:
            raise WriteError(
                '{} subjects in a row failed for the same reason, so the others were not tried: '
                '{}'.format(MOST_ALIKE, reason)
            ) from error

    def _run_niftynet(self, words: List[str], names: List[str]) -> Exception:
        """
        Run NiftyNet on subjects, and return the error that ended it; ignored if all are settled.
        """
        setting, config = self._setting, os.path.join(self._inputs, CONFIG)
        command = ['net_run', 'inference', '-a', setting.application, '-c', config]
        with files.disk_errors('writing the lists of images'):
            self._found.write(self._inputs, names)
        heard = Heard(sys.stdout)
        try:
            with contextlib.redirect_stdout(heard), called_by(self._recorder):  # type: ignore
                with self._recorder.only(names):
                    status = run_niftynet(command + list(setting.overrides) + words)
            reason = 'a parameter is not set' if status else 'the run ended without a reason'
            return OptionError(reason) if status else WriteError(reason)
        except WriteError as error:
            reason = printed_reason(heard.text)
            return WriteError('{}; NiftyNet met {}'.format(error, reason)) if reason else error
        except InputError as error:
            return error  # subjects left out are recorded already
        except Exception as error:  # NiftyNet and TensorFlow raise many kinds for one subject
            return error

    def _told(self, subject: str) -> None:
        if subject not in self._recorder.failed:
            self._alike = []
        line = self._left.settled(
            subject in self._recorder.failed, self._recorder.is_begun(subject)
        )
        if line:
            LOGGER.info(line)
