# -*- coding: utf-8 -*-
"""
Shared fixtures. That this file exists also puts this folder on the path, so that tests in
folders below it find ``sample_folder``.
"""

import os
import re
import signal
import sys

import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), 'trials'))

import browsers  # noqa: E402

# what a shell starts in the background ignores Ctrl-C, and hands that down to the runs of the tests
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


WHOLLY_SLOW = re.compile(r'^pytestmark = .*\bpytest\.mark\.slow\b', re.MULTILINE)


def pytest_ignore_collect(collection_path, config):
    """
    Leave out files of slow tests alone where these are not wanted: pytest would import them first,
    and most of them import TensorFlow.
    """
    if config.getoption('markexpr') != 'not slow' or collection_path.suffix != '.py':
        return None
    # None: whatever else decides
    return bool(WHOLLY_SLOW.search(collection_path.read_text(encoding='utf-8'))) or None


@pytest.fixture(scope='session')
def test_output():
    """The folder that tests leave pictures in for people to look at."""
    folder = os.path.join(os.path.dirname(HERE), 'test-output')
    os.makedirs(folder, exist_ok=True)
    return folder


@pytest.fixture
def undrawn(monkeypatch):
    """
    A report's pictures of maps are one and the same, for tests of what else is on the page: to draw
    them takes most of its time.
    """
    from niftynet_activations.looking.report import pictures

    for name in ('triplanar', 'montage', 'histogram', 'small'):
        monkeypatch.setattr(pictures, name, lambda *_: 'data:image/png;base64,')


@pytest.fixture(scope='session')
def browser():
    """A headless Chromium; a test that needs it is skipped where there is none."""
    missing = browsers.what_is_missing()
    if missing:
        pytest.skip(missing)
    opened = browsers.open_browser()
    yield opened
    opened.quit()
