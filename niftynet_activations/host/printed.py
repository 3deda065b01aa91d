# -*- coding: utf-8 -*-
"""
What NiftyNet printed while it ran, for the reasons that it tells nowhere else.
"""

import re
from typing import IO


class Heard(object):
    """
    A stream that hands on what is written to it, and keeps the end of that.

    :param stream: a text stream
    """

    KEPT = 20000  # characters

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self.text = ''

    def write(self, text: str) -> int:
        """
        :param text: to be handed on
        :return: how many characters that is
        """
        self.text = (self.text + text)[-self.KEPT :]
        return self._stream.write(text)

    def __getattr__(self, name: str) -> object:
        return getattr(self._stream, name)


def printed_reason(said: str) -> str:
    """
    A RuntimeError ends NiftyNet as if all was well: it is printed alone, and the caller would
    learn that maps are missing but not why.

    :param said: what NiftyNet printed
    :return: the error, from the end of a printed traceback; empty where there is none
    """
    _, header, printed = said.rpartition('Traceback (most recent call last):')
    found = re.search(r'^[A-Za-z_].*$', printed, re.MULTILINE) if header else None
    return found.group() if found else ''
