# -*- coding: utf-8 -*-
"""
Run NiftyNet inside this process, any number of times, and leave the process as it was.

NiftyNet is written to run once in a process: it reads ``sys.argv``, replaces the logger's handlers,
keeps one application instance, and leaves its event handlers connected. This module restores all
of that.
"""

import contextlib
import logging
import sys
from typing import Iterator, List, Optional, Sequence, Tuple

import niftynet
from blinker import ANY
from niftynet.application.base_application import SingletonApplication
from niftynet.engine import signal

from niftynet_activations.hints import Application
from niftynet_activations.host.collector import collect_all
from niftynet_activations.host.eager_mode import graph_mode

SIGNALS = (
    signal.GRAPH_CREATED,
    signal.SESS_STARTED,
    signal.SESS_FINISHED,
    signal.ITER_STARTED,
    signal.ITER_FINISHED,
)


def run_niftynet(words: Sequence[str]) -> int:
    """
    Do what a NiftyNet command does; TensorFlow's default graph is empty afterwards.

    :param words: the command and its arguments, ``['net_run', 'inference', '-c', ...]``
    :return: NiftyNet's exit status: 0, or -1 where a required parameter is not set
    :raises ActivationError: for what is wrong with this package's options or output
    """
    return run_application(words)[0]


def run_application(words: Sequence[str]) -> Tuple[int, Optional[Application]]:
    """
    Do what :func:`run_niftynet` does, and give the application, which can be asked afterwards.

    :param words: the command and its arguments
    :return: NiftyNet's exit status, and the application that it made; None where no
        graph was built
    :raises ActivationError: for what is wrong with this package's options or output
    """
    seen: List[Application] = []

    def remember(application: Application, **_: object) -> None:
        seen.append(application)

    with graph_mode(), _own_arguments(words), _own_logging(), own_application():
        # NiftyNet forgets its application at the end, but sends it with each signal. This signal
        # is always sent; a receiver of the next one may already end the run.
        signal.GRAPH_CREATED.connect(remember)
        status = niftynet.main()
    return status, seen[-1] if seen else None


@contextlib.contextmanager
def _own_arguments(words: Sequence[str]) -> Iterator[None]:
    before, sys.argv = sys.argv, list(words)
    try:
        yield
    finally:
        sys.argv = before


@contextlib.contextmanager
def _own_logging() -> Iterator[None]:
    logger = logging.getLogger('tensorflow')
    before = list(logger.handlers), logger.level, logger.propagate
    try:
        yield
    finally:
        for handler in logger.handlers:
            if handler not in before[0]:
                handler.close()
        logger.handlers, logger.level, logger.propagate = before


@contextlib.contextmanager
def own_application() -> Iterator[None]:
    """
    In the body of a ``with`` block NiftyNet starts without an application. Receivers that the body
    has connected to NiftyNet's signals are disconnected at its end, and what an application has
    spared from garbage collection is collected again.
    """
    before = [list(each.receivers_for(ANY)) for each in SIGNALS]
    SingletonApplication.clear()
    try:
        yield
    finally:
        collect_all()
        SingletonApplication.clear()
        for each, receivers in zip(SIGNALS, before):
            for receiver in list(each.receivers_for(ANY)):
                if receiver not in receivers:
                    each.disconnect(receiver)
