# -*- coding: utf-8 -*-
"""
Ctrl-C and SIGTERM end a cohort: NiftyNet alone takes Ctrl-C for the end of one run, without a word.
"""

import contextlib
import signal
import threading
from types import FrameType
from typing import Iterator, Optional


@contextlib.contextmanager
def stopping() -> Iterator[None]:
    """
    Let both raise SystemExit in the body, so that what is under way is given back. In a thread
    other than the main one nothing changes, since only the main thread may set handlers.

    :raises SystemExit: with the status that shells use for the signal
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, _stop) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before):
            signal.signal(number, handler)


def _stop(number: int, _: Optional[FrameType]) -> None:
    raise SystemExit(128 + number)
