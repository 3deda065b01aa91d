# -*- coding: utf-8 -*-
"""
The activation maps of one inference run: from windows as they come to complete files.

Each window is put into a bounded queue, once for each layer. In the background the layer's stitcher
cuts out the samples that the map takes from this window, and the map's writer puts them into the
file. What will be written is planned, logged and checked before the first window. Whether a map is
exact is worked out in a thread of its own, for which only the map's sidecar waits.
"""

import contextlib
from typing import Dict, FrozenSet, List, Optional, Sequence, Tuple

from niftynet_activations.errors import WriteError
from niftynet_activations.hints import JsonObject
from niftynet_activations.host.segmentation_files import SegmentationFiles
from niftynet_activations.planning.plan import SubjectPlan
from niftynet_activations.running.at_work import AtWork
from niftynet_activations.running.finished import FinishedSubjects
from niftynet_activations.running.pipeline import Pipeline
from niftynet_activations.running.signals import stop_on_sigterm
from niftynet_activations.running.subject_maps import SubjectMaps
from niftynet_activations.running.taking import WindowTaking
from niftynet_activations.store.folder import OutputFolder
from niftynet_activations.store.publishing import list_again
from niftynet_activations.store.spec import MapSpec
from niftynet_activations.store.tables import write_layers


class ActivationRun(WindowTaking):
    """
    Takes the windows of all subjects, one subject after the other or mixed.

    :param subjects: NiftyNet's image id -> plan of the subject's maps
    :param folder: for the maps; opened by :meth:`start`, closed by :meth:`close`
    :param queue_bytes: bytes of windows that may wait to be written
    :param layers: all layers of the network, for ``layers.csv``
    :param segmentation_folder: for NiftyNet's own results, opened and closed in the same way; None
        where it is the same folder
    :param kept: maps that were complete before the run
    :param kept_subjects: NiftyNet's image id -> file name of the segmentation, for subjects that
        were complete before the run; no windows of them come
    :param steps: how often :meth:`step` will be called; 0: progress counts windows
    :param results: whether NiftyNet writes a result of its own for each subject
    :ivar keys: output names of the layers of which maps are to be made
    :ivar segmentation: gives NiftyNet's own results their names when they are complete
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
        self._queue_bytes = queue_bytes
        self._folder = folder
        self._working: Optional[AtWork] = None
        self._closed = False
        self._interrupted = True  # False when all writers have ended
        self._ending = contextlib.ExitStack()
        self._segmentation_folder = segmentation_folder
        self._layers, self._kept, self._steps = layers, kept, steps
        self._with_results = results
        self.segmentation = SegmentationFiles(segmentation_folder or folder)
        self._finished = FinishedSubjects(self._plans, folder, self.segmentation, kept)
        self.keys = {each.key for plan in self._plans.values() for each in plan.maps}

    def start(self) -> None:
        """
        Open the folders and start the threads. It is called when TensorFlow's session has started,
        so that an error before that leaves nothing to clean up.

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
            self._finished.tell_kept(self._kept_names[image_id], filename or None)
        windows = sum(plan.expected for plan in self._plans.values())
        self._working = AtWork(self._plans, self._folder, self._queue_bytes, self._steps or windows)

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
        Note that a subject's segmentation is complete; the sidecars of its maps will name it.

        :param image_id: NiftyNet's
        :param filename: its name in the folder of the segmentations
        :raises WriteError: if a sidecar cannot be written
        """
        self._finished.has_result(image_id, filename)
        self._finished.settle({} if self._working is None else self._working.begun)

    def _at_work(self) -> AtWork:
        if self._working is None:
            raise WriteError('a window came before the run had started')
        return self._working

    def _taking(self, image_id: int) -> Tuple[SubjectMaps, Pipeline]:
        working = self._at_work()
        return working.maps_of(image_id), working.pipeline

    def end_window(self, image_id: int, start: Tuple[int, int, int]) -> None:
        """
        :param image_id: NiftyNet's
        :param start: where the window starts that has come, network-space voxels
        :raises WriteError: if an earlier write failed
        """
        working = self._at_work()
        maps = working.maps_of(image_id)
        maps.has_come(start)
        if maps.complete:
            for target, after in maps.ends(self._finished.result_there(image_id)):
                key = maps.key(target)
                working.pipeline.put(target.complete, key=key, in_turn=True, after=after, last=True)
            if not self._with_results:
                self._finished.needs_no_result(image_id)
        self._finished.settle(working.begun)

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
        if self._working is not None:
            self._working.leave_out(image_id)

    def close(self) -> None:
        """
        Complete the maps of which all windows have come, and remove the others.

        It raises no error of its own, since it is called while the session ends, perhaps because
        of an error; :meth:`check_complete` raises what went wrong. A second call does nothing.
        """
        if self._closed:
            return
        self._closed = True
        try:
            if self._working is not None:
                self._working.end(self._finished)
            self._interrupted = False
        finally:
            # also if Ctrl-C comes while the last maps are written
            self._ending.close()

    def check_complete(self) -> None:
        """
        :raises WriteError: if a map was not written, with the reason
        """
        self.close()
        if self._working is None:
            raise WriteError('the run ended before its first window')
        self._working.check()
        if self._interrupted:
            raise WriteError(
                'the run was interrupted while its last maps were written; run it again'
            )
        self._working.check_complete()
