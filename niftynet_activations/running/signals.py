# -*- coding: utf-8 -*-
"""
Ending a run by a signal (SIGTERM) so that it cleans up.
"""

import contextlib
import signal
import threading
from types import FrameType
from typing import Iterator, Optional


@contextlib.contextmanager
def stop_on_sigterm() -> Iterator[None]:
    """
    Let SIGTERM raise SystemExit inside a ``with`` block, so that scratch files are removed.

    SystemExit rather than KeyboardInterrupt: NiftyNet logs the latter and then ends as if all
    had gone well. In a thread other than the main one nothing changes, since only the main
    thread may set handlers.

    :raises SystemExit: on SIGTERM, with the status 143 that shells use for it
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, _exit)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _exit(number: int, _: Optional[FrameType]) -> None:
    raise SystemExit(128 + number)
