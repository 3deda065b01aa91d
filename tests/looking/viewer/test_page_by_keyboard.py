# -*- coding: utf-8 -*-
"""The viewer's page without a mouse and without eyes: real keys, and what a screen reader gets."""

import pytest
from sample_folder import make_sample

from tests.looking.viewer.pages import errors, loaded_after, open_page, serving, value, wait

pytestmark = [pytest.mark.browser, pytest.mark.slow]
# roles that a person acts on, or that stand for a picture
NAMED = ('button', 'combobox', 'slider', 'checkbox', 'spinbutton', 'image', 'region', 'link')


@pytest.fixture(scope='module')
def served(tmp_path_factory):
    """A sample folder and the URL of its viewer."""
    sample = make_sample(str(tmp_path_factory.mktemp('keyboard') / 'out'), shape=(13, 17, 11))
    with serving(sample.folder) as url:
        yield sample, url


def send(browser, *keys):
    """Press keys where the focus is."""
    from selenium.webdriver.common.action_chains import ActionChains

    ActionChains(browser).send_keys(*keys).perform()


def focus(browser):
    """What has the focus."""
    return browser.execute_script(
        "const e = document.activeElement, named = e.closest('[id]');"
        "return e.id || e.className || (named ? named.id : '')"
    )


def test_the_link_to_the_picture_leaves_the_view_as_it_is(browser, served):
    from selenium.webdriver.common.keys import Keys

    _, url = served
    open_page(browser, url + '#subject=1_b&layer=res_1/pool:1&channel=2&view=axial&at=5,-20,3')
    loads = browser.execute_script('return document.body.dataset.loaded')
    send(browser, Keys.TAB)
    assert focus(browser) == 'skip'
    send(browser, Keys.ENTER)
    wait(browser, "document.activeElement.id === 'picture'")
    before = browser.execute_script('return viewer.crosshair()')
    send(browser, Keys.ARROW_RIGHT)
    after = browser.execute_script('return viewer.crosshair()')
    moved = [new - old for new, old in zip(after, before)]
    assert moved[0] < -1 and abs(moved[0]) == max(abs(each) for each in moved)
    title = browser.execute_script('return viewer.active.title')
    assert title == '1_b · res_1/pool:1 · channel 2'
    assert browser.execute_script('return document.body.dataset.loaded') == loads
    wait(browser, "location.hash.includes('subject=1_b')")
    assert errors(browser) == []


def test_all_is_reached_with_tab_and_used_with_keys(browser, served):
    from selenium.webdriver.common.keys import Keys

    _, url = served
    open_page(browser, url + '#layer=conv_0&view=axial&strip=true')
    wait(browser, "document.querySelectorAll('#thumbnails button').length === 4")
    seen = []
    for _ in range(80):
        send(browser, Keys.TAB)
        where = focus(browser)
        if where == 'skip' and seen:
            break
        seen.append(where)
    for wanted in ('subject', 'layer', 'channel', 'threshold', 'opacity', 'modality', 'view', 'x'):
        assert wanted in seen, (wanted, seen)
    for wanted in ('add', 'save', 'nearer', 'field', 'like', 'picture', 'thumbnails'):
        assert wanted in seen, (wanted, seen)
    # a thumbnail is a button
    loaded_after(
        browser,
        "document.querySelectorAll('#thumbnails button')[2].focus()"
        '; document.activeElement.click()',
    )
    assert browser.execute_script('return viewer.active.choice.channel') == 2
    assert errors(browser) == []


def test_what_a_screen_reader_gets(browser, served):
    _, url = served
    open_page(browser, url + '#layer=conv_0&view=axial&strip=true&chart=true')
    wait(browser, "document.querySelectorAll('#thumbnails button').length === 4")
    nodes = browser.execute_cdp_cmd('Accessibility.getFullAXTree', {})['nodes']
    told = [
        (node['role']['value'], node.get('name', {}).get('value', ''))
        for node in nodes
        if not node['ignored']
    ]
    assert [each for each in told if each[0] in NAMED and not each[1]] == []
    names = {name for _, name in told}
    assert any(name.startswith('The map over the image in') for name in names)
    assert any(name.startswith('Colours from ') for name in names)
    assert any(name.startswith('Channel 1, variance 0, dead') for name in names)
    assert {'Subject', 'Layer', 'Channel', 'Previous channel', 'Zoom in'} <= names
    # once the crosshair rests its value and place are said
    browser.execute_script('viewer.moveTo(5, -20, 3)')
    spoken = wait(
        browser,
        "document.getElementById('spoken').textContent.includes('x 5.0, y -20.0, z 3.0 mm')"
        " && document.getElementById('spoken').textContent",
    )
    assert spoken.startswith('Map {} at '.format(value(browser, 'map')))
    assert errors(browser) == []
