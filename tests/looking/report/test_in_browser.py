# -*- coding: utf-8 -*-
"""The report in a real browser."""

import os
import time

import pytest
from sample_folder import make_sample

from niftynet_activations.looking.report.page import write_report

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_the_report_opens_without_errors_and_with_all_pictures(browser, tmp_path, test_output):
    sample = make_sample(str(tmp_path / 'out'))
    path = write_report(sample.folder)
    browser.get_log('browser')
    started = time.time()
    browser.get('file://' + path)
    assert time.time() - started < 3
    browser.save_screenshot(os.path.join(test_output, 'report.png'))
    undrawn = browser.execute_script(
        'const images = [...document.images];'
        "images.forEach(image => image.loading = 'eager');"
        'return Promise.all(images.map(image => image.decode().then(() => null, () => image.alt)))'
        '.then(found => found.filter(Boolean))'
    )
    assert undrawn == []
    assert browser.execute_script('return document.images.length') == 18
    wide = browser.execute_script(
        'return document.documentElement.scrollWidth > document.documentElement.clientWidth'
    )
    assert not wide
    assert browser.get_log('browser') == []
