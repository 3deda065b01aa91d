# -*- coding: utf-8 -*-
"""The table of stitch modes: an unknown one is an error everywhere, a new one a few lines."""

import threading

import nibabel as nib
import numpy as np
import pytest

from niftynet_activations.errors import OptionError
from niftynet_activations.options import parse_options
from niftynet_activations.space.boxes import place_of
from niftynet_activations.space.lattice import inside_image
from niftynet_activations.stitching import stitcher
from niftynet_activations.stitching.axis_plan import StitchPlan, take
from niftynet_activations.stitching.blend import Average, Gaussian
from niftynet_activations.stitching.contract import Task
from niftynet_activations.stitching.crop import Crop, CropAxisPlan
from niftynet_activations.stitching.gather import Gathered, InFile
from niftynet_activations.stitching.summing import AllWindowsPlan


class LowestAxisPlan(CropAxisPlan):
    """A toy: each sample is taken from the window that starts lowest."""

    def taken(self, distances):
        return super(LowestAxisPlan, self).taken(np.where(distances > -np.inf, 0, distances))


class Lowest(Crop):
    """The toy's mode, which writes at once."""

    axis_plan = LowestAxisPlan


class Largest(InFile):
    """Another toy, of values above 0: a sample is the largest value that any window gives."""

    axis_plan = AllWindowsPlan
    lock = threading.Lock()

    def add(self, start, values):
        for box, runs in self._task.plan.placements(start):
            with self.lock:
                part = self._values[place_of(box)]
                np.maximum(part, take(values, runs), out=part)


@pytest.fixture
def toy_modes(monkeypatch):
    monkeypatch.setitem(stitcher.MODES, 'lowest', Lowest)
    monkeypatch.setitem(stitcher.MODES, 'largest', Largest)


def test_the_modes_are_those_of_the_option():
    assert list(stitcher.MODES) == ['crop', 'average', 'gaussian']
    for name in stitcher.MODES:
        assert parse_options({'activation_stitch': name}).stitch == name


@pytest.mark.parametrize('name', ['lowest', 'Crop', ''])
def test_an_unknown_mode_is_an_error_everywhere(name):
    task = Task(StitchPlan([]), 1, print, 'nowhere')
    for use in (
        lambda: stitcher.mode_of(name),
        lambda: stitcher.make_stitcher(name, task),
        lambda: stitcher.scratch_samples(name, (5, 7, 11), 1, False),
        lambda: parse_options({'activation_stitch': name}),
    ):
        with pytest.raises(OptionError, match='activation_stitch .*crop, average, gaussian'):
            use()


def test_a_mode_that_writes_at_once_is_gathered_for_another_grid(tmp_path, toy_modes):
    plan = StitchPlan([LowestAxisPlan(inside_image(1, 0, 5, 0), [0, 1], 4, 4, 5)] * 3)
    scratch = str(tmp_path / 'scratch')
    task = Task(plan, 2, print, scratch)
    assert type(stitcher.make_stitcher('lowest', task)) is Lowest
    gathered = stitcher.make_stitcher('lowest', task._replace(grid=object()))
    assert type(gathered) is Gathered and not gathered.in_order
    assert type(stitcher.make_stitcher('gaussian', task._replace(grid=object()))) is Gaussian
    assert type(stitcher.make_stitcher('average', task)) is Average


def test_what_waits_in_scratch_files(toy_modes):
    samples = 5 * 7 * 11
    for name, expected in (
        ('crop', (0, 3)),
        ('average', (4, 4)),
        ('gaussian', (4, 4)),
        ('lowest', (0, 3)),
        ('largest', (3, 3)),
    ):
        found = [
            stitcher.scratch_samples(name, (5, 7, 11), 3, elsewhere) for elsewhere in (False, True)
        ]
        assert found == [samples * each for each in expected], name


@pytest.mark.slow
@pytest.mark.parametrize('mode', ['lowest', 'largest'])
def test_a_toy_mode_stitches_a_real_run(mode, tmp_path, monkeypatch, toy_modes):
    pytest.importorskip('niftynet')
    from inference_runs import run_activations
    from toy_runs import LAYER, make_toy

    from niftynet_activations.running.run import ActivationRun

    windows = {}
    add = ActivationRun.add_window

    def note(run, image_id, start, values):
        windows[start] = values['activation_0'].copy()
        add(run, image_id, start, values)

    monkeypatch.setattr(ActivationRun, 'add_window', note)
    shape = (17, 19, 23)
    config = make_toy(tmp_path / 'toy', {'a': shape})
    words = ['--activation_layers', LAYER, '--activation_format', 'nii']
    words += ['--activation_tables', 'segmentation', '--activation_report', 'True']
    run_activations(config, tmp_path / 'out', *words + ['--activation_stitch', mode])
    found = nib.load(str(tmp_path / 'out' / 'activation_{}_a_x.nii'.format(LAYER)))
    # the volume is padded by 2; windows of 12, 14 and 16 give a value for each of their voxels
    padded = np.full([size + 4 for size in shape] + [10], -np.inf, np.float32)
    assert len(windows) > 8
    for start in sorted(windows, reverse=True):
        there = tuple(slice(at, at + size) for at, size in zip(start, (12, 14, 16)))
        if mode == 'lowest':
            padded[there] = windows[start]
        else:
            padded[there] = np.maximum(padded[there], windows[start])
    expected = padded[2:-2, 2:-2, 2:-2]
    np.testing.assert_array_equal(found.get_fdata(dtype=np.float32), expected)
    look_at(tmp_path / 'out', LAYER, mode, expected)


def look_at(folder, layer, mode, expected):
    """The map as it is opened, tabled, reported and viewed."""
    import pandas as pd
    from served import channel_of, served, values_of

    from niftynet_activations import open_activations

    one = open_activations(str(folder))['a', layer]
    assert one.info['stitch'] == mode
    np.testing.assert_array_equal(one.data, expected)
    table = pd.read_csv(str(folder / 'activation_table_x.csv'))
    rows = table[(table['layer'] == layer) & (table['channel'] == 3)]
    total = (rows['mean'] * rows['voxels']).sum()
    assert rows['voxels'].sum() == expected[..., 3].size
    np.testing.assert_allclose(total, expected[..., 3].sum(dtype=np.float64), rtol=1e-5)
    assert layer in (folder / 'report.html').read_text(encoding='utf-8')
    with served(str(folder)) as server:
        np.testing.assert_array_equal(channel_of(server, 'a', layer, 3), expected[..., 3])
        place = one.affine[:3, :3] @ [5, 6, 7] + one.affine[:3, 3]
        found = values_of(server, 'a', layer, place)
        np.testing.assert_allclose(found, expected[5, 6, 7], rtol=1e-6)
