# -*- coding: utf-8 -*-
"""
Who has started a run, where that is more than a person with ``net_run``.

A *caller* may choose among the subjects of the config, and is told what becomes of each. It is
given to a run with :func:`called_by`, since NiftyNet hands nothing through to its application.
"""

import contextlib
from typing import Iterator, List, Optional, Sequence

from niftynet_activations.store.spec import MapSpec


class Caller(object):
    """
    A caller that takes all subjects and wants to know nothing.

    :cvar shared: whether other runs write into the same folder at the same time. The lists of maps
        and of segmentations, tables and the report are then made by the caller.
    """

    shared = False

    def choose(self, subjects: Sequence[str]) -> Sequence[str]:
        """
        :param subjects: names of all that the config gives
        :return: those to be done, in any order
        """
        return subjects

    def left_out(self, subject: str, reason: str) -> None:
        """
        :param subject: one that cannot be done, or not all of it
        :param reason: a sentence
        """

    def planned(self, state: str) -> None:
        """
        :param state: a short text of a run that is about to begin, and that leaves alone what is
            complete: it differs where what is made of the same images would
        """

    def begun(self, subject: str) -> None:
        """
        :param subject: one whose first window has come
        """

    def done(self, subject: str, maps: Sequence[MapSpec], result: Optional[str]) -> None:
        """
        :param subject: one of which all is there now, or was there before
        :param maps: all of its maps
        :param result: path of its segmentation; None where none is made
        """

    def summarise(self, summaries: object) -> List[str]:
        """
        Make what a shared run adds to its maps.

        :param summaries: the run's RunSummaries, of a room above this one
        :return: paths of what was written
        """
        return []


_callers: List[Caller] = [Caller()]  # the innermost comes last


@contextlib.contextmanager
def called_by(caller: Caller) -> Iterator[None]:
    """
    :param caller: of the runs in the body
    """
    _callers.append(caller)
    try:
        yield
    finally:
        _callers.pop()


def current_caller() -> Caller:
    """
    :return: the caller of the run that is under way
    """
    return _callers[-1]
