# -*- coding: utf-8 -*-
"""
The program that has started a run, such as a process of a cohort.

A *caller* may choose among the subjects of the config, and is told what becomes of each: its
methods are called by the run. It is set with :func:`called_by`, since NiftyNet does not pass
objects on to its application.
"""

import contextlib
from typing import Iterator, List, Optional, Sequence

from niftynet_activations.store.spec import MapSpec


class Caller(object):
    """
    The default caller, for a run that a person starts: it takes all subjects and ignores the rest.

    :cvar shared: whether other runs write into the same folder at the same time. The lists of maps
        and of segmentations, tables and the report are then made by the caller.
    """

    shared = False

    def choose(self, subjects: Sequence[str]) -> Sequence[str]:
        """
        :param subjects: names of all subjects of the config
        :return: names of the subjects to be done, in any order
        """
        return subjects

    def left_out(self, subject: str, reason: str) -> None:
        """
        :param subject: a subject that cannot be done, or not completely
        :param reason: a sentence
        """

    def planned(self, state: str) -> None:
        """
        Called before the first window of a run that skips complete subjects.

        :param state: a short text (hash) of the run's settings: it differs if what the run makes
            of the same images would differ
        """

    def begun(self, subject: str) -> None:
        """
        :param subject: a subject whose first window has come
        """

    def done(self, subject: str, maps: Sequence[MapSpec], result: Optional[str]) -> None:
        """
        :param subject: a subject of which everything is written now, or was there before
        :param maps: all of its maps
        :param result: path of its segmentation; None where none is made
        """

    def summarise(self, summaries: object) -> List[str]:
        """
        Make what is added to the maps when they are complete: tables, features, the report.

        :param summaries: the run's ``application.summaries.RunSummaries``
        :return: paths of what was written
        """
        return []


_callers: List[Caller] = [Caller()]  # the innermost comes last


@contextlib.contextmanager
def called_by(caller: Caller) -> Iterator[None]:
    """
    Set the caller of the runs in the body of a ``with`` block.

    :param caller: gets the calls
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
