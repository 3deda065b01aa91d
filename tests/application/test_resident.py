# -*- coding: utf-8 -*-
"""One network for many subjects: the maps of a run of each alone, whatever was known before."""

import os

import nibabel as nib
import numpy as np
import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

from inference_runs import maps, run_activations  # noqa: E402
from toy_runs import LAYER, change_config, image_path, make_toy  # noqa: E402

import niftynet_activations  # noqa: E402

niftynet_activations.app  # noqa: B018  registers the options

from niftynet_activations.application import built_network  # noqa: E402
from niftynet_activations.application.resident import ResidentNetwork, Task  # noqa: E402
from niftynet_activations.errors import InputError  # noqa: E402

TWO = {'a': (20, 23, 25), 'b': (17, 30, 21), 'c': (20, 23, 25)}
WORDS = ('--activation_layers', LAYER, '--activation_segmentation', 'none')


@pytest.fixture(scope='module')
def toy(tmp_path_factory):
    return make_toy(tmp_path_factory.mktemp('resident') / 'toy', TWO, batch=2)


def task(toy, subject, **more):
    return Task(subject, {'T1': image_path(os.path.dirname(toy), subject)}, **more)


@pytest.mark.parametrize('options', [(), ('--activation_pass', 'whole'), ('--border', '0,0,0')])
def test_what_a_run_from_files_writes(toy, tmp_path, options):
    run_activations(toy, tmp_path / 'run', *(WORDS + options))
    expected = maps(tmp_path / 'run')
    before = sorted(os.listdir(os.path.join(os.path.dirname(toy), 'model')))
    with ResidentNetwork(toy, WORDS + options) as network:
        for subject in 'bacca':
            (made,) = network.run(task(toy, subject))
            assert (made.spec.subject, made.spec.layer) == (subject, LAYER)
            image, _ = expected[subject, LAYER]
            np.testing.assert_array_equal(made.values, image.get_fdata())
        assert network.built == 1
    assert sorted(os.listdir(os.path.join(os.path.dirname(toy), 'model'))) == before


def test_images_of_the_same_headers_are_planned_once(toy, tmp_path, monkeypatch):
    planned = []
    plan = built_network.BuiltNetwork._plan
    monkeypatch.setattr(
        built_network.BuiltNetwork, '_plan', lambda *given: planned.append(1) or plan(*given)
    )
    image = nib.load(image_path(os.path.dirname(toy), 'a'))
    moved = str(tmp_path / 'moved.nii')
    nib.save(nib.Nifti1Image(image.get_fdata(), image.affine + np.eye(4, k=3)), moved)
    with ResidentNetwork(toy, WORDS) as network:
        for subject, expected in (('a', 1), ('c', 1), ('a', 1), ('b', 2), ('a', 3)):
            network.run(task(toy, subject))
            assert len(planned) == expected, subject
        (other,) = network.run(Task('m', {'T1': moved}))
        (one,) = network.run(task(toy, 'a'))
        assert len(planned) == 5
        difference = np.asarray(other.spec.place.affine) - np.asarray(one.spec.place.affine)
        np.testing.assert_allclose(difference, np.eye(4, k=3), atol=1e-5)
        network.run(task(toy, 'a', layers='conv_*'))
        assert len(planned) == 6  # other layers


@pytest.mark.parametrize('same', [True, False])
def test_a_subject_that_fails_does_not_harm_the_next(toy, tmp_path, same):
    """Its numbers are cut short, with the headers of the one before or with others."""
    image = nib.load(image_path(os.path.dirname(toy), 'a'))
    broken = str(tmp_path / 'broken.nii')
    nib.save(nib.Nifti1Image(image.get_fdata(dtype='f4'), image.affine + (not same)), broken)
    os.truncate(broken, 4000)
    with ResidentNetwork(toy, WORDS) as network:
        (first,) = network.run(task(toy, 'a'))
        with pytest.raises(InputError, match="^'.*broken.nii' cannot be read"):
            network.run(Task('x', {'T1': broken}))
        (again,) = network.run(task(toy, 'a'))
        assert network.built == 1
    np.testing.assert_array_equal(again.values, first.values)


def test_histograms_are_those_of_the_first_run(tmp_path):
    """NiftyNet learns them once and keeps them in a file; the network that stays does too."""
    config = make_toy(tmp_path / 'toy', TWO, batch=2)
    change_config(
        config,
        {
            'NETWORK': {
                'normalisation': 'True',
                'histogram_ref_file': str(tmp_path / 'landmarks.txt'),
                'norm_type': 'percentile',
                'cutoff': '(0.01, 0.99)',
            }
        },
    )
    with ResidentNetwork(config, WORDS) as network:
        network.run(task(config, 'a'))  # learns, and writes rounded numbers
        found = [network.run(task(config, subject))[0].values for subject in 'aca']
    run_activations(config, tmp_path / 'run', *WORDS)
    expected = maps(tmp_path / 'run')
    for subject, values in zip('aca', found):
        np.testing.assert_array_equal(values, expected[subject, LAYER][0].get_fdata())
