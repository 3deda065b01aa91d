# -*- coding: utf-8 -*-
"""
One subject while its windows come: which windows are still to come, and its unfinished maps.
"""

from concurrent.futures import Future
from typing import Callable, Hashable, Iterator, List, Optional, Sequence, Set, Tuple

from niftynet_activations.errors import WriteError
from niftynet_activations.planning.plan import Plan, SubjectPlan
from niftynet_activations.running.background import Awaited, all_done
from niftynet_activations.running.targets import Start, Target


class SubjectMaps(object):
    """
    The maps of one subject.

    :ivar name: of the subject
    :ivar targets: the unfinished map, or table, of each layer
    :ivar reached: whether one of its windows has come
    :ivar complete: whether all its windows have come
    :ivar written: whether all its targets are finished
    """

    def __init__(self, plan: SubjectPlan, make: Callable[[Plan], Target]) -> None:
        """
        :param plan: of the subject; may hold no map
        :param make: makes the target that takes the windows of one map
        :raises WriteError: if the disk has no room
        """
        self.name = plan.name
        self._expected: Set[Start] = _products(plan.starts) - plan.unneeded
        self._all = len(self._expected)
        self.targets: List[Target] = []
        try:
            for each in plan.maps:
                self.targets.append(make(each))
        except BaseException:
            self.abandon()
            raise

    @property
    def reached(self) -> bool:
        return len(self._expected) < self._all

    @property
    def written(self) -> bool:
        return all(target.finished for target in self.targets)

    @property
    def complete(self) -> bool:
        return not self._expected

    @property
    def awaits_one(self) -> bool:
        """Whether a single window is still to come."""
        return len(self._expected) == 1

    def expects(self, start: Start) -> bool:
        """
        :param start: where a window starts, network-space voxels
        :return: whether it has not come yet: NiftyNet repeats windows to fill a batch
        """
        return start in self._expected

    def has_come(self, start: Start) -> None:
        """
        :param start: where a window starts that was expected
        """
        self._expected.remove(start)

    def key(self, target: Target) -> Hashable:
        """
        :param target: one of this subject's targets
        :return: the key of its jobs in the pipeline
        """
        return self.name, target.key

    def ends(self, result: 'Future[None]') -> Iterator[Tuple[Target, Optional[Awaited]]]:
        """
        :param result: a future that is done when NiftyNet's own result of the subject is complete
        :return: each target, and the future that it has to wait for before it can be completed:
            its verdict, and NiftyNet's result if it needs that
        """
        for target in self.targets:
            waits: List[Awaited] = []
            if target.judgement is not None:
                waits.append(target.judgement.future)
            if target.needs_result:
                waits.append(result)
            yield target, all_done(waits)

    def abandon(self) -> None:
        """Remove the files of maps that are not complete, and give up their verdicts."""
        for target in self.targets:
            if target.judgement is not None:
                target.judgement.give_up()
            target.abandon()

    def check_complete(self) -> None:
        """
        :raises WriteError: if windows are still to come
        """
        if self._expected:
            raise WriteError(
                "the run ended before all windows of subject '{}' had come ({} missing): its maps "
                'were not written; run it again'.format(self.name, len(self._expected))
            )


def _products(starts: Sequence[Sequence[int]]) -> Set[Start]:
    along_x, along_y, along_z = starts
    return set((x, y, z) for x in along_x for y in along_y for z in along_z)
