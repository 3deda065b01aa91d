# -*- coding: utf-8 -*-
"""
Ending a cohort by Ctrl-C or SIGTERM. NiftyNet alone would take Ctrl-C for the end of one run,
without an error.
"""

import contextlib
import signal
import threading
from types import FrameType
from typing import Iterator, Optional


@contextlib.contextmanager
def stopping() -> Iterator[None]:
    """
    Have both signals raise SystemExit in the body of a ``with`` block, so that claims are given
    back. In a thread other than the main one nothing changes, since only the main thread may set
    handlers.

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
