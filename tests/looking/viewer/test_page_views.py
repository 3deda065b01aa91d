# -*- coding: utf-8 -*-
"""Scales, panes, thumbnails and the address of the viewer's page, in a real browser."""

import os
import time

import nibabel as nib
import numpy as np
import pytest
from PIL import Image
from sample_folder import LAYERS, POSTFIX, Layer, make_sample

from niftynet_activations import open_activations
from niftynet_activations.looking.answers.units import units
from niftynet_activations.looking.figures.scales import scale_of
from tests.looking.viewer.pages import (
    choose,
    colour_at,
    errors,
    loaded_after,
    open_page,
    picture,
    put,
    saved_picture,
    serving,
    value,
    wait,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SHAPE = (13, 17, 11)


@pytest.fixture(scope='module')
def served(tmp_path_factory):
    """
    A sample folder and the URL of its viewer. Channel 1 of the logits of subject 1 rises along x
    from -3 to 2, but for a missing box.
    """
    folder = str(tmp_path_factory.mktemp('views') / 'out')
    sample = make_sample(folder, shape=SHAPE)
    data = sample.data['1', 'logits']
    data[..., 1] = np.linspace(-3, 2, SHAPE[0], dtype=np.float32)[:, np.newaxis, np.newaxis]
    data[6:8, 3:6, 4:8, 1] = np.nan
    path = os.path.join(folder, 'activation_logits_1_{}.nii.gz'.format(POSTFIX))
    nib.save(nib.Nifti1Image(data, sample.affine), path)
    maps = open_activations(folder)
    labels = {name: nib.Nifti1Image(sample.labels[name], sample.affine) for name in sample.labels}
    units(maps, labels).to_csv(os.path.join(folder, 'activation_units.csv'), index=False)
    with serving(folder) as url:
        yield sample, url


def world_of(affine, index):
    """The place of a sample in mm."""
    return (affine @ np.append(index, 1.0))[:3]


def hash_of(browser):
    """The page's address behind the #, once it is written."""
    return wait(browser, "location.hash.includes('subject=') && location.hash")


def problem(browser):
    """The line that says what is wrong."""
    return browser.execute_script("return document.getElementById('problem').textContent")


def test_a_signed_map_diverges_from_zero_and_has_no_hole(browser, served):
    sample, url = served
    open_page(browser, url + '#layer=logits&channel=1&view=axial&opacity=1')
    places = {k: world_of(sample.affine, [k, 12, 5]) for k in (0, 6, 7, 12)}
    browser.execute_script('viewer.moveTo({}, {}, {})'.format(*world_of(sample.affine, [4, 3, 5])))
    negative, middle, positive = (colour_at(browser, places[k]) for k in (0, 7, 12))
    assert negative[2] > 200 and negative[2] > negative[0] + 60  # the strongest shines blue
    assert positive[0] > 180 and positive[0] > positive[2] + 60  # red
    # below the threshold the input shows, which is grey; so it does where samples are missing
    assert np.ptp(middle) < 12
    assert np.ptp(colour_at(browser, world_of(sample.affine, [7, 4, 5]))) < 12
    # the threshold counts for both signs alike: 2 is hidden by 2.5 and -3 is not
    put(browser, 'threshold', 80)
    assert np.ptp(colour_at(browser, places[12])) < 12
    assert np.ptp(colour_at(browser, places[0])) > 60
    low, high = (
        float(browser.execute_script('return document.getElementById("{}").value'.format(k)))
        for k in ('low', 'high')
    )
    assert (low, high) == (-3, 3)
    assert 'diverging from 0' in browser.execute_script(
        "return document.querySelector('.bar').getAttribute('aria-label')"
    )
    assert errors(browser) == []


def test_zero_is_not_drawn_behind_a_relu(browser, served):
    sample, url = served
    open_page(browser, url + '#layer=conv_0&channel=1&view=axial&opacity=1&threshold=0')
    drawn = saved_picture(browser)[60:, : int(picture(browser).shape[1] * 0.9)]
    grey = np.ptp(drawn, axis=-1) < 12
    crosshair = drawn[..., 0] > drawn[..., 1] + 40
    assert (grey | crosshair).mean() > 0.995  # the channel is 0 everywhere
    assert not browser.execute_script('return viewer.active.range[0]')


def test_the_scale_is_of_a_channel_of_the_layer_or_typed(browser, served):
    sample, url = served
    open_page(browser, url + '#layer=res_1/pool:1&channel=2&view=axial&opacity=1')
    data = sample.data['1', 'res_1/pool:1']
    for channel in (2, 0):  # behind a ReLU, and signed
        choose(browser, 'channel', channel)
        expected = scale_of(data[..., channel])
        found = browser.execute_script('return viewer.active.range')
        assert found == pytest.approx([expected.low, expected.high], rel=0.01)
    choose(browser, 'scale', 'layer')
    wait(browser, 'viewer.active.choice.scale === "layer"')
    layer = browser.execute_script('return viewer.active.range')
    expected = scale_of(data)
    assert layer == pytest.approx([expected.low, expected.high], rel=0.01)
    choose(browser, 'channel', 4)
    assert browser.execute_script('return viewer.active.range') == layer
    before = picture(browser)
    put(browser, 'high', 20, 'change')
    assert browser.execute_script('return viewer.active.range')[1] == 20
    assert np.abs(before - picture(browser)).mean() > 0.5
    choose(browser, 'channel', 5)
    assert browser.execute_script('return viewer.active.range')[1] == 20
    put(browser, 'low', 30, 'change')
    assert 'minimum below the maximum' in problem(browser)
    assert browser.execute_script('return viewer.active.range')[1] == 20
    assert errors(browser) == []


def test_nothing_is_worked_out_twice_for_one_choice(browser, served):
    """Without a graphics card each of these takes most of the time that a person waits."""
    _, url = served
    open_page(browser, url + '#layer=conv_0&view=multi')
    browser.execute_script(
        'const v = viewer.active.volumes.niivue; window.counted = {};'
        "for (const name of ['drawScene', 'updateGLVolume', 'setSliceType', 'setInterpolation']) {"
        ' const usual = v[name].bind(v), quiet = () => viewer.active.volumes.quiet;'
        ' v[name] = (...how) => { if (!quiet()) counted[name] = (counted[name] || 0) + 1;'
        ' return usual(...how) } }'
        'const usual = v.gl.drawArrays.bind(v.gl); counted.hidden = 0;'
        'v.gl.drawArrays = (...how) => {'
        ' if (v.gl.isEnabled(v.gl.SCISSOR_TEST)) counted.hidden++; return usual(...how) }'
    )
    choose(browser, 'channel', 2)
    counted = browser.execute_script('return counted')
    assert counted.pop('hidden') >= 2 * 11  # the gradients of the input, which nothing shows
    assert counted == {'drawScene': 1, 'updateGLVolume': 1}
    # maps need no range of grey, inputs do
    ranges = browser.execute_script(
        'return viewer.active.volumes.niivue.volumes.map(v => [v.global_min, v.global_max])'
    )
    assert ranges[0] != [0, 1] and ranges[1] == [0, 1]
    browser.execute_script("document.getElementById('smooth').click()")
    assert browser.execute_script('return counted.setInterpolation') == 1
    put(browser, 'view', 'planes', 'change')
    assert browser.execute_script('return counted.setSliceType') == 1
    assert errors(browser) == []


def test_the_address_holds_the_whole_view(browser, served):
    sample, url = served
    wanted = (
        'subject=1_b&layer=res_1/pool:1&channel=2&scale=-1,1.5&subject=1&layer=conv_0&channel=3'
        '&scale=channel&at=5,-20,3&view=planes&threshold=30'
    )
    open_page(browser, url + '#' + wanted)
    wait(browser, 'viewer.panes.length === 2')
    choices = browser.execute_script('return viewer.panes.map(p => p.title)')
    assert choices == ['1_b · res_1/pool:1 · channel 2', '1 · conv_0 · channel 3']
    assert browser.execute_script('return viewer.active.range') == [-1, 1.5]
    np.testing.assert_allclose(
        browser.execute_script('return viewer.crosshair()'), [5, -20, 3], atol=1e-3
    )
    first = saved_picture(browser)
    wait(browser, "location.hash.includes('at=5,-20,3') && location.hash")
    browser.execute_script('viewer.active.volumes.niivue.setRenderAzimuthElevation(60, 20)')
    address = wait(browser, "location.hash.includes('camera=60,20') && location.href")
    open_page(browser, address)
    wait(browser, 'viewer.panes.length === 2')
    wait(browser, "location.hash.includes('camera=60,20')")
    assert browser.execute_script('return viewer.active.volumes.camera()')[:2] == [60, 20]
    assert browser.execute_script('return location.href') == address
    assert np.abs(first - saved_picture(browser)).mean() < 0.5
    assert errors(browser) == []


@pytest.mark.parametrize(
    'words, told',
    [
        ('subject=gone', "names the subject 'gone'"),
        ('subject=1&layer=conv_9', "names the layer 'conv_9'"),
        ('subject=1&layer=conv_0&channel=77', "names the channel '77'"),
        ('subject=1&scale=5,2', "says scale '5,2'; expected"),
        ('at=1,2', "says at '1,2'; expected x,y,z"),
        ('threshold=much', "says threshold 'much', which is no number"),
        ('view=inside', "says view 'inside', which this page does not know"),
        ('beneath=ground', "says beneath 'ground', which this page does not know"),
        ('colours=loud', "says colours 'loud', which this page does not know"),
    ],
)
def test_an_address_that_is_wrong_is_told_in_one_line(browser, served, words, told):
    _, url = served
    open_page(browser, url + '#' + words + '&view=axial')  # of two the first counts
    assert told in wait(browser, "document.getElementById('problem').textContent")
    assert problem(browser).count('\n') == 0
    assert browser.execute_script('return viewer.active.title') == '1 · conv_0 · channel 0'


def test_panes_have_one_crosshair_and_one_camera_in_the_world(browser, served, test_output):
    sample, url = served
    open_page(browser, url + '#layer=res_1/pool:1&channel=2&view=planes')
    loaded_after(browser, "document.getElementById('add').click()")
    choose(browser, 'subject', 1)
    choose(browser, 'layer', 2)
    keys = [('1', 'res_1/pool:1', 2), ('1_b', 'logits', 2)]
    random = np.random.RandomState(8)
    for turn in range(4):
        moved = turn % 2
        subject, layer, _ = keys[moved]
        affine = sample.affines[subject, layer]
        index = random.randint(1, np.array(sample.data[subject, layer].shape[:3]) - 1)
        world = world_of(affine, index + 0.2)
        browser.execute_script('viewer.panes[{}].volumes.moveTo({}, {}, {})'.format(moved, *world))
        for pane, (subject, layer, channel) in enumerate(keys):
            shown = browser.execute_script(
                "return viewer.panes[{}].shell.querySelector('.value').textContent".format(pane)
            )
            place = np.linalg.inv(sample.affines[subject, layer]) @ np.append(world, 1)
            expected = sample.data[subject, layer][tuple(np.round(place[:3]).astype(int))]
            assert float(shown) == pytest.approx(expected[channel], rel=1e-4, abs=1e-6)
    browser.execute_script('viewer.active.volumes.niivue.setRenderAzimuthElevation(30, 40)')
    cameras = browser.execute_script('return viewer.panes.map(p => p.volumes.camera())')
    assert cameras[0] == cameras[1] and cameras[0][:2] == [30, 40]
    browser.save_screenshot(os.path.join(test_output, 'viewer_panes.png'))
    browser.execute_script("document.querySelectorAll('.close')[1].click()")
    assert browser.execute_script('return viewer.panes.length') == 1
    assert browser.execute_script("return document.querySelectorAll('canvas.picture').length") == 1
    assert errors(browser) == []


def test_thumbnails_of_all_channels(browser, served):
    sample, url = served
    open_page(browser, url + '#layer=conv_0&view=axial&strip=true&sort=variance')
    wait(browser, "document.querySelectorAll('#thumbnails button').length === 4")
    shown = "[...document.querySelectorAll('#thumbnails button')].map(e => Number(e.dataset.place))"
    data = sample.data['1', 'conv_0']
    order = np.argsort(-data.reshape(-1, 4).var(axis=0), kind='stable').tolist()
    assert browser.execute_script('return ' + shown) == order
    dead = browser.execute_script(
        'return document.querySelector(\'#thumbnails [data-place="1"]\').textContent'
    )
    assert 'dead' in dead
    loaded_after(browser, 'document.querySelector(\'#thumbnails [data-place="3"]\').click()')
    assert browser.execute_script('return viewer.active.choice.channel') == 3
    table = units(
        open_activations(sample.folder),
        {name: nib.Nifti1Image(sample.labels[name], sample.affine) for name in sample.labels},
        ['conv_0'],
    )
    best = table[table['label'] == 2].sort_values('auc', ascending=False, kind='stable')
    put(browser, 'sort', 'auc:2', 'change')
    wait(browser, "location.hash.includes('sort=auc')")
    assert browser.execute_script('return ' + shown) == best['channel'].tolist()
    assert errors(browser) == []


def test_the_sample_under_the_crosshair(browser, served):
    sample, url = served
    open_page(browser, url + '#layer=res_1/pool:1&view=planes&chart=true&field=true')
    affine = sample.affines['1', 'res_1/pool:1']
    sampled = browser.execute_script('return document.body.dataset.sampled') or ''
    browser.execute_script('viewer.moveTo({}, {}, {})'.format(*world_of(affine, [3, 4, 2])))
    wait(
        browser,
        'document.body.dataset.sampled && document.body.dataset.sampled !== "{}"'.format(sampled),
    )
    strongest = np.abs(sample.data['1', 'res_1/pool:1'][3, 4, 2]).argmax()
    note = browser.execute_script("return document.getElementById('chart-note').textContent")
    assert note.startswith('Strongest: channel {} '.format(strongest))
    assert '3 × 3 × 3 voxels' in note
    # three voxels of the image are one and a half steps of this layer
    corners = np.array(wait(browser, 'viewer.active.field'))
    index = np.linalg.solve(affine, np.c_[corners, np.ones(8)].T)[:3].T
    np.testing.assert_allclose(index.min(axis=0), [2.25, 3.25, 1.25], atol=1e-3)
    np.testing.assert_allclose(index.max(axis=0), [3.75, 4.75, 2.75], atol=1e-3)
    drawn = saved_picture(browser)
    assert ((drawn[..., 1] > 200) & (drawn[..., 0] < 160) & (drawn[..., 2] < 190)).sum() > 100
    assert errors(browser) == []


def test_a_click_on_a_bar_of_the_chart_shows_its_channel(browser, served):
    sample, url = served
    open_page(browser, url + '#layer=res_1/pool:1&view=axial&chart=true')
    affine = sample.affines['1', 'res_1/pool:1']
    browser.execute_script('viewer.moveTo({}, {}, {})'.format(*world_of(affine, [3, 4, 2])))
    strongest = int(np.abs(sample.data['1', 'res_1/pool:1'][3, 4, 2]).argmax())
    said = "document.getElementById('chart-note').textContent.startsWith('Strongest: channel {} ')"
    wait(browser, said.format(strongest))
    drawn = browser.execute_script(
        "const c = document.getElementById('chart');"
        'const d = c.getContext("2d").getImageData(0, 0, c.width, c.height).data;'
        'const rows = k => { let n = 0; const x = Math.floor((k + 0.5) * c.width / 6);'
        ' for (let y = 0; y < c.height; y++) { const p = 4 * (y * c.width + x);'
        ' if (d[p + 3] && Math.max(d[p], d[p + 2]) - d[p + 1] > 30) n++; } return n };'
        'return [0, 1, 2, 3, 4, 5].map(rows)'
    )
    values = np.abs(sample.data['1', 'res_1/pool:1'][3, 4, 2])
    # bars are as long as the values are far from 0
    others = [k for k in range(6) if k and values[k] > 0.2 * values.max()]
    for one in others:
        expected = values[one] / values.max()
        assert drawn[one] / max(drawn) == pytest.approx(expected, abs=0.06)
    loaded_after(
        browser,
        "const c = document.getElementById('chart'), b = c.getBoundingClientRect();"
        "c.dispatchEvent(new MouseEvent('click', {{clientX: b.left + b.width * {} / 6,"
        ' clientY: b.top + 20, bubbles: true}}))'.format(strongest + 0.5),
    )
    assert browser.execute_script('return viewer.active.choice.channel') == strongest
    assert errors(browser) == []


def test_four_panes_at_the_most(browser, served, test_output):
    _, url = served
    open_page(browser, url + '#layer=conv_0&view=axial')
    for count in (2, 3, 4):
        loaded_after(browser, "document.getElementById('add').click()")
        wait(browser, 'viewer.panes.length === {}'.format(count))
        choose(browser, 'channel', count - 1)
    assert browser.execute_script("return document.getElementById('add').disabled")
    browser.execute_script('viewer.panes[2].volumes.moveTo(5, -20, 3)')
    places = browser.execute_script('return viewer.panes.map(p => p.volumes.crosshair())')
    np.testing.assert_allclose(places, [[5, -20, 3]] * 4, atol=1e-3)
    boxes = browser.execute_script(
        'return viewer.panes.map(p => { const b = p.shell.getBoundingClientRect();'
        ' return [b.left, b.top, b.width, b.height] })'
    )
    assert len({tuple(box[:2]) for box in boxes}) == 4
    assert max(box[2] for box in boxes) < 1.1 * min(box[2] for box in boxes)
    browser.save_screenshot(os.path.join(test_output, 'viewer_four.png'))
    assert errors(browser) == []


def test_like_this(browser, served):
    sample, url = served
    open_page(browser, url + '#layer=res_1/pool:1&view=axial')
    affine, data = sample.affines['1', 'res_1/pool:1'], sample.data['1', 'res_1/pool:1']
    browser.execute_script('viewer.moveTo({}, {}, {})'.format(*world_of(affine, [3, 4, 2])))
    loaded_after(browser, "document.getElementById('like').click()")
    one = data[3, 4, 2].astype(float)
    for place in ([3, 4, 2], [1, 2, 3], [5, 7, 4]):
        other = data[tuple(place)].astype(float)
        expected = one @ other / np.linalg.norm(one) / np.linalg.norm(other)
        browser.execute_script('viewer.moveTo({}, {}, {})'.format(*world_of(affine, place)))
        assert float(value(browser, 'map')) == pytest.approx(expected, abs=1e-5)
    wait(browser, "location.hash.includes('like=')")
    choose(browser, 'channel', 1)
    assert 'like=' not in browser.execute_script('return viewer.active.title')
    # beyond the map nothing is asked of the server
    put(browser, 'x', 500)
    browser.execute_script("document.querySelector('#place button').click()")
    browser.execute_script("document.getElementById('like').click()")
    assert 'no sample at the crosshair' in problem(browser)
    assert errors(browser) == []


def test_wide_and_tall_windows_are_filled(browser, served, test_output):
    _, url = served
    size = browser.get_window_size()
    try:
        for name, (width, height) in {'wide': (1500, 800), 'tall': (800, 1300)}.items():
            browser.set_window_size(width, height)
            open_page(browser, url + '#layer=conv_0&view=multi')
            used, drawn, largest = browser.execute_script(
                'const v = viewer.active.volumes.niivue, c = viewer.active.canvas;'
                'const t = v.screenSlices.map(s => s.leftTopWidthHeight);'
                'const span = k => Math.max(...t.map(s => s[k] + s[k + 2])) - '
                'Math.min(...t.map(s => s[k]));'
                'const used = Math.max(span(0) / c.width, span(1) / c.height);'
                'const axial = () => v.screenSlices.find(s => s.axCorSag === 0);'
                'const pixels = () => Math.abs(axial().leftTopWidthHeight[2] / axial().fovMM[0]);'
                'const drawn = pixels(), laid = v.opts.multiplanarLayout;'
                'const all = [1, 2, 3].map(k => { v.opts.multiplanarLayout = k; v.drawScene();'
                ' return pixels() });'
                'v.opts.multiplanarLayout = laid; v.drawScene();'
                'return [used, drawn, Math.max(...all)]'
            )
            assert used > 0.9, (name, used)
            # no other way to place the planes draws them larger
            assert drawn > 0.98 * largest, (name, drawn, largest)
            browser.save_screenshot(os.path.join(test_output, 'viewer_{}.png'.format(name)))
            assert not browser.execute_script(
                'return document.documentElement.scrollWidth > window.innerWidth'
            )
    finally:
        browser.set_window_size(size['width'], size['height'])


def test_the_picture_is_saved_with_title_and_bar_and_nothing_leaves_the_server(
    browser, served, tmp_path
):
    _, url = served
    open_page(browser, url + '#layer=conv_0&view=axial')
    drawn = saved_picture(browser)
    title = drawn[4:20, 10:300]
    assert (title.min(axis=-1) > 200).sum() > 30
    bar = drawn[40:-20, -85:-75]
    assert (bar[:20].mean(axis=(0, 1))[:2] > 60).all()  # yellow at the top
    asked = browser.execute_script(
        "return performance.getEntriesByType('resource').map(e => e.name)"
    )
    assert asked and all(each.startswith((url, 'blob:', 'data:')) for each in asked)
    browser.execute_cdp_cmd(
        'Browser.setDownloadBehavior', {'behavior': 'allow', 'downloadPath': str(tmp_path)}
    )
    browser.execute_script("document.getElementById('save').click()")
    path, end = tmp_path / '1_conv_0_channel_0.png', time.time() + 20
    while not path.exists() and time.time() < end:
        time.sleep(0.05)
    with Image.open(str(path)) as saved:
        given = np.asarray(saved.convert('RGB'), dtype=float)
    assert given.shape == drawn.shape and np.abs(given - drawn).mean() < 0.5
    assert errors(browser) == []


def test_runs_beside_each_other_and_labels(browser, tmp_path):
    few = [Layer('conv_0', 2, 1, 0.0)]
    first = make_sample(str(tmp_path / 'a' / 'maps'), ['1'], few, shape=SHAPE)
    second = make_sample(str(tmp_path / 'b' / 'maps'), ['1'], LAYERS[:1], shape=SHAPE)
    labels = str(tmp_path / 'atlas.nii.gz')
    atlas = np.zeros(SHAPE, np.int16)
    atlas[4:9, 5:12, 3:8] = 1035  # more labels than there are colours
    nib.save(nib.Nifti1Image(atlas, first.affine), labels)
    with serving(first.folder, second.folder, labels=labels) as url:
        open_page(browser, url + '#view=axial&regions=labels&regionsShown=true&regionsOpacity=1')
        names = "return [...document.querySelectorAll('#subject option')].map(e => e.text)"
        assert browser.execute_script(names) == ['1 (a/maps)', '1 (b/maps)']
        browser.execute_script(
            'viewer.moveTo({}, {}, {})'.format(*world_of(first.affine, [6, 8, 5]))
        )
        assert value(browser, 'segmentation') == '1035'
        inside = colour_at(browser, world_of(first.affine, [4, 6, 5]))
        assert np.ptp(inside) > 40 or inside.max() > 0
        choose(browser, 'modality', 'labels')
        assert value(browser, 'input') == '1035'
        loaded_after(browser, "document.getElementById('add').click()")
        choose(browser, 'subject', 1)
        assert browser.execute_script('return viewer.panes.map(p => p.title)') == [
            '1 (a/maps) · conv_0 · channel 0',
            '1 (b/maps) · conv_0 · channel 0',
        ]
        assert errors(browser) == []


def test_components_stand_for_the_map_in_colours(browser, tmp_path):
    sample = make_sample(str(tmp_path / 'out'), ['1'], shape=SHAPE)
    open_activations(sample.folder).components('conv_0', number=3)
    with serving(sample.folder) as url:
        open_page(browser, url + '#layer=conv_0/pca&view=axial')
        choose(browser, 'modality', 'colours:conv_0/pca')
        assert not problem(browser) and 'beneath=colours:conv_0/pca' in hash_of(browser)
        image = nib.load(
            os.path.join(sample.folder, 'activation_conv_0.pca_1_{}.nii.gz'.format(POSTFIX))
        )
        values = np.asarray(image.dataobj)
        index = [6, 12, SHAPE[2] // 2]
        browser.execute_script('viewer.moveTo({}, {}, {})'.format(*world_of(image.affine, index)))
        away = world_of(image.affine, [3, 5, index[2]])  # not under the crosshair's lines
        low = np.maximum(values.min((0, 1, 2)), values.mean((0, 1, 2)) - 2 * values.std((0, 1, 2)))
        high = np.minimum(values.max((0, 1, 2)), values.mean((0, 1, 2)) + 2 * values.std((0, 1, 2)))
        expected = 255 * np.clip((values[3, 5, index[2]] - low) / (high - low), 0, 1)
        np.testing.assert_allclose(colour_at(browser, away), expected, atol=6)
        assert float(value(browser, 'map')) == pytest.approx(values[tuple(index) + (0,)], rel=1e-4)
        assert not errors(browser)
