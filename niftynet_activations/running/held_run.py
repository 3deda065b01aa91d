# -*- coding: utf-8 -*-
"""
A run that makes one subject's maps as arrays in memory, without a folder (for ``na.Extractor``).

The plan of a run that has ended well can be used :meth:`~HeldRun.again` for another image with the
same headers.
"""

from functools import partial
from typing import Dict, FrozenSet, List, NamedTuple, Optional, Tuple, Union

from niftynet_activations.errors import WriteError
from niftynet_activations.host.log import LOGGER
from niftynet_activations.planning.plan import MapPlan, Start, SubjectPlan
from niftynet_activations.running.background import Background
from niftynet_activations.running.pipeline import Pipeline
from niftynet_activations.running.progress import Progress
from niftynet_activations.running.subject_maps import SubjectMaps
from niftynet_activations.running.taking import WindowTaking
from niftynet_activations.running.targets import make_held_target
from niftynet_activations.store.held import Held, HeldRows
from niftynet_activations.store.nameless import NamelessArrays


class HeldPlan(NamedTuple):
    """The plan of one subject whose maps are held in memory."""

    image_id: int  # NiftyNet's
    subject: SubjectPlan
    queue_bytes: int  # bytes of windows that may wait to be stitched
    steps: int = 0  # how often :meth:`HeldRun.step` will be called; 0: progress counts windows


class _Working(NamedTuple):
    """The working parts of a run while windows come."""

    maps: SubjectMaps
    progress: Progress
    pipeline: Pipeline
    judging: Optional[Background]  # works out whether maps are exact; None: that is known


class HeldRun(WindowTaking):
    """
    Takes the windows of one subject; a context manager, which ends its threads.

    :param plan: of the subject
    :param arrays: makes those that samples go to
    :param pipeline: does the work of one run after the other, until a run ends with an error; None:
        one of its own does
    """

    one_subject = True

    def __init__(
        self, plan: HeldPlan, arrays: NamelessArrays, pipeline: Optional[Pipeline] = None
    ) -> None:
        self.plan = plan
        self._arrays, self._given = arrays, pipeline
        self._working: Optional[_Working] = None
        self.keys = {each.key for each in plan.subject.maps}

    @property
    def unneeded(self) -> Dict[int, FrozenSet[Start]]:
        """Image id -> starts of windows that are not expected."""
        return {self.plan.image_id: self.plan.subject.unneeded}

    @property
    def bytes(self) -> int:
        """Bytes of all maps together."""
        return sum(each.spec.raw_bytes for each in self.plan.subject.maps)

    @property
    def complete(self) -> bool:
        """Whether all windows have come; further windows are ignored."""
        return self._working is not None and self._working.maps.complete

    def again(
        self, subject: str, arrays: NamelessArrays, pipeline: Optional[Pipeline] = None
    ) -> 'HeldRun':
        """
        :param subject: name of one whose image has the same headers
        :param arrays: makes those that samples go to
        :param pipeline: as of the class
        :return: a run of that subject
        """
        maps = [
            each._replace(spec=each.spec._replace(subject=subject))
            for each in self.plan.subject.maps
        ]
        named = self.plan.subject._replace(name=subject, maps=maps)
        return HeldRun(self.plan._replace(subject=named), arrays, pipeline)

    def __enter__(self) -> 'HeldRun':
        plan = self.plan.subject
        maps = SubjectMaps(plan, partial(make_held_target, self._arrays))
        judging = None
        unknown = [
            each.verdict
            for each in plan.maps
            if isinstance(each, MapPlan) and not each.verdict.future.done()
        ]
        if unknown:
            judging = Background('activations-judging')
            for verdict in unknown:
                judging.put(verdict.work_out)
        progress = Progress(self.plan.steps or plan.expected, LOGGER)
        progress.subject(plan.name)
        pipeline = self._given or Pipeline()
        pipeline.limit_bytes = self.plan.queue_bytes
        self._working = _Working(maps, progress, pipeline, judging)
        return self

    def __exit__(self, *error: object) -> None:
        if self._working is None:
            return
        maps, progress, pipeline, judging = self._working
        self._working = None  # what was made is the caller's, as long as he has it
        progress.close()
        if not maps.complete:
            maps.abandon()
        if self._given is None or error[0] is not None:
            pipeline.abandon()
        if judging is not None:
            judging.close()

    def end_window(self, image_id: int, start: Start) -> None:
        """
        :param image_id: NiftyNet's
        :param start: where the window starts that has come, network-space voxels
        """
        self._taking(image_id)[0].has_come(start)

    def step(self, doing: str = '') -> None:
        """
        :param doing: what is under way, such as ``stage 2 of 3``
        """
        if self._working is not None:
            self._working.progress.window(doing)

    def finish(self) -> List[Union[Held, HeldRows]]:
        """
        Wait for windows that are being stitched, and for the verdicts on exactness.

        :return: the maps and tables, in the plan's order
        :raises WriteError: if windows did not come, or samples found no room
        """
        maps, pipeline = self._taking(self.plan.image_id)
        pipeline.drain()
        maps.check_complete()
        for target in maps.targets:
            target.complete()
        return [target.made for target in maps.targets if target.made is not None]

    def _taking(self, image_id: int) -> Tuple[SubjectMaps, Pipeline]:
        if self._working is None:
            raise WriteError('a window came before the run had started')
        return self._working.maps, self._working.pipeline
