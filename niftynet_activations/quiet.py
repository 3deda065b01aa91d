# -*- coding: utf-8 -*-
"""
Send elsewhere what NiftyNet prints and logs. Free of NiftyNet, which speaks already when it is
imported and takes over TensorFlow's logger then.
"""

import contextlib
import logging
import sys
import warnings
from typing import IO, Iterator

LOGGER = 'tensorflow'  # NiftyNet's too


@contextlib.contextmanager
def output_to(stream: IO[str]) -> Iterator[None]:
    """
    In the body, standard output and TensorFlow's logger go to ``stream``; afterwards the logger's
    handlers, level and propagation are what they were.

    :param stream: a text stream
    """
    logger = logging.getLogger(LOGGER)
    before = list(logger.handlers), logger.level, logger.propagate
    logger.handlers, logger.propagate = [logging.StreamHandler(stream)], False
    try:
        with contextlib.redirect_stdout(stream):
            yield
    finally:
        logger.handlers, logger.level, logger.propagate = before


@contextlib.contextmanager
def all_output_to(stream: IO[str]) -> Iterator[None]:
    """
    The same for standard error and warnings too, for what importing NiftyNet and TensorFlow says.
    How Python prints an error that ends it, which a command changes for itself, stays as well.

    :param stream: a text stream
    """
    print_error = sys.excepthook
    with output_to(stream), contextlib.redirect_stderr(stream), warnings.catch_warnings():
        warnings.simplefilter('ignore')
        try:
            yield
        finally:
            sys.excepthook = print_error
