# -*- coding: utf-8 -*-
"""
The working parts of a run while windows come: the queue, the background threads, and the maps of
which a part is written.
"""

from concurrent.futures import Future
from functools import partial
from typing import Dict, Mapping

from niftynet_activations.errors import ActivationError, WriteError
from niftynet_activations.host.caller import current_caller
from niftynet_activations.host.log import LOGGER
from niftynet_activations.planning.plan import SubjectPlan
from niftynet_activations.running.background import Background
from niftynet_activations.running.finished import FinishedSubjects
from niftynet_activations.running.pipeline import Pipeline
from niftynet_activations.running.progress import Progress
from niftynet_activations.running.subject_maps import SubjectMaps
from niftynet_activations.running.targets import make_target
from niftynet_activations.store.folder import OutputFolder


class AtWork(object):
    """
    The queue, threads and unfinished maps of one run.

    :ivar progress: shows how far the run is
    :ivar pipeline: the queue that windows are put into
    :ivar begun: NiftyNet's image id -> the maps of a subject of which a window has come
    """

    def __init__(
        self, plans: Mapping[int, SubjectPlan], folder: OutputFolder, queue_bytes: int, steps: int
    ) -> None:
        """
        :param plans: NiftyNet's image id -> what is to be written; may lose subjects meanwhile
        :param folder: of the maps, open
        :param queue_bytes: bytes of windows that may wait to be written
        :param steps: how many windows the progress counts
        """
        self._plans, self._folder = plans, folder
        self.progress = Progress(steps, LOGGER)
        self.pipeline = Pipeline(queue_bytes)
        self.begun: Dict[int, SubjectMaps] = {}
        self._judging = Background('activations-judging')  # works out whether maps are exact
        self._opening = Background('activations-opening')  # makes the first subject's files
        self._opened: Dict[int, 'Future[SubjectMaps]'] = {}
        for first in list(plans)[:1]:
            # its files are made while TensorFlow prepares for the first window
            self.progress.subject(plans[first].name)
            self._opened[first] = self._opening.put(partial(self._open, first))

    def maps_of(self, image_id: int) -> SubjectMaps:
        """
        :param image_id: NiftyNet's number of a subject of which a window has come
        :return: its maps; their files are made when its first window comes
        :raises WriteError: if they cannot be made
        """
        if image_id not in self.begun:
            name = self._plans[image_id].name
            self.progress.subject(name)
            current_caller().begun(name)
            opened = self._opened.get(image_id)
            self.begun[image_id] = opened.result() if opened else self._open(image_id)
        return self.begun[image_id]

    def _open(self, image_id: int) -> SubjectMaps:
        maps = SubjectMaps(self._plans[image_id], partial(make_target, self._folder))
        for target in maps.targets:
            if target.judgement is not None:
                self._judging.put(target.judgement.work_out)
        return maps

    def leave_out(self, image_id: int) -> None:
        """
        :param image_id: NiftyNet's number of a subject of which no window has come, and none will
        """
        self.begun.pop(image_id, None)
        self._opened.pop(image_id, None)

    def end(self, finished: FinishedSubjects) -> None:
        """
        End the work. Subjects whose windows have all come are completed, even if the run was
        interrupted later; unfinished maps are removed.

        :param finished: reports the subjects that are complete
        """
        self.progress.close()
        try:
            self._opening.close()
            for image_id, opened in self._opened.items():
                if not opened.exception():
                    self.begun.setdefault(image_id, opened.result())
            for image_id, maps in self.begun.items():
                if not maps.complete or finished.lacks_result(image_id, maps):
                    self.pipeline.give_up(maps.key(target) for target in maps.targets)
                    maps.abandon()
            self.pipeline.close()
            finished.settle(self.begun)
        except ActivationError:
            LOGGER.error('writing activation maps failed; the reason follows at the end')
        finally:
            for maps in self.begun.values():
                maps.abandon()
            self.pipeline.abandon()
            self._judging.close()

    def check(self) -> None:
        """
        :raises WriteError: if something could not be written, with the reason
        """
        self.pipeline.check()
        for opened in self._opened.values():
            if opened.done():
                opened.result()  # raises the error with which the subject's files could not be made

    def check_complete(self) -> None:
        """
        :raises WriteError: if windows are still to come
        """
        reached = {key: maps for key, maps in self.begun.items() if maps.reached}
        for maps in reached.values():
            maps.check_complete()
        if len(reached) < len(self._plans):
            left = [plan.name for key, plan in self._plans.items() if key not in reached]
            raise WriteError(
                'the run ended before these subjects were reached: {}; run it again'.format(
                    ', '.join(left)
                )
            )
