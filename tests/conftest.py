# -*- coding: utf-8 -*-
"""
Shared fixtures. That this file exists also puts this folder on the path, so that tests in
folders below it find ``sample_folder``.
"""

import os
import shutil
import signal
import sys

import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), 'trials'))
FLAGS = (
    '--headless=new',
    '--no-sandbox',
    '--use-gl=angle',
    '--use-angle=swiftshader',
    '--enable-unsafe-swiftshader',
    '--window-size=1280,900',
)

# what a shell starts in the background ignores Ctrl-C, and hands that down to the runs of the tests
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope='session')
def test_output():
    """The folder that tests leave pictures in for people to look at."""
    folder = os.path.join(os.path.dirname(HERE), 'test-output')
    os.makedirs(folder, exist_ok=True)
    return folder


@pytest.fixture(scope='session')
def browser():
    """A headless Chromium; a test that needs it is skipped where there is none."""
    missing = 'no browser to test in: {} is missing; see scripts/install_browser.sh'
    webdriver = pytest.importorskip('selenium.webdriver', reason=missing.format('selenium'))
    binary = shutil.which('chromium') or shutil.which('chromium-browser')
    driver = shutil.which('chromedriver')
    if not binary or not driver:
        pytest.skip(missing.format('chromium' if not binary else 'chromium-driver'))
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = binary
    for flag in FLAGS:
        options.add_argument(flag)
    options.set_capability('goog:loggingPrefs', {'browser': 'ALL'})
    opened = webdriver.Chrome(options=options, service=Service(driver))
    yield opened
    opened.quit()
