# -*- coding: utf-8 -*-
"""
A headless Chromium, for tests, screenshots and measurements of the report and the viewer.
"""

import shutil
from typing import Optional, Tuple

from niftynet_activations.hints import Browser

# for machines without a display and without a graphics card
FLAGS = (
    '--headless=new',
    '--no-sandbox',
    '--use-gl=angle',
    '--use-angle=swiftshader',
    '--enable-unsafe-swiftshader',
)
SIZE = (1280, 900)
SCRIPT_TIMEOUT = 300  # seconds: 3-D drawing without a graphics card is slow on a busy machine
MISSING = 'no browser: {} is missing; see scripts/install_browser.sh'


def what_is_missing() -> Optional[str]:
    """
    :return: why no browser can be opened; None where one can
    """
    try:
        import selenium  # noqa: F401
    except ImportError:
        return MISSING.format('selenium')
    if _binary() is None:
        return MISSING.format('chromium')
    return None if shutil.which('chromedriver') else MISSING.format('chromium-driver')


def _binary() -> Optional[str]:
    return shutil.which('chromium') or shutil.which('chromium-browser')


def open_browser(size: Tuple[int, int] = SIZE) -> Browser:
    """
    :param size: of the window, pixels
    :return: selenium's driver of a new browser; ``quit`` closes it
    """
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = _binary()
    for flag in FLAGS + ('--window-size={},{}'.format(*size),):
        options.add_argument(flag)
    options.set_capability('goog:loggingPrefs', {'browser': 'ALL'})
    opened = webdriver.Chrome(options=options, service=Service(shutil.which('chromedriver')))
    opened.set_script_timeout(SCRIPT_TIMEOUT)
    return opened
