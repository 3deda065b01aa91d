# -*- coding: utf-8 -*-
"""
Keeps known messages that TensorFlow and NiftyNet print at every start off the screen.

This happens in NiftyNet's commands only (``net_run``, ``net_segment``, ``net_activations`` and the
like), and only to known lines that say nothing about the run; NiftyNet's log file still gets them.
With ``TF_CPP_MIN_LOG_LEVEL=0`` in the environment everything is shown.

- *noise*: a line that is held back.
- *compiled* lines: lines that TensorFlow's C++ code writes directly to the process's standard
  error, some of them before it reads ``TF_CPP_MIN_LOG_LEVEL``.
"""

import contextlib
import ctypes
import logging
import os
import re
import signal
import sys
from types import ModuleType
from typing import Iterator, List

LEVEL = 'TF_CPP_MIN_LOG_LEVEL'
LOGGER = 'tensorflow'  # NiftyNet logs through it too
STANDARD_ERROR = 2
NOISE = re.compile(
    '|'.join(
        [
            r'All log messages before absl::InitializeLog\(\) is called',
            r'oneDNN custom operations are on',
            r'Could not find cuda drivers on your machine',
            r'failed call to cuInit',
            r'Unable to register cu\w+ factory',
            r'This TensorFlow binary is optimized to use available CPU',
            r'To enable the following instructions: ',
            r'Your CPU supports instructions that this TensorFlow binary was not compiled to use',
            r'pkg_resources is deprecated as an API',
            r'^\s*import pkg_resources\s*$',
            r'Optional Python module \S+ (version \S+ )?not found',
            r'The name tf\.\S+ is deprecated\. Please use tf\.',
        ]
    )
)


def is_wanted() -> bool:
    """
    :return: whether this process is one of NiftyNet's commands, and the user did not ask for all
        lines
    """
    command = os.path.basename(sys.argv[0]) if getattr(sys, 'argv', None) else ''
    return command.startswith('net_') and os.environ.get(LEVEL) != '0'


@contextlib.contextmanager
def quiet_start() -> Iterator[None]:
    """Surround the import of TensorFlow and NiftyNet."""
    if not is_wanted():
        yield
        return
    os.environ.setdefault(LEVEL, '2')
    logger, held = logging.getLogger(LOGGER), HeldBack()
    logger.addFilter(held)
    with without_noise(held.lines):
        yield


class HeldBack(logging.Filter):
    """
    Holds noise back from the logger's handlers, except for the log file once there is one.

    :ivar lines: compiled lines that are not in a log file yet
    """

    def __init__(self) -> None:
        super(HeldBack, self).__init__()
        self.lines: List[str] = []
        self._records: List[logging.LogRecord] = []

    def filter(self, record: logging.LogRecord) -> bool:
        if self.lines:
            self._records += [_record(line) for line in self.lines]
            del self.lines[:]
        noise = NOISE.search(record.getMessage()) is not None
        if noise:
            self._records.append(record)
        files = [
            each
            for each in logging.getLogger(LOGGER).handlers
            if isinstance(each, logging.FileHandler)
        ]
        if files:
            for each in self._records:
                for file in files:
                    file.handle(each)
            del self._records[:]
        return not noise


def _record(line: str) -> logging.LogRecord:
    return logging.LogRecord(LOGGER, logging.INFO, __file__, 0, line, None, None)


@contextlib.contextmanager
def without_noise(held: List[str]) -> Iterator[None]:
    """
    Filter the process's standard error in this context. A child process passes on everything except
    noise; a thread would lose the last lines of a process that aborts.

    :param held: list that gets the noise, one line each
    """
    if not hasattr(os, 'fork'):
        yield
        return
    sys.stderr.flush()
    screen = os.dup(STANDARD_ERROR)
    reads, writes = os.pipe()
    told, tell = os.pipe()
    child = os.fork()
    if child == 0:
        _pass_on(reads, screen, tell, [writes, told])
    os.close(reads)
    os.close(tell)
    os.dup2(writes, STANDARD_ERROR)
    os.close(writes)
    try:
        yield
    finally:
        sys.stderr.flush()
        os.dup2(screen, STANDARD_ERROR)
        os.close(screen)
        with os.fdopen(told, 'rb') as stream:
            held.extend(stream.read().decode('utf-8', 'replace').splitlines())
        os.waitpid(child, 0)


def _pass_on(reads: int, screen: int, tell: int, others: List[int]) -> None:
    """The child process: pass lines on until all writers have closed the pipe, then exit."""
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # it ends when its parent does
        for each in others + [STANDARD_ERROR]:
            os.close(each)
        held = []
        with os.fdopen(reads, 'rb') as stream:
            for line in stream:
                if NOISE.search(line.decode('utf-8', 'replace')):
                    held.append(line)
                else:
                    os.write(screen, line)
        os.write(tell, b''.join(held))
    finally:
        os._exit(0)


def find_devices(tensorflow: ModuleType) -> None:
    """
    If there is no GPU, let TensorFlow search for one now, while its messages are held back.

    :param tensorflow: the module, version 2
    """
    if is_wanted() and not has_driver():
        tensorflow.config.list_physical_devices('GPU')


def has_driver() -> bool:
    """
    :return: whether NVIDIA's driver is installed, without which TensorFlow finds no GPU
    """
    try:
        ctypes.CDLL('libcuda.so.1')
    except OSError:
        return False
    return True
