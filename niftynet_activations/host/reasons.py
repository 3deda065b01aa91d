# -*- coding: utf-8 -*-
"""
One sentence on why NiftyNet stopped, from what it printed and logged. NiftyNet is not imported.
"""

import contextlib
import io
import re
from typing import Iterator

from niftynet_activations.errors import ActivationError, OptionError

# NiftyNet's prefix of a message on the console, with the codes that make it bold
_LEVEL = re.compile(r'^(\x1b\[\d*m)?[A-Z]+:niftynet:(\x1b\[\d*m)?\s*')


def not_set(path: str, said: str) -> str:
    """
    Make an error of NiftyNet's printed lines on required parameters that a config does not set.

    :param path: of the config
    :param said: what NiftyNet printed
    :return: the sentence for an error
    """
    lines = [line.strip() for line in said.splitlines() if ' not set in section ' in line]
    return "config '{}': {}".format(path, '; '.join(lines) or 'NiftyNet could not start')


def reason_of(error: Exception, said: str) -> str:
    """
    Find the reason for an error of NiftyNet's: it logs what is wrong, and raises errors that are
    often empty.

    :param error: that NiftyNet raised
    :param said: what NiftyNet printed and logged
    :return: one line
    """
    fatal = [line for line in said.splitlines() if 'CRITICAL' in line or 'FATAL' in line]
    # a line that it logs as critical at every start
    fatal = [_LEVEL.sub('', line) for line in fatal if 'Optional Python module' not in line]
    for lines in (str(error).splitlines(), fatal[-1:]):
        if lines and lines[0].strip():
            return lines[0].strip()
    return (
        'NiftyNet stopped with an {} and no word; net_run inference shows where (a network whose '
        'output is smaller than the window needs a border of half the difference)'.format(
            type(error).__name__
        )
    )


@contextlib.contextmanager
def one_reason(path: str, said: io.StringIO) -> Iterator[None]:
    """
    Surround a run of NiftyNet; where it stops, an error says why in one sentence.

    :param path: of the config
    :param said: takes what NiftyNet logs and prints in the body
    :raises ActivationError: this package's own as they are, NiftyNet's as an OptionError
    """
    try:
        yield
    except ActivationError:
        raise
    except (ValueError, AssertionError, IOError, RuntimeError) as error:
        raise OptionError(
            "config '{}': {}".format(path, reason_of(error, said.getvalue()))
        ) from error
