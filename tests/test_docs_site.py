# -*- coding: utf-8 -*-
"""The pages and the docstrings as a site: no warning, no link into the void, search."""

import os
import pathlib
import subprocess
import sys
import time
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('sphinx', reason='Sphinx is for current Python')
pytest.importorskip('niftynet')

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class Page(HTMLParser):
    """The links of a page, and the names that links can lead to."""

    def __init__(self, path):
        super(Page, self).__init__()
        self.links, self.names = [], {''}
        with open(path, encoding='utf-8') as stream:
            self.feed(stream.read())

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            if name in ('href', 'src') and value:
                self.links.append(value)
            elif name in ('id', 'name') and value:
                self.names.add(value)


@pytest.fixture(scope='module')
def site(tmp_path_factory):
    folder = str(tmp_path_factory.mktemp('site'))
    words = '-m sphinx --fail-on-warning --keep-going --quiet -b html docs'.split()
    done = subprocess.run(
        [sys.executable] + words + [folder],
        cwd=ROOT,
        env=dict(os.environ, PYTHONPATH=os.pathsep.join([ROOT] + sys.path)),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    assert done.returncode == 0, done.stdout.decode()
    return folder


def pages_of(site):
    found = {}
    for folder, _, names in os.walk(site):
        for name in names:
            if name.endswith('.html'):
                path = os.path.join(folder, name)
                found[path] = Page(path)
    return found


def test_every_link_within_the_site_leads_somewhere(site):
    pages = pages_of(site)
    broken = []
    for path, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            place = unquote(parts.path)
            target = os.path.normpath(os.path.join(os.path.dirname(path), place)) if place else path
            known = pages[target].names if target in pages else {'', parts.fragment}
            if not os.path.exists(target) or unquote(parts.fragment) not in known:
                broken.append((os.path.relpath(path, site), link))
    assert broken == []


def test_what_people_look_for_is_there(site):
    with open(os.path.join(site, 'searchindex.js'), encoding='utf-8') as stream:
        index = stream.read()
    for page in ('glossary', 'networks/toynet', 'api/public', 'looking'):
        assert '"{}"'.format(page) in index
    public = Page(os.path.join(site, 'api', 'public.html')).names
    for name in ('extract', 'layers', 'open_activations', 'ActivationPoint', 'app'):
        assert 'niftynet_activations.' + name in public
    assert os.path.isfile(
        os.path.join(site, 'api', 'generated', 'niftynet_activations.stitching.crop.html')
    )


@pytest.mark.browser
def test_the_search_works_from_the_disk_without_a_server(site, browser):
    """The page of a word is found; nothing is asked of another computer, and nothing fails."""
    browser.get_log('browser')
    front = pathlib.Path(site, 'index.html').as_uri()
    browser.get(front)
    field = browser.find_element('css selector', 'input[name=q]')
    field.send_keys('crosshair')
    field.submit()
    found, end = [], time.time() + 30
    while not found and time.time() < end:
        time.sleep(0.1)
        found = browser.execute_script(
            "return [...document.querySelectorAll('#search-results li a')].map(e => e.href)"
        )
    assert any(link.split('#')[0].split('?')[0].endswith('/looking.html') for link in found), found
    for page in (front, found[0], pathlib.Path(site, 'gallery.html').as_uri()):
        browser.get(page)
        asked = browser.execute_script(
            "return performance.getEntriesByType('resource').map(e => e.name)"
        )
        assert [each for each in asked if not each.startswith(('file:', 'data:'))] == []
        blank = 'return [...document.images].filter(e => !e.naturalWidth).map(e => e.src)'
        assert browser.execute_script(blank) == []
    assert browser.get_log('browser') == []
