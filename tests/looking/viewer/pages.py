# -*- coding: utf-8 -*-
"""The viewer's page in a real browser: what the tests of it share."""

import base64
import contextlib
import io
import json
import threading
import time

import numpy as np
from PIL import Image

from niftynet_activations.looking.viewer.server import ViewerServer


@contextlib.contextmanager
def serving(*folders, **options):
    """Serve folders in a ``with`` statement, which gets the URL of their viewer."""
    server = ViewerServer(folders, **options)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield server.url
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def wait(browser, script, seconds=30):
    """Wait until a script gives something true."""
    end = time.time() + seconds
    while time.time() < end:
        found = browser.execute_script('return ' + script)
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError('not within {} s: {}'.format(seconds, script))


def open_page(browser, url):
    """Open the page and wait for the first map; another page before makes it anew."""
    browser.get('about:blank')
    browser.get_log('browser')
    browser.get(url)
    wait(browser, 'document.body.dataset.loaded')


def loaded_after(browser, script):
    """Run a script that makes the page load a map, and wait for that."""
    before = browser.execute_script('return document.body.dataset.loaded')
    browser.execute_script(script)
    wait(browser, 'document.body.dataset.loaded !== "{}"'.format(before))


def choose(browser, name, value):
    """Choose an entry of a picker that makes the page load something."""
    loaded_after(browser, _set(name, value, 'change'))


def put(browser, name, value, event='input'):
    """Give a control another value, which redraws the picture at once."""
    browser.execute_script(_set(name, value, event))


def _set(name, value, event):
    return (
        "const e = document.getElementById('{}'); e.value = '{}'; "
        "e.dispatchEvent(new Event('{}', {{bubbles: true}}))".format(name, value, event)
    )


def picture(browser):
    """The canvas as an array (rows, columns, 3)."""
    time.sleep(0.3)
    content = browser.find_element('id', 'picture').screenshot_as_png
    return np.asarray(Image.open(io.BytesIO(content)).convert('RGB'), dtype=float)


def saved_picture(browser):
    """What the button saves, as an array (rows, columns, 3)."""
    uri = browser.execute_script("return viewer.compose().toDataURL('image/png')")
    content = base64.b64decode(uri.split(',')[1])
    return np.asarray(Image.open(io.BytesIO(content)).convert('RGB'), dtype=float)


def colour_at(browser, world):
    """The colour of the saved picture at a point of the plane that is shown, (3,)."""
    column, row = browser.execute_script(
        'const v = viewer.active.volumes.niivue, c = viewer.active.canvas;'
        'const p = v.frac2canvasPos(v.mm2frac({}, 0, true));'
        "const a = c.getBoundingClientRect(), b = document.getElementById('panes')"
        '.getBoundingClientRect(), d = window.devicePixelRatio;'
        'return [p[0] + (a.left - b.left) * d, p[1] + (a.top - b.top) * d]'.format(
            json.dumps([float(v) for v in world])
        )
    )
    return saved_picture(browser)[int(row), int(column)]


def value(browser, role):
    """What the page says of one volume at the crosshair."""
    return browser.execute_script(
        "return document.getElementById('value-{}').textContent".format(role)
    )


def errors(browser):
    """What the browser's console holds beyond information."""
    return [line for line in browser.get_log('browser') if line['level'] in ('SEVERE', 'WARNING')]


def press(browser, key, where='document.body'):
    """Press a key."""
    browser.execute_script(
        '{}.dispatchEvent(new KeyboardEvent("keydown", '
        '{{key: "{}", bubbles: true, cancelable: true}}))'.format(where, key)
    )
