# -*- coding: utf-8 -*-
"""
The verdict on whether a map is exact, worked out in the background while windows come.

Finding it may take long, since the network may have to be built on many sizes to find the reference
volume. So the plan of a map holds a *judgement*, a future: one thread works the verdict out, and
the thread that writes the map's sidecar waits for it.
"""

from concurrent.futures import CancelledError, Future
from typing import Callable, List, NamedTuple, Optional

from niftynet_activations.errors import GeometryError
from niftynet_activations.stitching.axis_plan import StitchPlan

Wanted = Callable[[], bool]  # says whether a long search is to go on


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
    A verdict that is worked out later, by the thread that calls ``work_out``.

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
        except BaseException as error:  # raised in the thread that asks for the result
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
