# -*- coding: utf-8 -*-
import fcntl
import logging
import os
import pty
import struct
import subprocess
import sys
import termios

import pytest

from niftynet_activations.running.progress import Progress

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


@pytest.mark.parametrize('columns', [0, 100])
def test_a_terminal_shows_a_bar_and_no_line_for_each_iteration(columns):
    said = run_on_terminal([sys.executable, '-c', SCRIPT], columns)
    assert 'subject_7: ' in said and '4/4' in said
    assert 'Saved a file' in said
    assert 'inference iter 0' not in said
    assert 'inference iter 9' in said  # the bar is gone by then


def test_elsewhere_there_are_only_log_lines(caplog, capsys):
    logger = logging.getLogger('somewhere')
    with caplog.at_level(logging.INFO, logger='somewhere'):
        progress = Progress(2, logger, terminal=False)
        progress.window()
        progress._last_line -= 60
        progress.window()
        progress.close()
        progress.close()
    assert caplog.messages == ['window 2 of 2']
    assert capsys.readouterr() == ('', '')


def run_on_terminal(words, columns):
    """
    :param words: of the command
    :param columns: that the terminal says it has
    :return: all that the command wrote to the terminal
    """
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack('HHHH', 24, columns, 0, 0))
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
