# -*- coding: utf-8 -*-
import fcntl
import logging
import os
import pty
import struct
import subprocess
import sys
import termios
import types
import warnings

import pytest

from niftynet_activations.running.progress import Progress, can_draw, drawing, in_notebook

SCRIPT = """
import logging, sys
from niftynet_activations.running.progress import Progress
logger = logging.getLogger('tensorflow')
logger.addHandler(logging.StreamHandler(sys.stdout))
logger.setLevel(logging.INFO)
progress = Progress(4, logger)
progress.subject('subject_7')
for index in range(4):
    logger.info('inference iter %d, (0.1s)', index)
    progress.window()
logger.info('Saved a file')
progress.close()
logger.info('inference iter 9, (0.1s)')
"""


@pytest.mark.parametrize('rows, columns', [(0, 0), (24, 0), (0, 100), (24, 100)])
def test_a_terminal_shows_a_bar_and_no_line_for_each_iteration(rows, columns):
    said = run_on_terminal([sys.executable, '-c', SCRIPT], rows, columns)
    assert 'subject_7: ' in said and '4/4' in said
    assert 'Saved a file' in said
    assert 'inference iter 0' not in said
    assert 'inference iter 9' in said  # the bar is gone by then


def test_elsewhere_there_are_only_log_lines(caplog, capsys):
    logger = logging.getLogger('somewhere')
    with caplog.at_level(logging.INFO, logger='somewhere'):
        progress = Progress(2, logger, wanted=False)
        progress.window()
        progress._last_line -= 60
        progress.window()
        progress.close()
        progress.close()
    assert caplog.messages == ['window 2 of 2']
    assert capsys.readouterr() == ('', '')


def test_what_is_under_way_is_told(caplog):
    logger = logging.getLogger('somewhere')
    with caplog.at_level(logging.INFO, logger='somewhere'):
        progress = Progress(1, logger, wanted=False)
        for stage in (1, 2):
            progress._last_line -= 60
            progress.window('stage {} of 2'.format(stage))
    # windows that became smaller are more than were foreseen
    assert caplog.messages == ['window 1 of 1, stage 1 of 2', 'window 2 of 2, stage 2 of 2']


def test_the_bar_tells_what_is_under_way(capsys):
    progress = Progress(2, logging.getLogger('somewhere'), wanted=True)
    progress.window('stage 1 of 2')
    progress.close()
    assert 'stage 1 of 2' in capsys.readouterr().err


def test_the_caller_s_wish(capsys):
    logger = logging.getLogger('somewhere')
    for wanted in (True, False):
        with drawing(wanted):
            progress = Progress(2, logger)
            progress.window()
            progress.close()
        assert ('1/2' in capsys.readouterr().err) == wanted
    assert not can_draw()  # the wish is forgotten, and here is no terminal


def test_a_notebook_shows_a_bar(capsys, monkeypatch):
    shell = types.SimpleNamespace(config={'IPKernelApp': {}})
    kernel = types.SimpleNamespace(get_ipython=lambda: shell)
    monkeypatch.setitem(sys.modules, 'IPython', kernel)
    assert in_notebook() and can_draw()
    with warnings.catch_warnings():
        warnings.simplefilter('error')
        progress = Progress(3, logging.getLogger('somewhere'))
    progress.window()
    progress.close()
    assert '1/3' in ''.join(capsys.readouterr())
    shell.config.clear()  # IPython in a terminal
    assert not in_notebook()


def run_on_terminal(words, rows, columns):
    """
    :param words: of the command
    :param rows: that the terminal says it has
    :param columns: that the terminal says it has
    :return: all that the command wrote to the terminal
    """
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack('HHHH', rows, columns, 0, 0))
    environment = {key: value for key, value in os.environ.items() if key != 'COLUMNS'}
    running = subprocess.Popen(
        words, stdin=theirs, stdout=theirs, stderr=theirs, env=environment, close_fds=True
    )
    os.close(theirs)
    said = b''
    while True:
        try:
            part = os.read(ours, 4096)
        except OSError:  # the other side is closed
            break
        if not part:
            break
        said += part
    os.close(ours)
    assert running.wait() == 0
    return said.decode('utf-8')
