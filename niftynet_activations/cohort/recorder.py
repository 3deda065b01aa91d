# -*- coding: utf-8 -*-
"""
The caller of a cohort's runs: it chooses the subjects that this process has claimed, and records
what becomes of them.
"""

import contextlib
import hashlib
import os
import re
from typing import (
    TYPE_CHECKING,
    Callable,
    Dict,
    Iterator,
    List,
    Mapping,
    Optional,
    Sequence,
    Set,
    Tuple,
)

from niftynet_activations.cohort.lists import table_part
from niftynet_activations.cohort.proofs import Known, Lists, Proofs, state_with_inputs
from niftynet_activations.cohort.reading import Result, results_of
from niftynet_activations.cohort.records import (
    DONE,
    FAILED,
    RECORDS,
    RUNNING,
    STOPPED,
    Journal,
    Subject,
)
from niftynet_activations.errors import ActivationError
from niftynet_activations.host.caller import Caller
from niftynet_activations.looking import after_run
from niftynet_activations.looking.activation_map import ActivationMap
from niftynet_activations.looking.answers.datasets import ENDING, check_dataset, write_dataset
from niftynet_activations.looking.answers.run_features import (
    RegionsOfRun,
    parquet_name,
    statistics_of,
)
from niftynet_activations.looking.answers.run_features import table_name as feature_table_name
from niftynet_activations.looking.answers.table_files import write_table_file
from niftynet_activations.store import files, naming, sidecar, tables
from niftynet_activations.store.formats.table import format_of_file
from niftynet_activations.store.layer_order import in_network_order
from niftynet_activations.store.listing import map_files
from niftynet_activations.store.locks import FileLock
from niftynet_activations.store.spec import MapSpec

if TYPE_CHECKING:
    from niftynet_activations.host.config import Config


class Recorder(Caller):
    """
    Chooses the claimed subjects, and writes what becomes of them into the journal.

    :param folder: of the maps
    :param journal: of this process
    :param before: subject -> its state in the records when this process began
    :param told: called with each subject that is done or failed, after it was recorded
    :param config: of the cohort; None: subjects are recorded without a proof
    :param lists: the files of its subjects
    :ivar failed: subject -> reason
    """

    shared = True

    def __init__(
        self,
        folder: str,
        journal: Journal,
        before: Mapping[str, Subject],
        told: Callable[[str], None],
        config: Optional['Config'] = None,
        lists: Optional[Lists] = None,
    ) -> None:
        self._config, self.proofs = config, Proofs(folder, lists or {})
        self._folder, self._journal, self._before, self._told = folder, journal, before, told
        self._claimed: Dict[str, FileLock] = {}
        self._begun: List[str] = []
        self._done: Set[str] = set()
        self._rows: Dict[str, List[List[tables.Cell]]] = {}  # of activations.csv
        self._wanted: List[str] = []
        self.failed: Dict[str, str] = {}

    def claim(self, subject: str) -> bool:
        """
        :param subject: its name
        :return: whether this process has claimed it now; False if another process has
        """
        locks = os.path.join(self._folder, RECORDS, 'locks')
        os.makedirs(locks, exist_ok=True)
        lock = FileLock(os.path.join(locks, _safe(subject)))
        if lock.take():
            self._claimed[subject] = lock
            return True
        return False

    def release(self) -> None:
        """Give back all claims."""
        while self._claimed:
            self._claimed.popitem()[1].release()

    def pass_over(self, subject: str) -> bool:
        """
        :param subject: a subject that may be complete
        :return: whether the records prove that it is, so that no run has to check it
        """
        if not self.proofs.hold(self._before.get(subject)):
            return False
        self._done.add(subject)
        self._told(subject)
        return True

    def is_begun(self, subject: str) -> bool:
        """
        :param subject: its name
        :return: whether the current run has begun with it
        """
        return subject in self._begun

    def under_way(self) -> List[str]:
        """
        :return: subjects that were begun and are neither done nor failed, in that order
        """
        return [name for name in self._begun if not self.is_settled(name)]

    @contextlib.contextmanager
    def only(self, subjects: Sequence[str]) -> Iterator[None]:
        """
        Restrict runs in the body of a ``with`` block to some subjects.

        :param subjects: claimed subjects
        """
        self._wanted = list(subjects)
        del self._begun[:]
        self._rows.clear()
        try:
            yield
        finally:
            self._wanted = []

    def choose(self, subjects: Sequence[str]) -> Sequence[str]:
        return [name for name in subjects if name in self._wanted]

    def planned(self, state: str) -> None:
        if self._config is not None:
            parts = self.proofs.known.parts if self.proofs.known is not None else ()
            state = state_with_inputs(state, self._config)
            self.proofs.known = Known(state, parts)

    def begun(self, subject: str) -> None:
        self._begun.append(subject)
        for table in self._tables():
            files.remove(table_part(self._folder, table, subject))
        self._journal.add(subject, RUNNING)

    def left_out(self, subject: str, reason: str) -> None:
        if not self.is_settled(subject):
            self._journal.add(subject, FAILED, reason=reason)
            self.failed[subject] = reason
            self._told(subject)

    def stopped(self, subject: str) -> None:
        """
        :param subject: a subject that was begun and not completed, through no fault of its own
        """
        self._journal.add(subject, STOPPED)

    def done(self, subject: str, maps: Sequence[MapSpec], result: Optional[str]) -> None:
        rows = []
        for spec in maps:
            info = sidecar.read(os.path.join(self._folder, naming.sidecar_name(spec)))
            for row in tables.rows_of(spec, info['exact']):
                rows.append([row[column] for column in tables.COLUMNS])
        made = Result(rows, result)
        made = made._replace(proof=self.proofs.of(subject, made))
        if subject in self._begun or not self._is_told(subject, made):
            self._journal.add(subject, DONE, rows=rows, result=result, proof=made.proof)
        self._done.add(subject)
        self._rows[subject] = rows
        self._told(subject)

    def _is_told(self, subject: str, result: Result) -> bool:
        """Whether the records already say so."""
        before = self._before.get(subject)
        if before is None or before.state != DONE:
            return False
        return any(each[1] == result for each in results_of([before]))

    def summarise(self, summaries: object) -> List[str]:
        assert isinstance(summaries, after_run.RunSummaries)
        if self.proofs.known is not None:
            parts = self._parts_of_tables(summaries)
            self.proofs.known = self.proofs.known._replace(parts=parts)
        for name in self._wanted:
            if name in self._rows:
                try:
                    self._make_tables(summaries, name)
                except ActivationError as error:
                    self._done.discard(name)
                    self.left_out(name, str(error))
        return []

    def _parts_of_tables(self, summaries: after_run.RunSummaries) -> List[str]:
        names = list(after_run.table_names(summaries).values())
        dataset = []
        if summaries.features is not None:
            names.append(feature_table_name(summaries.postfix))
            if summaries.features.parquet:
                dataset = [os.path.join(self._folder, parquet_name(summaries.postfix), '{}')]
        braces = '{}'
        parts = [table_part(self._folder, name, braces) for name in names]
        return parts + [path + ENDING for path in dataset]

    def _make_tables(self, summaries: after_run.RunSummaries, subject: str) -> None:
        maps: Dict[Tuple[str, str], ActivationMap] = {}
        for source, table in after_run.table_names(summaries).items():
            path = table_part(self._folder, table, subject)
            if subject in summaries.sources[source] and not os.path.exists(path):
                maps = maps or self._maps(subject)
                own = summaries._replace(
                    sources={source: {subject: summaries.sources[source][subject]}}
                )
                os.makedirs(os.path.dirname(path), exist_ok=True)
                write_table_file(after_run.source_table(own, maps, source), path)
        if summaries.features is not None and subject in summaries.subjects:
            self._make_features(summaries, summaries.features, subject, maps)

    def _make_features(
        self,
        summaries: after_run.RunSummaries,
        regions: RegionsOfRun,
        subject: str,
        maps: Dict[Tuple[str, str], ActivationMap],
    ) -> None:
        path = table_part(self._folder, feature_table_name(summaries.postfix), subject)
        dataset = os.path.join(self._folder, parquet_name(summaries.postfix))
        whole = not regions.parquet or os.path.exists(os.path.join(dataset, subject + ENDING))
        if whole and os.path.exists(path) and statistics_of(path) == set(regions.statistics):
            return
        if summaries.keeps_maps:
            maps = maps or self._maps(subject)
        table = after_run.run_features(summaries._replace(subjects=[subject]), regions, maps)
        if len(table):
            os.makedirs(os.path.dirname(path), exist_ok=True)
            write_table_file(table, path)
            if regions.parquet:
                check_dataset(dataset)
                write_dataset(dataset, [(subject, table)])

    def _maps(self, subject: str) -> Dict[Tuple[str, str], ActivationMap]:
        rows = [dict(zip(tables.COLUMNS, map(str, row))) for row in self._rows[subject]]
        files_of = in_network_order(
            self._folder, map_files(self._folder, rows), lambda each: (each[0], each[1])
        )
        return {
            (each.subject, each.layer): ActivationMap(each)
            for each in files_of
            if format_of_file(each.paths[0]).holds_volumes
        }

    def _tables(self) -> List[str]:
        path = os.path.join(self._folder, RECORDS, 'tables')
        return os.listdir(path) if os.path.isdir(path) else []

    def is_settled(self, subject: str) -> bool:
        """
        :param subject: its name
        :return: whether it is done or failed
        """
        return subject in self._done or subject in self.failed


def _safe(subject: str) -> str:
    """A file name of limited length, different for different subjects."""
    digest = hashlib.sha256(subject.encode('utf-8')).hexdigest()[:16]
    return '{}-{}'.format(re.sub(r'[^\w.-]', '_', subject)[:60], digest)
