# -*- coding: utf-8 -*-
"""
Progress over windows: a bar on a terminal, now and then a log line elsewhere.

While the bar is shown NiftyNet's line for each iteration is held back, and other log lines
are printed above the bar.
"""

import logging
import re
import shutil
import sys
import time
from typing import Any, Dict, Optional

from tqdm import tqdm

SECONDS_BETWEEN_LINES = 30.0
_ITERATION_LINE = re.compile(r'\s*inference iter \d+,')


class Progress(object):
    """
    Counts windows of all subjects.

    :param total: number of windows to come
    :param logger: NiftyNet's logger
    :param terminal: whether to draw a bar; decided by standard error where not given
    """

    def __init__(self, total: int, logger: logging.Logger, terminal: Optional[bool] = None) -> None:
        self._logger = logger
        self._total, self._done = total, 0
        self._last_line = time.monotonic()
        self._bar = None
        if sys.stderr.isatty() if terminal is None else terminal:
            self._bar = tqdm(total=total, unit='window', file=sys.stderr, **_width())
            self._logger.addFilter(self._above_the_bar)

    def subject(self, name: str) -> None:
        """
        :param name: the subject whose windows come next
        """
        if self._bar is not None:
            self._bar.set_description(name)

    def window(self) -> None:
        """Count one window."""
        self._done += 1
        if self._bar is not None:
            self._bar.update()
        elif time.monotonic() - self._last_line > SECONDS_BETWEEN_LINES:
            self._last_line = time.monotonic()
            self._logger.info('window %d of %d', self._done, self._total)

    def close(self) -> None:
        """Take the bar away; calling it again is harmless."""
        if self._bar is not None:
            self._logger.removeFilter(self._above_the_bar)
            self._bar.close()
            self._bar = None

    def _above_the_bar(self, record: logging.LogRecord) -> bool:
        if _ITERATION_LINE.match(record.getMessage()):
            return False
        self._bar.clear()
        return True


def _width() -> Dict[str, Any]:
    """A terminal that does not tell its width says 0, at which tqdm draws nothing."""
    columns = shutil.get_terminal_size((0, 0)).columns
    return dict(dynamic_ncols=True) if columns else dict(ncols=80)
