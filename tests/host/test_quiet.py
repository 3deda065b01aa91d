# -*- coding: utf-8 -*-
"""Output goes elsewhere for a while, and the logger is what it was afterwards."""

import io
import logging
import sys
import threading
import warnings

import pytest

from niftynet_activations.host.quiet import (
    LOGGER,
    all_output_to,
    critical_lines,
    output_to,
    silent_thread,
)


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


def test_nowhere(capsys, caplog):
    """What is critical can still be heard; afterwards all can, also what was asked before."""
    logger = logging.getLogger(LOGGER)
    below = logging.getLogger(LOGGER + '.below')
    level = logger.level
    logger.setLevel(logging.INFO)
    try:
        with output_to(None), critical_lines() as lines:
            print('printed')  # noqa: T201
            for each in (logger, below):
                assert not each.isEnabledFor(logging.INFO)
                each.error('not even made')
                each.critical('critical')
        assert logger.isEnabledFor(logging.INFO) and below.isEnabledFor(logging.INFO)
    finally:
        logger.setLevel(level)
    assert lines == ['critical'] * 2 and not caplog.messages
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


def test_one_thread_is_silent_and_others_are_heard(capsys, caplog):
    logger = logging.getLogger(LOGGER)

    def speak(who):
        print(who)  # noqa: T201
        logger.warning(who)
        sys.stdout.flush()

    with caplog.at_level(logging.INFO, logger=LOGGER):
        with silent_thread():
            speak('silent')
            other = threading.Thread(target=speak, args=('other',))
            other.start()
            other.join()
        speak('afterwards')
    assert capsys.readouterr().out == 'other\nafterwards\n'
    assert [each.getMessage() for each in caplog.records] == ['other', 'afterwards']
