# -*- coding: utf-8 -*-
"""
How long a user waits in a real page of the viewer, until its picture is drawn.
"""

import os
import sys
import time
from functools import partial
from typing import List

from benchmarks.memory import PeakMemory
from benchmarks.waiting import Row, memory_row, timed
from niftynet_activations.hints import Browser

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, 'trials'))

import browsers  # noqa: E402

VIEWS = {'three planes': 'planes', 'three planes and 3-D': 'multi'}
CHANNELS = 8  # how many channels are chosen
LAYERS = (4, 8, 1)  # layers that are chosen, by their position in the menu
WAIT = 600  # seconds after which a page counts as failed
# A browser draws later than a script requests it. Reading a pixel waits until all is drawn.
DRAWN = (
    'const g = viewer.active.volumes.niivue.gl;'
    'g.readPixels(0, 0, 1, 1, g.RGBA, g.UNSIGNED_BYTE, new Uint8Array(4))'
)


def in_browser(folder: str, url: str) -> List[Row]:
    """
    :param folder: its name in the table
    :param url: of its viewer
    :return: waiting times in a page, one row each; empty without a browser
    """
    missing = browsers.what_is_missing()
    if missing:
        sys.stderr.write('{}\n'.format(missing))
        return []
    browser = browsers.open_browser()
    try:
        with PeakMemory(browser.service.process.pid) as memory:
            rows = _steps_in_browser(folder, url, browser)
    finally:
        browser.quit()
    return rows + [memory_row(folder, 'memory of the browser', memory.peak)]


def _steps_in_browser(folder: str, url: str, browser: Browser) -> List[Row]:
    def choose(picker: str, entry: int) -> float:
        return timed(lambda: _choose(browser, picker, entry))

    several = False
    rows: List[Row] = []
    for name, view in VIEWS.items():
        opened = timed(partial(_open, browser, '{}#view={}'.format(url, view)))
        rows.append(Row(folder, 'page, ' + name, [opened]))
        channels = [choose('channel', 5 * turn + 1) for turn in range(CHANNELS)]
        rows.append(Row(folder, 'another channel, ' + name, channels))
        several = browser.execute_script("return document.getElementById('layer').length") > 1
        if several:
            layers = [choose('layer', layer) for layer in LAYERS]
            rows.append(Row(folder, 'another layer, ' + name, layers))
    if several:
        rows.append(Row(folder, 'thumbnails of a layer', [timed(lambda: _open_strip(browser))]))
    return rows


def _open(browser: Browser, url: str) -> None:
    browser.get('about:blank')  # else the same page with another view would not load again
    browser.get(url)
    _wait(browser, 'document.body.dataset.loaded')
    browser.execute_script(DRAWN)


def _choose(browser: Browser, picker: str, entry: int) -> None:
    before = browser.execute_script('return document.body.dataset.loaded')
    browser.execute_script(
        'const e = document.getElementById(arguments[0]); e.value = arguments[1];'
        "e.dispatchEvent(new Event('change', {bubbles: true}))",
        picker,
        str(entry),
    )
    _wait(browser, 'document.body.dataset.loaded !== "{}"'.format(before))
    browser.execute_script(DRAWN)


def _open_strip(browser: Browser) -> None:
    browser.execute_script("document.getElementById('strip').open = true")
    _wait(browser, "document.querySelector('#thumbnails button')")


def _wait(browser: Browser, script: str) -> None:
    end = time.time() + WAIT
    while not browser.execute_script('return Boolean({})'.format(script)):
        if time.time() > end:
            raise TimeoutError('not within {} s: {}'.format(WAIT, script))
        time.sleep(0.02)
