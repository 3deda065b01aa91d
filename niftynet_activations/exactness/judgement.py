# -*- coding: utf-8 -*-
"""
The question whether a map is exact: put when the map is planned, answered while windows come.

The answer may take long, since the network may have to be built on many sizes to find the reference
volume. So a plan holds a *judgement*, a future: a thread works it out, and who writes the map's
sidecar waits for its result.
"""

from concurrent.futures import CancelledError, Future
from typing import Callable, List, NamedTuple, Optional

from niftynet_activations.errors import GeometryError
from niftynet_activations.stitching.axis_plan import StitchPlan

Wanted = Callable[[], bool]  # whether what takes long is to go on


class MapVerdict(NamedTuple):
    """What a map's sidecar says of its exactness."""

    exact: Optional[bool]  # None where it cannot be told
    inexact_because: Optional[str]  # a sentence where it is not True
    reference_shape: List[Optional[int]]  # (x, y, z) in voxels, of network space


Judge = Callable[[StitchPlan, Wanted], MapVerdict]


def always() -> bool:
    """
    :return: True
    """
    return True


class Judgement(object):
    """
    A verdict that is worked out later, by whoever calls ``work_out``.

    :ivar future: done when the verdict is there, has failed, or was given up
    """

    def __init__(self, judge: Callable[[Wanted], MapVerdict]) -> None:
        """
        :param judge: gives the verdict; it asks now and then whether it is still wanted, and raises
            GeometryError where it is not
        """
        self._judge = judge
        self._wanted = True
        self.future: 'Future[MapVerdict]' = Future()

    def work_out(self) -> None:
        """Work the verdict out, in the calling thread; does nothing where it was given up."""
        if not self.future.set_running_or_notify_cancel():
            return
        try:
            self.future.set_result(self._judge(lambda: self._wanted))
        except BaseException as error:  # whoever asks for the result gets it
            self.future.set_exception(error)

    def give_up(self) -> None:
        """The verdict is no longer needed: its search ends soon, or does not begin."""
        self._wanted = False
        self.future.cancel()

    def result(self) -> MapVerdict:
        """
        :return: the verdict; waits until it is there
        :raises GeometryError: if it was given up
        """
        try:
            return self.future.result()
        except CancelledError:
            raise GeometryError('the verdict on a map was given up') from None
