# -*- coding: utf-8 -*-
"""
``activation_mask`` on real NiftyNet: samples are kept by the nearest voxel of the mask, found here
by a search among all voxels; windows that no kept sample needs are not computed.
"""

import os

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

import nibabel as nib  # noqa: E402
import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
from inference_runs import maps, run_activations, segmentations  # noqa: E402
from scipy.spatial import cKDTree  # noqa: E402
from toy_runs import AFFINE, LAYER, change_config, make_toy  # noqa: E402

from niftynet_activations import open_activations  # noqa: E402
from niftynet_activations.errors import GeometryError, OptionError  # noqa: E402
from niftynet_activations.extraction import extract  # noqa: E402
from niftynet_activations.running.run import ActivationRun  # noqa: E402
from niftynet_activations.whole_pass.networks import StageNetwork  # noqa: E402

SHAPES = {'a': (37, 25, 23), 'b': (21, 18, 45)}
MASK = ('--activation_layers', LAYER, '--activation_mask', 'lesion')
NONE = ('--activation_segmentation', 'none')
WHOLE = ('--activation_pass', 'whole')
TURNED = np.array(
    [[0, 1.613, 0.317, -28.21], [1.437, 0, 0, -22.13], [0, -0.209, 1.901, 3.07], [0, 0, 0, 1]]
)


def make_masks(folder):
    """One voxel apart from the image's, on a turned grid; a box at a corner, NaN beside it."""
    for subject in SHAPES:
        values = np.zeros((30, 44, 28), np.float32)
        values[11:17, 9:15, 2:7] = 3
        values[17:19, 9:15, 2:7] = np.nan
        path = os.path.join(str(folder), subject + '_lesion.nii.gz')
        nib.save(nib.Nifti1Image(values, TURNED), path)


@pytest.fixture(scope='module')
def toy(tmp_path_factory):
    folder = tmp_path_factory.mktemp('mask') / 'toy'
    config = make_toy(folder, SHAPES)
    make_masks(folder / 'data')
    section = dict(
        path_to_search=str(folder / 'data'),
        filename_contains='lesion',
        filename_removefromid='_lesion',
        spatial_window_size='(12, 14, 16)',
    )
    return folder, change_config(config, {'lesion': section})


@pytest.fixture(scope='module')
def unmasked(toy, tmp_path_factory):
    """Options of a run -> its folder and maps, without the mask."""
    found = {}

    def run(*options):
        options = tuple(each for each in options if each not in ('--activation_dtype', 'int16'))
        if options not in found:
            folder = tmp_path_factory.mktemp('unmasked')
            run_activations(toy[1], folder, '--activation_layers', LAYER, *options)
            found[options] = folder, maps(folder)
        return found[options]

    return run


def kept_samples(folder, subject, affine, shape):
    """By a search among the centres of all voxels of the mask."""
    mask = nib.load(str(folder / 'data' / (subject + '_lesion.nii.gz')))
    tree = cKDTree(np.indices(mask.shape).reshape(3, -1).T)
    index = np.indices(shape).reshape(3, -1).T
    in_mask = np.linalg.inv(mask.affine) @ affine
    _, nearest = tree.query(index @ in_mask[:3, :3].T + in_mask[:3, 3])
    values = np.nan_to_num(np.asarray(mask.dataobj)).reshape(-1)
    return (values[nearest] != 0).reshape(shape)


def check(toy, folder, expected):
    found = maps(folder)
    assert sorted(found) == sorted(expected) and len(found) == 2
    for (subject, layer), (image, info) in found.items():
        whole = np.asanyarray(expected[subject, layer][0].dataobj)
        kept = kept_samples(toy[0], subject, image.affine, whole.shape[:3])
        assert 0 < kept.mean() < 0.5
        values = np.asanyarray(image.dataobj)
        if info['dtype'] == 'float32':
            np.testing.assert_allclose(values[kept], whole[kept], rtol=1e-5, atol=1e-6)
            assert np.isnan(values[~kept]).all()
        else:
            assert np.abs(values[kept] - whole[kept]).max() <= info['error_bound'] + 1e-6
            np.testing.assert_allclose(values[~kept], info['missing_value'], rtol=1e-6)
        assert info['missing'] == (~kept).sum() * whole.shape[3] and info['nan'] == 0
        assert info['exact'] == expected[subject, layer][1]['exact']


@pytest.fixture
def windows(monkeypatch):
    """Windows that came to the run, and those that stages of a whole pass computed."""
    seen = []
    add, run = ActivationRun.add_window, StageNetwork.run

    def added(self, image_id, start, values):
        seen.append((image_id, start))
        add(self, image_id, start, values)

    def computed(self, outputs, fed):
        seen.append('stage')
        return run(self, outputs, fed)

    monkeypatch.setattr(ActivationRun, 'add_window', added)
    monkeypatch.setattr(StageNetwork, 'run', computed)
    return seen


@pytest.mark.parametrize(
    'options, segmentation',
    [
        ((), ()),
        ((), NONE),
        (('--activation_stitch', 'average'), NONE),
        (('--activation_dtype', 'int16'), NONE),
        (('--activation_resolution', 'input'), NONE),
        (WHOLE, ()),
        (WHOLE + ('--activation_resolution', 'input'), NONE),
    ],
)
def test_samples_outside_are_missing(toy, unmasked, windows, tmp_path, options, segmentation):
    unmasked(*options)
    del windows[:]
    run_activations(toy[1], tmp_path, *MASK, *options, *segmentation)
    plain, expected = unmasked(*options)
    check(toy, tmp_path, expected)
    if not segmentation:
        assert segmentations(tmp_path) == segmentations(plain)
    if WHOLE[1] not in options:
        every = sum(info['windows'] for _, info in expected.values())
        assert (len(set(windows)) < 0.6 * every) == bool(segmentation)


@pytest.mark.parametrize('batch', ['5'])
def test_batches_are_filled_again(toy, unmasked, windows, tmp_path, batch):
    unmasked(*WHOLE)
    del windows[:]
    words = ('--batch_size', batch, '--activation_grid', 'aligned', '--border', '3')
    words += ('--smaller_final_batch_mode', 'drop')
    run_activations(toy[1], tmp_path, *MASK, *NONE, *words)
    check(toy, tmp_path, unmasked(*WHOLE)[1])
    assert 0 < len(set(windows)) < 30


def test_a_whole_pass_computes_what_is_needed(toy, unmasked, windows, tmp_path, monkeypatch):
    from niftynet_activations.application import whole

    monkeypatch.setattr(whole, 'OVERHEAD', 0)
    plan = whole.WholePasses.plan
    monkeypatch.setattr(
        whole.WholePasses, 'plan', lambda self, keys, ids, limit: plan(self, keys, ids, 1 << 20)
    )
    unmasked(*WHOLE)
    del windows[:]
    run_activations(toy[1], tmp_path / 'all', '--activation_layers', LAYER, *WHOLE, *NONE)
    every = len(windows)
    del windows[:]
    run_activations(toy[1], tmp_path / 'masked', *MASK, *WHOLE, *NONE)
    assert 0 < len(windows) < 0.8 * every
    check(toy, tmp_path / 'masked', unmasked(*WHOLE)[1])


def test_tables_leave_out_what_is_missing(toy, tmp_path):
    run_activations(toy[1], tmp_path, *MASK, '--activation_tables', 'segmentation')
    table = pd.read_csv(str(tmp_path / 'activation_table_x.csv'))
    for (subject, layer), (image, _) in maps(tmp_path).items():
        values = np.asanyarray(image.dataobj)
        kept = ~np.isnan(values[..., 0])
        rows = table[(table.subject == subject) & (table.layer == layer) & (table.channel == 2)]
        assert rows.voxels.sum() <= kept.sum()
        mean = (rows['mean'] * rows.voxels).sum() / rows.voxels.sum()
        assert values[kept][:, 2].min() <= mean <= values[kept][:, 2].max()


def test_another_mask_is_another_map(toy, tmp_path):
    options = dict(layers=LAYER, mask='lesion', segmentation='none', existing='skip')
    extract(toy[1], dir=tmp_path, **options)
    path = toy[0] / 'data' / 'a_lesion.nii.gz'
    before = path.read_bytes()
    times = [os.stat(str(each)).st_mtime_ns for each in sorted(tmp_path.glob('activation_*.json'))]
    try:
        nib.save(nib.Nifti1Image(np.ones((9, 9, 9), np.uint8), AFFINE * 3), str(path))
        extract(toy[1], dir=tmp_path, **options)
    finally:
        path.write_bytes(before)
    after = [os.stat(str(each)).st_mtime_ns for each in sorted(tmp_path.glob('activation_*.json'))]
    assert after[0] != times[0] and after[1] == times[1]
    assert open_activations(tmp_path)['a', LAYER].info['missing'] == 0


def test_an_empty_mask_leaves_nothing(toy, tmp_path):
    path = toy[0] / 'data' / 'a_lesion.nii.gz'
    before = path.read_bytes()
    try:
        nib.save(nib.Nifti1Image(np.zeros((30, 44, 28), np.uint8), TURNED), str(path))
        for number, way in enumerate(((), WHOLE)):
            folder = tmp_path / str(number)
            run_activations(toy[1], folder, *MASK, *NONE, *way)
            image, info = maps(folder)['a', LAYER]
            assert np.isnan(np.asanyarray(image.dataobj)).all()
            assert info['missing'] == np.prod(info['shape'])
    finally:
        path.write_bytes(before)


def test_what_is_no_mask_is_refused(toy, tmp_path):
    words = ('--activation_layers', LAYER, '--activation_mask')
    with pytest.raises(OptionError, match="activation_mask = 'brain': expected an input section"):
        run_activations(toy[1], tmp_path, *words, 'brain')
    path = toy[0] / 'data' / 'b_lesion.nii.gz'
    before = path.read_bytes()
    far = TURNED.copy()
    far[:3, 3] += 500
    try:
        nib.save(nib.Nifti1Image(np.ones((9, 9, 9), np.uint8), far), str(path))
        with pytest.raises(GeometryError, match='does not overlap layer'):
            run_activations(toy[1], tmp_path, *words, 'lesion', *NONE)
    finally:
        path.write_bytes(before)
