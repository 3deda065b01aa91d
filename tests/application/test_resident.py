# -*- coding: utf-8 -*-
"""One network for many subjects, with all that a run of each alone would write."""

import os

import nibabel as nib
import numpy as np
import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

from inference_runs import maps, read_voxels, run_activations, segmentations  # noqa: E402
from toy_runs import LAYER, image_path, make_toy  # noqa: E402

import niftynet_activations  # noqa: E402

niftynet_activations.app  # noqa: B018  registers the options

from niftynet_activations.application.resident import ResidentNetwork, Task  # noqa: E402
from niftynet_activations.errors import InputError, WriteError  # noqa: E402

TWO = {'a': (20, 23, 25), 'b': (17, 30, 21)}
WORDS = ('--activation_layers', LAYER)


@pytest.fixture(scope='module')
def toy(tmp_path_factory):
    return make_toy(tmp_path_factory.mktemp('resident') / 'toy', TWO, batch=2)


def task(toy, subject, folder, **more):
    files = {'T1': image_path(os.path.dirname(toy), subject)}
    return Task(subject, files, str(folder), str(folder), **more)


@pytest.mark.parametrize('options', [(), ('--activation_pass', 'whole'), ('--border', '0,0,0')])
def test_what_a_run_from_files_writes(toy, tmp_path, options):
    run_activations(toy, tmp_path / 'run', *(WORDS + options))
    expected = maps(tmp_path / 'run'), segmentations(tmp_path / 'run')
    before = sorted(os.listdir(os.path.join(os.path.dirname(toy), 'model')))
    with ResidentNetwork(toy, WORDS + options) as network:
        for subject in ('b', 'a', 'b'):
            made = network.run(task(toy, subject, tmp_path / subject))
            assert made.maps == [(subject, LAYER)]
            assert made.folder == str(tmp_path / subject)  # of b twice, the second over the first
        assert network.built == 1
    for subject in TWO:
        ((key, (image, info)),) = maps(tmp_path / subject).items()
        other, told = expected[0][key]
        np.testing.assert_array_equal(image.get_fdata(), other.get_fdata())
        assert info == told  # what its segmentation was made with too
        own = segmentations(tmp_path / subject)
        assert own == {name: each for name, each in expected[1].items() if name in own} != {}
        with open(str(tmp_path / subject / 'inferred.csv')) as rows:
            assert rows.read().startswith(subject + ',')
    assert sorted(os.listdir(os.path.join(os.path.dirname(toy), 'model'))) == before


def test_a_complete_subject_is_kept(toy, tmp_path):
    words = WORDS + ('--activation_existing', 'skip')
    with ResidentNetwork(toy, words) as network:
        network.run(task(toy, 'a', tmp_path))
        times = {each.name: each.stat().st_mtime_ns for each in os.scandir(str(tmp_path))}
        assert network.run(task(toy, 'a', tmp_path)).maps == [('a', LAYER)]
        names = [name for name in times if name.endswith('.nii.gz')]
        assert len(names) == 2
        assert {name: os.stat(str(tmp_path / name)).st_mtime_ns for name in names} == {
            name: times[name] for name in names
        }


def test_a_subject_that_fails_does_not_harm_the_next(toy, tmp_path):
    with ResidentNetwork(toy, WORDS) as network:
        network.run(task(toy, 'a', tmp_path / 'first'))
        broken = str(tmp_path / 'broken.nii')
        nib.save(nib.Nifti1Image(np.zeros(TWO['a'], np.float32), np.eye(4)), broken)
        os.truncate(broken, 4000)
        bad = Task('x', {'T1': broken}, str(tmp_path / 'bad'), str(tmp_path / 'bad'))
        with pytest.raises(InputError, match="^'.*broken.nii' cannot be read"):
            network.run(bad)
        assert not [name for name in os.listdir(str(tmp_path / 'bad')) if 'activation_' in name]
        (tmp_path / 'file').write_text('')
        with pytest.raises(WriteError):
            network.run(task(toy, 'a', tmp_path / 'file' / 'below'))
        network.run(task(toy, 'a', tmp_path / 'again'))
        assert network.built == 1
    one, other = (
        read_voxels(next(iter((tmp_path / each).glob('activation_*.nii.gz'))))
        for each in ('first', 'again')
    )
    np.testing.assert_array_equal(one, other)


def test_no_layer_is_niftynet_alone(toy, tmp_path):
    run_activations(toy, tmp_path / 'run', '--activation_layers', 'none')
    with ResidentNetwork(toy, ['--activation_layers', 'none']) as network:
        assert network.run(task(toy, 'a', tmp_path / 'a')).maps == []
    own = segmentations(tmp_path / 'a')
    assert own == {name: segmentations(tmp_path / 'run')[name] for name in own} != {}
