# -*- coding: utf-8 -*-
"""
Progress over windows: a bar on a terminal or in a notebook, a log line now and then elsewhere.

While the bar is shown NiftyNet's line for each iteration is held back, and other log lines
are printed above the bar.
"""

import contextlib
import logging
import os
import re
import sys
import time
import warnings
from typing import Iterator, List, Optional

from tqdm import tqdm

from niftynet_activations.hints import Bar, JsonObject

SECONDS_BETWEEN_LINES = 30.0
USUAL_COLUMNS, USUAL_ROWS = 80, 24  # size of a terminal that does not report one
_ITERATION_LINE = re.compile(r'\s*inference iter \d+,')
_asked: List[Optional[bool]] = [None]  # the innermost caller's wish comes last


@contextlib.contextmanager
def drawing(wanted: Optional[bool]) -> Iterator[None]:
    """
    In the body, progress is drawn as the caller wishes.

    :param wanted: True for a bar, False for none; None where a terminal or a notebook shows it
    """
    _asked.append(wanted)
    try:
        yield
    finally:
        _asked.pop()


class Progress(object):
    """
    Counts windows of all subjects.

    :param total: number of windows to come; with none there is no bar
    :param logger: NiftyNet's logger
    :param wanted: whether to draw a bar; as in :func:`drawing` where not given
    """

    def __init__(self, total: int, logger: logging.Logger, wanted: Optional[bool] = None) -> None:
        self._logger = logger
        self._total, self._done = total, 0
        self._last_line = time.monotonic()
        self._bar: Optional[Bar] = None
        wanted = _asked[-1] if wanted is None else wanted
        if total and (can_draw() if wanted is None else wanted):
            self._bar = _make_bar(total)
            self._logger.addFilter(self._above_the_bar)

    def subject(self, name: str) -> None:
        """
        :param name: the subject whose windows come next
        """
        if self._bar is not None:
            self._bar.set_description(name)

    def window(self, doing: str = '') -> None:
        """
        Count one window.

        :param doing: what it belongs to, such as ``stage 2 of 3``
        """
        self._done += 1
        self._total = max(self._total, self._done)  # windows may become smaller, and more
        if self._bar is not None:
            self._bar.total = self._total
            self._bar.set_postfix_str(doing, refresh=False)
            self._bar.update()
        elif time.monotonic() - self._last_line > SECONDS_BETWEEN_LINES:
            self._last_line = time.monotonic()
            more = ', ' + doing if doing else ''
            self._logger.info('window %d of %d%s', self._done, self._total, more)

    def close(self) -> None:
        """Remove the bar; a second call does nothing."""
        if self._bar is not None:
            self._logger.removeFilter(self._above_the_bar)
            self._bar.close()
            self._bar = None

    def _above_the_bar(self, record: logging.LogRecord) -> bool:
        if _ITERATION_LINE.match(record.getMessage()):
            return False
        if self._bar is not None:
            self._bar.clear()
        return True


def can_draw() -> bool:
    """
    :return: whether a bar would be seen: standard error is a terminal, or this is a notebook
    """
    return sys.stderr.isatty() or in_notebook()


def in_notebook() -> bool:
    """
    :return: whether the caller is a cell of a Jupyter notebook
    """
    ipython = sys.modules.get('IPython')
    shell = ipython.get_ipython() if ipython is not None else None
    return shell is not None and 'IPKernelApp' in shell.config


def _make_bar(total: int) -> Bar:
    if in_notebook():
        with warnings.catch_warnings():
            # without ipywidgets tqdm draws a text bar and warns
            warnings.simplefilter('ignore')
            from tqdm.auto import tqdm as notebook_bar

        return notebook_bar(total=total, unit='window')
    return tqdm(total=total, unit='window', file=sys.stderr, **_size())


def _size() -> JsonObject:
    """
    Arguments of tqdm for the bar's size. A terminal that does not report its size says 0, for which
    tqdm would draw nothing.
    """
    try:
        columns, rows = os.get_terminal_size(sys.stderr.fileno())
    except (OSError, ValueError):
        columns, rows = 0, 0
    if columns and rows:
        return dict(dynamic_ncols=True)
    return dict(ncols=columns or USUAL_COLUMNS, nrows=rows or USUAL_ROWS)
