# -*- coding: utf-8 -*-
"""
What NiftyNet printed while it ran, to find errors that it reports nowhere else.
"""

import re
from typing import IO


class Heard(object):
    """
    A text stream that passes text on to another stream, and keeps the last of it.

    :param stream: a text stream
    """

    KEPT = 20000  # characters

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self.text = ''

    def write(self, text: str) -> int:
        """
        :param text: to be passed on
        :return: how many characters the other stream has taken
        """
        self.text = (self.text + text)[-self.KEPT :]
        return self._stream.write(text)

    def __getattr__(self, name: str) -> object:
        return getattr(self._stream, name)


def printed_reason(said: str) -> str:
    """
    Find the error that NiftyNet printed. NiftyNet catches a RuntimeError, prints it and ends with
    status 0; without its text a user would learn that maps are missing, but not why.

    :param said: what NiftyNet printed
    :return: the error, from the end of a printed traceback; empty where there is none
    """
    _, header, printed = said.rpartition('Traceback (most recent call last):')
    found = re.search(r'^[A-Za-z_].*$', printed, re.MULTILINE) if header else None
    return found.group() if found else ''
