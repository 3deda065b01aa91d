# -*- coding: utf-8 -*-
"""Output goes elsewhere for a while, and the logger is what it was afterwards."""

import io
import logging
import sys
import warnings

import pytest

from niftynet_activations.quiet import LOGGER, all_output_to, output_to


def test_prints_and_log_lines_go_to_the_stream(capsys):
    logger = logging.getLogger(LOGGER)
    kept = list(logger.handlers), logger.level, logger.propagate
    handler = logging.NullHandler()
    logger.handlers, logger.level, logger.propagate = [handler], logging.ERROR, True
    stream = io.StringIO()
    try:
        with pytest.raises(KeyError), output_to(stream):
            print('printed')  # noqa: T201
            logger.error('logged')
            # what NiftyNet does when it is imported
            logger.handlers, logger.level, logger.propagate = [], logging.INFO, False
            raise KeyError
        assert (logger.handlers, logger.level, logger.propagate) == ([handler], logging.ERROR, True)
    finally:
        logger.handlers, logger.level, logger.propagate = kept
    assert stream.getvalue() == 'printed\nlogged\n'
    assert capsys.readouterr() == ('', '')


def test_standard_error_and_warnings_go_there_too(capsys, recwarn):
    stream = io.StringIO()
    with all_output_to(stream):
        sys.stderr.write('said\n')
        warnings.warn('old', UserWarning, stacklevel=1)
    assert stream.getvalue() == 'said\n'
    assert capsys.readouterr() == ('', '') and not recwarn.list


def test_how_python_prints_errors_stays(monkeypatch):
    def print_error(*unused_error):
        """The caller's own."""

    monkeypatch.setattr(sys, 'excepthook', print_error)
    with pytest.raises(KeyError), all_output_to(io.StringIO()):
        sys.excepthook = sys.__excepthook__
        raise KeyError
    assert sys.excepthook is print_error
