# -*- coding: utf-8 -*-
"""
Redirecting what NiftyNet prints and logs. This module does not import NiftyNet, which already
prints when it is imported, and changes TensorFlow's logger then.
"""

import contextlib
import io
import logging
import sys
import threading
import warnings
from typing import IO, Iterator, List, Optional

LOGGER = 'tensorflow'  # NiftyNet logs to it too


@contextlib.contextmanager
def output_to(stream: Optional[IO[str]]) -> Iterator[None]:
    """
    In the body, standard output and TensorFlow's logger go to ``stream``; afterwards the logger's
    handlers, level and propagation are what they were.

    :param stream: a text stream; None: nowhere, and lines on what is going on are not even made
    """
    logger = logging.getLogger(LOGGER)
    before = list(logger.handlers), logger.level, logger.propagate
    if stream is None:
        stream = io.StringIO()
        logger.setLevel(logging.CRITICAL)  # which :func:`critical_lines` wants
    logger.handlers, logger.propagate = [logging.StreamHandler(stream)], False
    try:
        with contextlib.redirect_stdout(stream):
            yield
    finally:
        logger.handlers, level, logger.propagate = before
        logger.setLevel(level)  # a level that is assigned leaves what loggers remember of the other


@contextlib.contextmanager
def silent_thread() -> Iterator[None]:
    """
    In the body, what the calling thread prints or sends to TensorFlow's logger is dropped; that of
    other threads goes on as before. Not for two threads at once.
    """
    silent, logger = threading.get_ident(), logging.getLogger(LOGGER)

    def by_others(record: logging.LogRecord) -> bool:
        return record.thread != silent

    logger.addFilter(by_others)
    try:
        with contextlib.redirect_stdout(_OfOthers(sys.stdout, silent)):
            yield
    finally:
        logger.removeFilter(by_others)


@contextlib.contextmanager
def critical_lines() -> Iterator[List[str]]:
    """
    Collect critical log lines in the body of a ``with`` block: NiftyNet logs there what is wrong,
    and raises errors that are often empty.

    :return: a list, to which each critical line that the calling thread logs is added
    """
    lines: List[str] = []
    keeper = _Keeper(lines, threading.get_ident())
    logger = logging.getLogger(LOGGER)
    logger.addHandler(keeper)
    try:
        yield lines
    finally:
        logger.removeHandler(keeper)


class _Keeper(logging.Handler):
    """Keeps one thread's critical messages."""

    def __init__(self, lines: List[str], thread: int) -> None:
        super(_Keeper, self).__init__(logging.CRITICAL)
        self._lines, self._thread = lines, thread

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread == self._thread:
            self._lines.append(record.getMessage())


class _OfOthers(object):
    """A text stream that drops what one thread writes, and passes on the rest."""

    def __init__(self, stream: IO[str], silent: int) -> None:
        self._stream, self._silent = stream, silent

    def write(self, text: str) -> int:
        if threading.get_ident() == self._silent:
            return len(text)
        return self._stream.write(text)

    def flush(self) -> None:
        self._stream.flush()

    def __getattr__(self, name: str) -> object:
        return getattr(self._stream, name)


@contextlib.contextmanager
def all_output_to(stream: IO[str]) -> Iterator[None]:
    """
    In the body, standard output, standard error and TensorFlow's logger go to ``stream``, with what
    NiftyNet and TensorFlow print when they are imported; Python's warnings are off. The function by
    which Python prints an error that ends a program (``sys.excepthook``) is restored afterwards.

    :param stream: a text stream
    """
    print_error = sys.excepthook
    with output_to(stream), contextlib.redirect_stderr(stream), warnings.catch_warnings():
        warnings.simplefilter('ignore')
        try:
            yield
        finally:
            sys.excepthook = print_error
