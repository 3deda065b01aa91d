# -*- coding: utf-8 -*-
"""
One inference run's activation maps: from windows as they come to maps that are complete.

Here a window is put into a bounded queue, once for each layer; in the background its stitcher cuts
out what the map takes of it, and the map's writer puts that into the file. Nothing comes back. What
will be written is known, told and checked before the first window. Whether a map is exact is worked
out in a thread of its own, since nothing but the map's sidecar waits for that.
"""

import contextlib
import os
from concurrent.futures import Future
from functools import partial
from typing import Any, Dict, FrozenSet, List, NamedTuple, Optional, Sequence, Tuple

from niftynet_activations.errors import ActivationError, WriteError
from niftynet_activations.hints import JsonObject
from niftynet_activations.host.caller import current_caller
from niftynet_activations.host.log import LOGGER
from niftynet_activations.host.segmentation_files import SegmentationFiles
from niftynet_activations.planning.plan import SubjectPlan
from niftynet_activations.running.background import Background, all_done
from niftynet_activations.running.pipeline import Pipeline
from niftynet_activations.running.progress import Progress
from niftynet_activations.running.signals import stop_on_sigterm
from niftynet_activations.running.subject_maps import SubjectMaps
from niftynet_activations.running.taking import WindowTaking
from niftynet_activations.running.targets import make_target
from niftynet_activations.store.folder import OutputFolder
from niftynet_activations.store.publishing import list_again
from niftynet_activations.store.results import Result, digest, note_result
from niftynet_activations.store.spec import MapSpec
from niftynet_activations.store.tables import write_layers


class _Working(NamedTuple):
    """What works while windows come."""

    progress: Progress
    pipeline: Pipeline
    judging: Background  # works out whether maps are exact
    opening: Background  # makes the first subject's files


class ActivationRun(WindowTaking):
    """
    Takes the windows of all subjects, one subject after the other or mixed.

    :param subjects: NiftyNet's image id -> what to write
    :param folder: where; opened by :meth:`start`, closed by :meth:`close`
    :param queue_bytes: what may wait to be written
    :param layers: the network's inventory, for ``layers.csv``
    :param segmentation_folder: NiftyNet's own results; None where it is the same folder. Opened
        and closed likewise
    :param kept: maps that are complete already
    :param kept_subjects: NiftyNet's image id -> the segmentation's file of subjects of which
        nothing is to be done; no windows of them come
    :param steps: how often :meth:`step` will be called; 0: progress counts windows
    :param results: whether NiftyNet writes a result of its own for each subject
    :ivar keys: output names of the layers of which maps are to be made
    :ivar segmentation: what NiftyNet writes its own results through
    """

    def __init__(
        self,
        subjects: Dict[int, SubjectPlan],
        folder: OutputFolder,
        queue_bytes: int,
        layers: Sequence[JsonObject],
        segmentation_folder: Optional[OutputFolder] = None,
        kept: Sequence[MapSpec] = (),
        kept_subjects: Optional[Dict[int, str]] = None,
        steps: int = 0,
        results: bool = True,
    ) -> None:
        self.kept_subjects = dict(kept_subjects or {})
        self._kept_names = {key: subjects[key].name for key in self.kept_subjects}
        self._plans = {key: one for key, one in subjects.items() if key not in self.kept_subjects}
        self._started: Dict[int, SubjectMaps] = {}
        self._queue_bytes = queue_bytes
        self._folder = folder
        self._working: Optional[_Working] = None
        self._opened: Dict[int, 'Future[SubjectMaps]'] = {}
        self._closed = False
        self._interrupted = True  # until all writers have come to their end
        self._ending = contextlib.ExitStack()
        self._segmentation_folder = segmentation_folder
        self._layers, self._kept, self._steps = layers, kept, steps
        self._result_there: Dict[int, 'Future[None]'] = {}
        self._kept_of: Dict[str, List[MapSpec]] = {}
        for spec in kept:
            self._kept_of.setdefault(spec.subject, []).append(spec)
        self._with_results = results
        # what is there of subjects whose maps are perhaps not: no sidecar tells of it yet
        self._pending: Dict[int, Optional[Result]] = {}
        self.segmentation = SegmentationFiles(segmentation_folder or folder)
        self.keys = {each.key for plan in self._plans.values() for each in plan.maps}

    def start(self) -> None:
        """
        Begin: called when the session has started, so that what ends the run before needs no
        undoing.

        :raises WriteError: if a folder cannot be written, or another run holds it
        """
        with contextlib.ExitStack() as opening:
            opening.enter_context(stop_on_sigterm())
            opening.enter_context(self._folder)
            if self._segmentation_folder is not None:
                opening.enter_context(self._segmentation_folder)
            write_layers(self._folder, self._layers)
            list_again(self._folder, self._kept)
            self._ending = opening.pop_all()
        for image_id, filename in self.kept_subjects.items():
            self._tell_done(self._kept_names[image_id], filename or None)
        windows = sum(plan.expected for plan in self._plans.values())
        working = self._working = _Working(
            Progress(self._steps or windows, LOGGER),
            Pipeline(self._queue_bytes),
            Background('activations-judging'),
            Background('activations-opening'),
        )
        for first in list(self._plans)[:1]:
            # its files are made while TensorFlow prepares for the first window
            working.progress.subject(self._plans[first].name)
            self._opened[first] = working.opening.put(partial(self._open, first, working.judging))

    @property
    def started(self) -> bool:
        """Whether the run has its folders, and takes windows."""
        return self._working is not None

    @property
    def nothing_left(self) -> bool:
        """Whether no windows are needed, since all subjects are kept."""
        return not self._plans

    @property
    def unneeded(self) -> Dict[int, FrozenSet[Tuple[int, int, int]]]:
        """Image id -> starts of windows that are not expected."""
        return {key: plan.unneeded for key, plan in self._plans.items()}

    def maps_of_run(self) -> List[Tuple[str, str]]:
        """
        :return: subject and layer of each map, those that were complete before too
        """
        made = [each.spec for plan in self._plans.values() for each in plan.maps]
        return [(spec.subject, spec.layer) for spec in made] + self.kept_maps()

    def kept_maps(self) -> List[Tuple[str, str]]:
        """
        :return: subject and layer of each map that was complete before
        """
        return [(spec.subject, spec.layer) for spec in self._kept]

    def has_result(self, image_id: int, filename: str) -> None:
        """
        Take note of a segmentation that is complete; the sidecars of the subject's maps will tell.

        :param image_id: NiftyNet's
        :param filename: its name in the folder of the segmentations
        :raises WriteError: if a sidecar cannot be written
        """
        path = os.path.join(self.segmentation.folder, filename)
        settings = self._plans[image_id].segmentation
        self._pending[image_id] = Result(filename, digest(path), settings)
        if not self._result_of(image_id).done():  # a subject may have several
            self._result_of(image_id).set_result(None)
        self._settle()

    def _result_of(self, image_id: int) -> 'Future[None]':
        """Done when NiftyNet's own result of a subject is complete."""
        return self._result_there.setdefault(image_id, Future())

    def _settle(self) -> None:
        """Finish subjects of which all is there: their sidecars and the caller are told."""
        for image_id, result in list(self._pending.items()):
            plan, maps = self._plans[image_id], self._started.get(image_id)
            if plan.maps and (maps is None or not (maps.complete and maps.written)):
                continue  # sidecars that are there already are those of an earlier run
            if result is not None:
                note_result(self._folder, self._specs(plan), result)
            del self._pending[image_id]
            self._tell_done(plan.name, None if result is None else result.file, plan)

    def _specs(self, plan: SubjectPlan) -> List[MapSpec]:
        return [each.spec for each in plan.maps] + self._kept_of.get(plan.name, [])

    def _tell_done(
        self, name: str, result: Optional[str], plan: Optional[SubjectPlan] = None
    ) -> None:
        specs = self._kept_of.get(name, []) if plan is None else self._specs(plan)
        path = None if result is None else os.path.join(self.segmentation.folder, result)
        current_caller().done(name, specs, path)

    def end_window(self, image_id: int, start: Tuple[int, int, int]) -> None:
        """
        :param image_id: NiftyNet's
        :param start: where the window starts that has come, network-space voxels
        :raises WriteError: if an earlier write failed
        """
        if self._working is None:
            raise WriteError('a window came before the run had started')
        maps = self._maps_of(image_id, self._working)
        maps.has_come(start)
        if maps.complete:
            _finish(maps, self._working.pipeline, self._result_of(image_id))
            if not self._with_results:
                self._pending[image_id] = None
        if self._pending:
            self._settle()

    def step(self, doing: str = '') -> None:
        """
        Count one step of the progress, where it does not count windows of its own.

        :param doing: what is under way, such as ``stage 2 of 3``
        """
        if self._working is not None:
            self._working.progress.window(doing)

    def leave_out(self, image_id: int) -> None:
        """
        Expect no windows of a subject, of which none have come.

        :param image_id: NiftyNet's
        """
        del self._plans[image_id]
        self._started.pop(image_id, None)
        self._opened.pop(image_id, None)

    def close(self) -> None:
        """
        Wait for the writers where all windows have come, else give up what is unfinished.

        Raises nothing of its own: it is called while the session ends, maybe with an error under
        way; :meth:`check_complete` tells how it went. Calling it again is harmless.
        """
        if self._closed:
            return
        self._closed = True
        try:
            if self._working is not None:
                self._working.progress.close()
                self._end_writing(self._working)
            self._interrupted = False
        finally:
            # Ctrl-C may come while the last maps are written
            self._ending.close()

    def check_complete(self) -> None:
        """
        :raises WriteError: if a map was not written, with the reason
        """
        self.close()
        if self._working is None:
            raise WriteError('the run ended before its first window')
        self._working.pipeline.check()
        for opened in self._opened.values():
            if opened.done():
                opened.result()  # raises what was wrong with the subject's files
        if self._interrupted:
            raise WriteError(
                'the run was interrupted while its last maps were written; run it again'
            )
        reached = {key: maps for key, maps in self._started.items() if maps.reached}
        for maps in reached.values():
            maps.check_complete()
        if len(reached) < len(self._plans):
            left = [plan.name for key, plan in self._plans.items() if key not in reached]
            raise WriteError(
                'the run ended before these subjects were reached: {}; run it again'.format(
                    ', '.join(left)
                )
            )

    def _taking(self, image_id: int) -> Tuple[SubjectMaps, Pipeline]:
        if self._working is None:
            raise WriteError('a window came before the run had started')
        return self._maps_of(image_id, self._working), self._working.pipeline

    def _maps_of(self, image_id: int, working: _Working) -> SubjectMaps:
        if image_id not in self._started:
            name = self._plans[image_id].name
            working.progress.subject(name)
            current_caller().begun(name)
            opened = self._opened.get(image_id)
            self._started[image_id] = (
                opened.result() if opened else self._open(image_id, working.judging)
            )
        return self._started[image_id]

    def _open(self, image_id: int, judging: Background) -> SubjectMaps:
        maps = SubjectMaps(self._plans[image_id], partial(make_target, self._folder))
        for target in maps.targets:
            if target.judgement is not None:
                judging.put(target.judgement.work_out)
        return maps

    def _lacks_result(self, image_id: int, maps: SubjectMaps) -> bool:
        """Whether what is made with NiftyNet's own result will never be made."""
        needed = any(target.needs_result for target in maps.targets)
        if not needed or self._result_of(image_id).done():
            return False
        LOGGER.warning(
            "subject '%s': NiftyNet wrote no segmentation, so that there are no features of its "
            'regions',
            maps.name,
        )
        return True

    def _end_writing(self, working: _Working) -> None:
        """Subjects that are complete are finished even when the run was cut short behind them."""
        try:
            working.opening.close()
            for image_id, opened in self._opened.items():
                if not opened.exception():
                    self._started.setdefault(image_id, opened.result())
            for image_id, maps in self._started.items():
                if not maps.complete or self._lacks_result(image_id, maps):
                    working.pipeline.give_up(maps.key(target) for target in maps.targets)
                    maps.abandon()
            working.pipeline.close()
            self._settle()
        except ActivationError:
            LOGGER.error('writing activation maps failed; the reason follows at the end')
        finally:
            for maps in self._started.values():
                maps.abandon()
            working.pipeline.abandon()
            working.judging.close()


def _finish(maps: SubjectMaps, pipeline: Pipeline, result: 'Future[None]') -> None:
    """
    Complete a subject's files behind its windows, each when the verdict on it is there, and the
    result of NiftyNet's own where it needs that.
    """
    for target in maps.targets:
        waits: 'List[Future[Any]]' = []
        if target.judgement is not None:
            waits.append(target.judgement.future)
        if target.needs_result:
            waits.append(result)
        after = all_done(waits)
        pipeline.put(target.complete, key=maps.key(target), in_turn=True, after=after, last=True)
