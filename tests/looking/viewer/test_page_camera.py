# -*- coding: utf-8 -*-
"""From where the viewer's page shows the world, and which sides it names, in a real browser."""

import json
import os

import nibabel as nib
import numpy as np
import pytest
from sample_folder import POSTFIX, make_flat_sample, make_sample

from tests.looking.viewer.pages import (
    errors,
    open_page,
    press,
    put,
    saved_picture,
    serving,
    wait,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow]
CAMERA = 'return viewer.active.volumes.camera()'
GREEN = '#7cff9b'  # of the box


@pytest.fixture(scope='module')
def served(tmp_path_factory):
    """A sample folder and the URL of its viewer."""
    sample = make_sample(str(tmp_path_factory.mktemp('camera') / 'out'), shape=(13, 17, 11))
    with serving(sample.folder) as url:
        yield sample, url


def on_canvas(browser, world, tile):
    """Column and row of a place in a view, by the page's arithmetic, in the saved picture."""
    return browser.execute_async_script(
        'const [world, tile, done] = arguments;'
        "import('/static/overlay.js').then(({seenFrom}) => {"
        ' const v = viewer.active.volumes.niivue, c = viewer.active.canvas;'
        ' const a = c.getBoundingClientRect();'
        " const b = document.getElementById('panes').getBoundingClientRect();"
        ' const s = v.screenSlices.find(s => s.axCorSag === tile);'
        ' const p = seenFrom(v, world, s.leftTopWidthHeight), d = window.devicePixelRatio;'
        ' done(p.map(q => [q[0] + (a.left - b.left) * d, q[1] + (a.top - b.top) * d]))})',
        [[float(v) for v in each] for each in world],
        tile,
    )


def is_red(drawn):
    return (drawn[..., 0] > 150) & (drawn[..., 1] < 80) & (drawn[..., 2] < 80)


def is_green(drawn):
    wanted = np.array([int(GREEN[k : k + 2], 16) for k in (1, 3, 5)])
    return np.abs(drawn - wanted).max(axis=-1) < 60


@pytest.mark.parametrize('angles', [(110, 10), (60, 45)])
def test_the_box_of_a_sample_is_drawn_in_3d(browser, served, angles):
    sample, url = served
    affine = sample.affines['1', 'res_1/pool:1']
    place = (affine @ [3, 4, 2, 1])[:3]
    words = (
        '#layer=res_1/pool:1&view=render&opacity=0&beneath=none&field=true&at={},{},{}&camera={},{}'
    )
    open_page(browser, url + words.format(*(place.tolist() + list(angles))))
    wait(browser, 'viewer.active.field')
    drawn = saved_picture(browser)
    corners = browser.execute_script('return viewer.active.field')
    (column, row), *ends = on_canvas(browser, [place, *corners], 4)
    # NiiVue draws its crosshair through the same place by its own arithmetic
    near = drawn[int(row) - 4 : int(row) + 5, int(column) - 4 : int(column) + 5]
    assert is_red(near).any()
    green = np.argwhere(is_green(drawn))
    assert len(green) > 60
    expected = np.array(ends)[:, ::-1]
    np.testing.assert_allclose(green.min(axis=0), expected.min(axis=0), atol=4)
    np.testing.assert_allclose(green.max(axis=0), expected.max(axis=0), atol=4)
    assert errors(browser) == []


def test_zoom_and_shift_are_in_the_address(browser, served):
    _, url = served
    open_page(browser, url + '#layer=conv_0&view=planes&at=3,-10,2')
    whole = saved_picture(browser)
    before = browser.execute_script('return viewer.crosshair()')
    for _ in range(3):
        press(browser, '+')
    drag(browser, 40, 25)
    camera = browser.execute_script(CAMERA)
    assert camera[6] == pytest.approx(1.25**3, abs=1e-3) and np.abs(camera[3:6]).max() > 1
    # the address follows a moment later
    address = wait(
        browser,
        '(words => {}.every((each, at) => Math.abs(each - words[at]) < 0.006) && location.href)'
        "((location.hash.split('camera=')[1] || '').split('&')[0].split(','))".format(camera),
    )
    near = saved_picture(browser)
    assert np.abs(whole - near).mean() > 2
    open_page(browser, address)
    restored = 'every((each, at) => Math.abs(each - viewer.active.volumes.camera()[at]) < 0.006)'
    wait(browser, '{}.{}'.format(camera, restored))
    assert np.abs(near - saved_picture(browser)).mean() < 1
    np.testing.assert_allclose(
        browser.execute_script('return viewer.crosshair()'), before, atol=0.01
    )
    browser.execute_script("document.getElementById('whole').click()")
    assert browser.execute_script(CAMERA)[2:] == [1, 0, 0, 0, 1]
    assert np.abs(whole - saved_picture(browser)).mean() < 0.5
    assert errors(browser) == []


def drag(browser, across, down):
    """Drag the picture with the right button, as a person does."""
    browser.execute_script(
        'const c = viewer.active.canvas, b = c.getBoundingClientRect();'
        'const send = (kind, right, down) => c.dispatchEvent(new MouseEvent(kind, {'
        ' clientX: b.left + b.width / 4 + right, clientY: b.top + b.height / 4 + down,'
        ' button: 2, buttons: 2, bubbles: true}));'
        "send('mousedown', 0, 0);"
        "send('mousemove', arguments[0], arguments[1]);"
        "send('mouseup', arguments[0], arguments[1])",
        across,
        down,
    )


def test_the_mouse_does_not_change_the_colours(browser, served):
    _, url = served
    open_page(browser, url + '#layer=conv_0&view=axial')
    colours = 'return [...viewer.active.volumes.niivue.volumes].map(v => [v.cal_min, v.cal_max])'
    before = browser.execute_script(colours)
    drag(browser, 60, 30)
    assert browser.execute_script(CAMERA)[3:6] != [0, 0, 0]
    browser.execute_script(
        "viewer.active.canvas.dispatchEvent(new MouseEvent('dblclick', {bubbles: true}))"
    )
    assert browser.execute_script(CAMERA)[3:] == [0, 0, 0, 1]
    assert browser.execute_script(colours) == before


def test_the_wheel_goes_through_slices_and_zooms_with_ctrl(browser, served):
    _, url = served
    open_page(browser, url + '#layer=conv_0&view=axial')
    turn = (
        'const c = viewer.active.canvas, b = c.getBoundingClientRect();'
        "c.dispatchEvent(new WheelEvent('wheel', {{deltaY: {}, ctrlKey: {}, bubbles: true, "
        'cancelable: true, clientX: b.left + b.width / 2, clientY: b.top + b.height / 2}}))'
    )
    before = browser.execute_script('return viewer.crosshair()')
    browser.execute_script(turn.format(-100, 'false'))
    after = browser.execute_script('return viewer.crosshair()')
    assert abs(after[2] - before[2]) > 1 and browser.execute_script(CAMERA)[6] == 1
    browser.execute_script(turn.format(-100, 'true'))
    assert browser.execute_script(CAMERA)[6] == pytest.approx(1.1)
    assert browser.execute_script('return viewer.crosshair()') == after


def test_a_wrong_camera_is_told_and_lists_keep_their_keys(browser, served):
    _, url = served
    open_page(browser, url + '#view=axial&camera=1,2,3')
    told = wait(browser, "document.getElementById('problem').textContent")
    assert "camera '1,2,3'; expected two angles, or seven numbers" in told
    before = browser.execute_script(CAMERA)
    # in a list of choices digits and signs look for an entry, in a field they are typed
    press(browser, '+', "document.getElementById('channel')")
    press(browser, '-', "document.getElementById('low')")
    assert browser.execute_script(CAMERA) == before


@pytest.mark.parametrize('oriented', [True, False])
def test_letters_stand_only_where_sides_are_known(browser, tmp_path, oriented):
    make_flat_sample(str(tmp_path / 'out'), oriented)
    with serving(str(tmp_path / 'out')) as url:
        open_page(browser, url + '#opacity=0&beneath=none')
        put(browser, 'opacity', 0)
        drawn = saved_picture(browser)[40:, :-90]  # without title and bar
        letters = int((drawn.min(axis=-1) > 150).sum())
        assert (letters > 20) is oriented
        told = json.dumps(browser.execute_script('return document.body.innerText'))
        assert ('to the right, front and top' in told) is oriented
        assert ('radiological' in told) is False
        label = browser.execute_script("return viewer.active.canvas.getAttribute('aria-label')")
        assert ('axial' in label) is oriented
        assert errors(browser) == []


def test_the_page_begins_in_the_middle_of_the_segmentation(browser, tmp_path):
    sample = make_sample(str(tmp_path / 'out'), ['1'], shape=(13, 17, 11))
    labels = np.zeros((13, 17, 11), np.uint8)
    labels[2:5, 11:14, 6:9] = 1  # the middle voxel is 3, 12, 7
    path = os.path.join(sample.folder, 'window_seg_1_{}.nii.gz'.format(POSTFIX))
    nib.save(nib.Nifti1Image(labels, sample.affine), path)
    expected = (sample.affine @ [3, 12, 7, 1])[:3]
    with serving(sample.folder) as url:
        open_page(browser, url)
        wait(browser, "document.getElementById('value-segmentation').textContent === '1'")
        found = browser.execute_script('return viewer.crosshair()')
        np.testing.assert_allclose(found, expected, atol=1e-3)
        open_page(browser, url + '#at=5,-20,3')
        wait(browser, 'Math.abs(viewer.crosshair()[0] - 5) < 0.01')
        assert errors(browser) == []


def test_letters_name_the_sides_of_the_world(browser, served):
    """Along each plane the letters at its ends are those of the mm that lie there."""
    _, url = served
    open_page(browser, url + '#view=planes')
    ends = browser.execute_script(
        'const v = viewer.active.volumes.niivue;'
        'const mm = (x, y) => v.canvasPos2frac([x, y]);'
        'return v.screenSlices.filter(s => s.axCorSag < 3).map(s => {'
        ' const [l, t, w, h] = s.leftTopWidthHeight;'
        ' const place = (x, y) => Array.from(v.frac2mm(mm(x, y), 0, true)).slice(0, 3);'
        ' return [s.axCorSag, place(l + w * 0.3, t + h / 2), place(l + w * 0.7, t + h / 2),'
        ' place(l + w / 2, t + h * 0.3), place(l + w / 2, t + h * 0.7)] })'
    )
    written = browser.execute_script(
        'const seen = [], paint = CanvasRenderingContext2D.prototype, text = paint.fillText;'
        'paint.fillText = function (word, x, y) { if (word.length === 1) seen.push([word, x, y]);'
        ' return text.apply(this, arguments) };'
        'viewer.active.volumes.niivue.drawScene(); paint.fillText = text; return seen'
    )
    axes = {0: (0, 1), 1: (0, 2), 2: (1, 2)}
    names = [('L', 'R'), ('P', 'A'), ('I', 'S')]
    expected = []
    for plane, left, right, top, bottom in ends:
        across, up = axes[plane]
        order = names[across] if left[across] < right[across] else names[across][::-1]
        assert top[up] > bottom[up]
        expected += [*order, *names[up]]
    assert [word for word, _, _ in written] == expected
