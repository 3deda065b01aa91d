# -*- coding: utf-8 -*-
"""What tests of folders and locks share."""

import os
import subprocess
import sys

import pytest


@pytest.fixture
def holding():
    """
    :return: function that starts a process with some code and its arguments, waits until it says
        that it holds something, and gives the process, which is killed at the end
    """
    started = []

    def start(code, *arguments):
        process = subprocess.Popen(
            [sys.executable, '-c', code] + [str(each) for each in arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path)),
        )
        started.append(process)
        assert process.stdout.readline() == b'held\n'
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()
