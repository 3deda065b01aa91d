# -*- coding: utf-8 -*-
"""The report in a real browser."""

import base64
import os
import re

import pytest
from sample_folder import make_sample

from niftynet_activations.looking.report.page import write_report

pytestmark = [pytest.mark.browser, pytest.mark.slow]
A4 = 703  # CSS pixels: a page without its margins


def test_the_report_opens_without_errors_and_with_all_pictures(browser, tmp_path, test_output):
    sample = make_sample(str(tmp_path / 'out'))
    path = write_report(sample.folder)
    browser.get_log('browser')
    browser.get('file://' + path)
    browser.save_screenshot(os.path.join(test_output, 'report.png'))
    undrawn = browser.execute_script(
        'const images = [...document.images];'
        'return Promise.all(images.map(image => image.decode().then(() => null, () => image.alt)))'
        '.then(found => found.filter(Boolean))'
    )
    assert undrawn == []
    places = browser.execute_script(
        'const places = "[aria-label=\'Strongest places of channels\'] img";'
        'return document.querySelectorAll(places).length'
    )
    assert places > 40
    assert browser.execute_script('return document.images.length') == 24 + places
    wide = browser.execute_script(
        'return document.documentElement.scrollWidth > document.documentElement.clientWidth'
    )
    assert not wide
    assert browser.get_log('browser') == []


def test_it_prints_whole(browser, tmp_path):
    sample = make_sample(str(tmp_path / 'out'), ['1'], shape=(9, 13, 11))
    browser.get('file://' + write_report(sample.folder))
    # on the paper's width nothing is cut off at the side
    browser.execute_cdp_cmd('Emulation.setEmulatedMedia', {'media': 'print'})
    browser.execute_cdp_cmd(
        'Emulation.setDeviceMetricsOverride',
        {'width': A4, 'height': 1000, 'deviceScaleFactor': 1, 'mobile': False},
    )
    try:
        cut = browser.execute_script(
            'const unfolded = [...document.querySelectorAll("details:not([open])")];'
            'for (const one of unfolded) one.open = true;'
            'const found = [...document.querySelectorAll("table, img, p")].filter(e => {'
            ' const end = one => one.getBoundingClientRect().right;'
            ' const whole = e.closest("div, article, main, header");'
            ' return end(e) > innerWidth + 1 || end(e) > end(whole) + 1 });'
            'for (const one of unfolded) one.open = false;'
            'return found.map(e => e.textContent.slice(0, 60))'
        )
    finally:
        browser.execute_cdp_cmd('Emulation.setEmulatedMedia', {'media': ''})
        browser.execute_cdp_cmd('Emulation.clearDeviceMetricsOverride', {})
    assert cut == []
    folded = "return [...document.querySelectorAll('details')].filter(e => !e.open).length"
    assert browser.execute_script(folded)
    printed = browser.execute_cdp_cmd('Page.printToPDF', {'printBackground': True})
    content = base64.b64decode(printed['data'])
    pictures = re.findall(rb'/Subtype\s*/Image\b', content)
    # none is left out because it was not on the screen; equal ones are stored once
    shown = 'return new Set([...document.images].map(e => e.src)).size'
    assert len(pictures) >= browser.execute_script(shown) > 8
    assert not browser.execute_script(folded)
