# -*- coding: utf-8 -*-
"""The viewer's page in a real browser."""

import os

import nibabel as nib
import numpy as np
import pytest
from sample_folder import POSTFIX, add_modality, make_picture_sample, make_sample

from tests.looking.viewer.pages import (
    choose,
    errors,
    loaded_after,
    open_page,
    picture,
    press,
    serving,
    value,
    wait,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def served(tmp_path):
    """A sample folder and the URL of its viewer."""
    sample = make_sample(str(tmp_path / 'out'))
    with serving(sample.folder) as url:
        yield sample, url


def test_the_page_loads_and_draws(browser, served, test_output):
    _, url = served
    open_page(browser, url)
    drawn = picture(browser)
    assert (drawn.max(axis=-1) > 60).mean() > 0.1
    browser.save_screenshot(os.path.join(test_output, 'viewer.png'))
    assert browser.execute_script("return document.getElementById('problem').hidden")
    assert errors(browser) == []


def test_the_picture_changes_with_the_channel(browser, served):
    _, url = served
    open_page(browser, url)
    first = picture(browser)
    choose(browser, 'channel', 1)
    dead = picture(browser)
    choose(browser, 'channel', 0)
    again = picture(browser)
    assert np.abs(first - dead).mean() > 3
    assert np.abs(first - again).mean() < 0.5
    assert errors(browser) == []


def test_crosshair_values_are_nibabels_at_that_place(browser, served):
    sample, url = served
    open_page(browser, url)
    choose(browser, 'subject', 1)
    choose(browser, 'layer', 1)
    choose(browser, 'channel', 2)
    stem = 'activation_res_1.pool-1_1_b_' + POSTFIX
    images = {
        'map': (nib.load(os.path.join(sample.folder, stem + '.nii.gz')), 2),
        'input': (nib.load(os.path.join(sample.folder, '..', 'inputs', '1_b_T1.nii.gz')), None),
        'segmentation': (
            nib.load(os.path.join(sample.folder, 'window_seg_1_b_{}.nii.gz'.format(POSTFIX))),
            None,
        ),
    }
    random = np.random.RandomState(5)
    for _ in range(6):
        # Near a sample of the map, so that rounding cannot choose another one.
        index = random.randint(1, [7, 9, 11]) + random.uniform(-0.2, 0.2, 3)
        world = (images['map'][0].affine @ np.append(index, 1.0))[:3]
        browser.execute_script('viewer.moveTo({}, {}, {})'.format(*world))
        for role, (image, channel) in images.items():
            place = np.linalg.inv(image.affine) @ np.append(world, 1.0)
            data = np.squeeze(np.asarray(image.dataobj))
            data = data if channel is None else data[..., channel]
            expected = data[tuple(np.round(place[:3]).astype(int))]
            np.testing.assert_allclose(float(value(browser, role)), expected, rtol=1e-5, atol=1e-7)
    browser.execute_script('viewer.moveTo(0, 0, 500)')
    assert [value(browser, role) for role in images] == ['outside'] * 3
    assert errors(browser) == []


def test_missing_samples_are_named(browser, served):
    sample, url = served
    data = sample.data['1', 'conv_0'].copy()
    data[8:11, 10:13, 12:15] = np.nan
    path = os.path.join(sample.folder, 'activation_conv_0_1_{}.nii.gz'.format(POSTFIX))
    nib.save(nib.Nifti1Image(data, sample.affine), path)
    open_page(browser, url)
    world = (sample.affine @ [9, 11, 13, 1.0])[:3]
    browser.execute_script('viewer.moveTo({}, {}, {})'.format(*world))
    assert value(browser, 'map') == 'missing'
    assert value(browser, 'segmentation') == '2'


def test_keys(browser, served):
    _, url = served
    open_page(browser, url)
    loaded_after(browser, 'window.dispatchEvent(new KeyboardEvent("keydown", {key: "."}))')
    assert browser.execute_script("return document.getElementById('channel').value") == '1'
    loaded_after(browser, 'window.dispatchEvent(new KeyboardEvent("keydown", {key: "]"}))')
    assert browser.execute_script("return document.getElementById('layer').value") == '1'
    before = browser.execute_script('return viewer.crosshair()')
    moves = {
        'ArrowLeft': (0, 1),
        'ArrowRight': (0, -1),
        'ArrowUp': (1, 1),
        'ArrowDown': (1, -1),
        'PageUp': (2, 1),
        'PageDown': (2, -1),
    }
    for key, (axis, sign) in moves.items():
        press(browser, key, "document.getElementById('picture')")
        after = browser.execute_script('return viewer.crosshair()')
        moved = np.array(after) - before
        assert np.argmax(np.abs(moved)) == axis, key
        assert np.sign(moved[axis]) == sign, key
        before = after
    assert errors(browser) == []


def test_controls_change_the_picture(browser, served):
    _, url = served
    open_page(browser, url)
    seen = [picture(browser)]
    changes = [
        ('threshold', '60', 'input'),
        ('opacity', '0.2', 'input'),
        ('view', 'axial', 'change'),
    ]
    for name, wanted, event in changes:
        browser.execute_script(
            "const e = document.getElementById('{}'); e.value = '{}'; "
            "e.dispatchEvent(new Event('{}', {{bubbles: true}}))".format(name, wanted, event)
        )
        seen.append(picture(browser))
    browser.execute_script("document.getElementById('segmentation').click()")
    seen.append(picture(browser))
    for first, second in zip(seen, seen[1:]):
        assert np.abs(first - second).mean() > 0.5
    assert errors(browser) == []


def test_every_control_has_a_name(browser, served):
    _, url = served
    open_page(browser, url)
    unnamed = browser.execute_script(
        "return [...document.querySelectorAll('select, input, button, canvas')].filter(e => "
        "!e.hasAttribute('aria-hidden') && !(e.getAttribute('aria-label') || "
        "e.textContent.trim() && e.matches('button') || "
        '(e.labels && e.labels.length))).map(e => e.id)'
    )
    assert unnamed == []


def test_both_modalities_can_be_chosen(browser, served):
    sample, url = served
    other = os.path.join(sample.folder, '..', 'inputs', '1_T2.nii.gz')
    nib.save(nib.Nifti1Image(1000 - sample.inputs['1'], sample.affine), other)
    add_modality(sample.folder, other)
    open_page(browser, url)
    names = "[...document.querySelectorAll('#modality option')].map(e => e.text)"
    assert browser.execute_script('return ' + names) == [
        '1_T1.nii.gz',
        '1_T2.nii.gz',
        'the segmentation',
        'nothing',
    ]
    world = (sample.affine @ [9, 11, 13, 1.0])[:3]
    browser.execute_script('viewer.moveTo({}, {}, {})'.format(*world))
    first = float(value(browser, 'input'))
    layer = value(browser, 'map')
    choose(browser, 'modality', 1)
    np.testing.assert_allclose(float(value(browser, 'input')), 1000 - first, rtol=1e-5)
    assert value(browser, 'map') == layer
    choose(browser, 'modality', 0)
    np.testing.assert_allclose(float(value(browser, 'input')), first, rtol=1e-5)
    assert errors(browser) == []


@pytest.mark.parametrize('colour', [True, False])
def test_a_picture_is_shown_as_one(browser, tmp_path, test_output, colour):
    _, _, values = make_picture_sample(str(tmp_path / 'out'), colour)
    with serving(str(tmp_path / 'out')) as url:
        open_page(browser, url)
        browser.execute_script(
            "const e = document.getElementById('opacity'); e.value = '0'; "
            "e.dispatchEvent(new Event('input', {bubbles: true}))"
        )
        drawn = picture(browser)
        browser.save_screenshot(
            os.path.join(test_output, 'viewer_{}.png'.format('colour' if colour else 'grey'))
        )
        seen = np.argwhere(drawn.max(axis=-1) > 30)
        (top, left), (bottom, right) = seen.min(axis=0), seen.max(axis=0)
        assert (bottom - top) / (right - left) == pytest.approx(40 / 60, abs=0.05)
        assert (drawn.max(axis=-1) > 30).mean() > 0.25  # one plane fills the canvas

        def at(row, column):
            return drawn[
                int(top + (bottom - top) * (row + 0.5) / 40),
                int(left + (right - left) * (column + 0.5) / 60),
            ]

        if colour:
            assert at(8, 11)[0] > 200 and at(8, 11)[1] > 200 and at(8, 11)[2] < 60  # yellow
            assert at(3, 57)[0] > at(3, 26)[0] + 50 and at(38, 3)[2] > at(3, 3)[2] + 50
        browser.execute_script('viewer.moveTo(-11, -8, 0)')
        labels = "['x', 'y', 'z'].map(k => document.getElementById(k + '-name').textContent)"
        assert browser.execute_script('return ' + labels) == ['column', 'row', '']
        place = "['x', 'y'].map(k => Number(document.getElementById(k).value))"
        assert browser.execute_script('return ' + place) == [11, 8]
        assert float(value(browser, 'map')) == pytest.approx(values[8, 11, 0, 0])
        assert browser.execute_script("return document.getElementById('view').disabled")
        assert errors(browser) == []


def test_what_is_missing_is_said(browser, served, test_output):
    sample, url = served
    os.remove(os.path.join(sample.folder, 'activation_conv_0_1_{}.nii.gz'.format(POSTFIX)))
    os.remove(os.path.join(sample.folder, '..', 'inputs', '1_T1.nii.gz'))
    browser.get_log('browser')
    browser.get(url)
    text = wait(browser, "document.getElementById('problem').textContent")
    assert '1_T1.nii.gz is not there' in text
    assert 'activation_conv_0_1_{}.nii.gz is not there'.format(POSTFIX) in text
    choose(browser, 'layer', 1)
    assert (picture(browser).max(axis=-1) > 60).mean() > 0.02
    browser.save_screenshot(os.path.join(test_output, 'viewer_missing.png'))
    assert errors(browser) == []
