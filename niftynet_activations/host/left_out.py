# -*- coding: utf-8 -*-
"""
Subjects that a run leaves out, and the words in which it says so.

A subject is *left out* if NiftyNet cannot take its image, or gives no result for it. The *reason*
is a sentence that names what is wrong: a file, a section of the config, or an option. Each one is
logged when it is found, and an error names all of them at the end of the run.
"""

from typing import Dict, List, NamedTuple, Sequence

from niftynet_activations.host.caller import current_caller
from niftynet_activations.host.log import LOGGER

LONGEST = 300  # characters of another library's error message
MOST_REASONS = 3  # in one message; the log has all of them
MOST_NAMES = 10  # with the same reason


class LeftOut(NamedTuple):
    """A subject without a result, or with an incomplete one."""

    subject: str
    reason: str


def log_left_out(subjects: Sequence[LeftOut]) -> None:
    """
    :param subjects: to be logged, a line each
    """
    for each in subjects:
        LOGGER.error("subject '%s' is left out: %s", each.subject, each.reason)
        current_caller().left_out(each.subject, each.reason)


def cannot_read(path: str, error: BaseException, said: Sequence[str] = ()) -> str:
    """
    :param path: of a file
    :param error: what reading it raised
    :param said: what NiftyNet logged as critical meanwhile
    :return: the reason
    """
    return "'{}' cannot be read ({})".format(path, error_words(error, said))


def error_words(error: BaseException, said: Sequence[str] = ()) -> str:
    """
    :param error: of any library
    :param said: what NiftyNet logged as critical meanwhile; its errors are often empty
    :return: one line of bounded length that tells the kind of error and what it says
    """
    text = ' '.join((str(error) or (said[-1] if said else '')).split())
    if len(text) > LONGEST:
        text = text[: LONGEST - 3] + '...'
    return '{}: {}'.format(type(error).__name__, text) if text else type(error).__name__


def message(subjects: Sequence[LeftOut], lacking: str = 'not all subjects') -> str:
    """
    :param subjects: those left out
    :param lacking: how many subjects were done, for the message
    :return: one line; subjects with the same reason share it
    """
    by_reason: Dict[str, List[str]] = {}
    for each in subjects:
        by_reason.setdefault(each.reason, []).append("'{}'".format(each.subject))
    listed = [
        '{}: {}'.format(', '.join(_first(names, MOST_NAMES)), reason)
        for reason, names in by_reason.items()
    ]
    return '{} could be done: {}; mend what is named, or take it from the input'.format(
        lacking, '; '.join(_first(listed, MOST_REASONS))
    )


def _first(texts: List[str], most: int) -> List[str]:
    if len(texts) <= most:
        return texts
    return texts[:most] + ['and {} more, which the log names'.format(len(texts) - most)]
