# -*- coding: utf-8 -*-
"""Bases fitted slab by slab beside scikit-learn on all samples in memory."""

import nibabel as nib
import numpy as np
import pytest
import sklearn
from missing_samples import with_missing_samples
from sample_folder import Layer, make_sample
from sklearn.cluster import MiniBatchKMeans
from sklearn.decomposition import PCA

from niftynet_activations import open_activations
from niftynet_activations.errors import OptionError
from niftynet_activations.looking.answers import fitting, voxel_blocks
from niftynet_activations.looking.answers.fitting import cohort_of, fit

LAYERS = (Layer('relu', 6, 1, 0.0), Layer('conv/bn:1', 5, 2, 0.5), Layer('logits', 3, 1, 0.0))
SHAPE = (7, 9, 11)
OLD = tuple(int(each) for each in sklearn.__version__.split('.')[:2]) < (1, 1)


@pytest.fixture(scope='module')
def folder(tmp_path_factory):
    sample = make_sample(
        str(tmp_path_factory.mktemp('fitting') / 'maps'),
        layers=LAYERS,
        file_format='nii',
        shape=SHAPE,
    )
    with_missing_samples(sample.folder, 'relu', '1_b')
    make_positive(open_activations(sample.folder))
    return sample.folder


@pytest.fixture(autouse=True)
def small_slabs(monkeypatch):
    """Four planes of the six channels at a time."""
    slab = 4 * SHAPE[0] * SHAPE[1] * 6 * 4
    monkeypatch.setattr(voxel_blocks.blocks_of, '__defaults__', (slab,))


def make_positive(maps):
    for one in maps.values():
        if one.layer == 'relu':
            image = nib.load(one.files[0])
            values = np.abs(np.asarray(image.dataobj))
            nib.save(nib.Nifti1Image(values, image.affine, image.header), one.files[0])


def slabs_in_memory(maps, layer, planes):
    """The complete samples, by nibabel alone, in slabs of so many planes."""
    found = []
    for one in maps.values():
        if one.layer != layer:
            continue
        values = np.asarray(nib.load(one.files[0]).dataobj, np.float64)
        for first in range(0, values.shape[2], planes):
            part = values[:, :, first : first + planes].reshape(-1, values.shape[3], order='F')
            found.append(part[np.isfinite(part).all(axis=1)])
    return [part for part in found if len(part)]


@pytest.mark.parametrize('layer, number', [('relu', 6), ('relu', 2), ('conv/bn:1', 3)])
def test_principal_components_are_those_of_all_samples_in_memory(folder, layer, number):
    maps = open_activations(folder)
    rows = np.concatenate(slabs_in_memory(maps, layer, 99))
    expected = PCA(number, svd_solver='full').fit(rows)
    basis = fit(cohort_of(maps, layer), number)
    assert basis.samples == len(rows) and basis.subjects == ('1', '1_b')
    np.testing.assert_allclose(basis.explained, expected.explained_variance_ratio_, atol=1e-9)
    np.testing.assert_allclose(basis.mean, rows.mean(axis=0), atol=1e-9)
    for ours, theirs in zip(basis.components, expected.components_):
        assert abs(ours @ theirs) == pytest.approx(1.0, abs=1e-7)
        assert ours[np.abs(ours).argmax()] > 0


def started_from(rows, model):
    """What the model is after the random choice that a fit starts from."""
    random = np.random.RandomState(0)
    there = random.uniform(size=len(rows)) < 500 / (2.0 * np.prod(SHAPE))
    some = rows[there]
    return model.fit(some[random.permutation(len(some))])


def test_clusters_are_those_of_the_same_batches_in_memory(folder, monkeypatch):
    monkeypatch.setattr(fitting, 'START_SAMPLES', 500)
    maps = open_activations(folder)
    slabs = slabs_in_memory(maps, 'relu', 4)
    rows = np.concatenate(slabs)
    model = started_from(rows, MiniBatchKMeans(4, n_init=3, random_state=0))
    for slab in slabs:
        model.partial_fit(slab)
    centres = model.cluster_centers_[np.argsort((model.cluster_centers_**2).sum(axis=1))]
    basis = fit(cohort_of(maps, 'relu'), 4, 'kmeans')
    np.testing.assert_allclose(basis.components, centres, atol=1e-6)
    rest = ((rows[:, np.newaxis] - centres) ** 2).sum(axis=2).min(axis=1).sum()
    whole = ((rows - rows.mean(axis=0)) ** 2).sum()
    assert basis.explained == pytest.approx((1 - rest / whole,), abs=1e-6)


@pytest.mark.skipif(OLD, reason='this scikit-learn has no MiniBatchNMF')
@pytest.mark.parametrize('most', [1e9, 400.0])
def test_factors_are_those_of_the_same_batches_in_memory(folder, monkeypatch, most):
    from sklearn.decomposition import MiniBatchNMF

    monkeypatch.setattr(fitting, 'START_SAMPLES', 500)
    maps = open_activations(folder)
    slabs = slabs_in_memory(maps, 'relu', 4)
    rows = np.concatenate(slabs)
    model = started_from(rows, MiniBatchNMF(2, init='nndsvda', random_state=0))
    monkeypatch.setitem(fitting.MOST_SAMPLES, 'nmf', most)
    random, share = np.random.RandomState(1), most / (2.0 * np.prod(SHAPE))
    for slab in slabs:
        model.partial_fit(slab if share > 1 else slab[random.uniform(size=len(slab)) < share])
    basis = fit(cohort_of(maps, 'relu'), 2, 'nmf')
    np.testing.assert_allclose(basis.components, model.components_, atol=1e-6)
    assert 0.5 < basis.explained[0] < 1


@pytest.mark.skipif(not OLD, reason='this scikit-learn has MiniBatchNMF')
def test_factors_are_refused_where_scikit_learn_is_old(folder):
    with pytest.raises(OptionError, match='needs scikit-learn 1.1 or newer, and here is 1.0'):
        fit(cohort_of(open_activations(folder), 'relu'), 2, 'nmf')


@pytest.mark.parametrize(
    'layer, number, method, told',
    [
        ('logits', 4, 'pca', "number 4: layer 'logits' has 3 channels"),
        ('logits', 4, 'nmf', "number 4: layer 'logits' has 3 channels"),
        ('logits', 0, 'kmeans', 'number 0: expected 1 or more'),
        ('relu', 2, 'ica', "'ica': expected one of pca, nmf, kmeans"),
        ('relu', 5000, 'kmeans', 'samples have all channels, too few for 5000'),
        ('nowhere', 2, 'pca', "layer 'nowhere': .* it has relu, conv/bn:1, logits"),
    ],
)
def test_what_cannot_be_fitted_is_told(folder, layer, number, method, told):
    with pytest.raises(OptionError, match=told):
        fit(cohort_of(open_activations(folder), layer), number, method)


@pytest.mark.skipif(OLD, reason='this scikit-learn has no MiniBatchNMF')
def test_negative_values_are_refused_by_factors_alone(folder):
    cohort = cohort_of(open_activations(folder), 'logits')
    with pytest.raises(OptionError, match="layer 'logits' has negative values .* pca or kmeans"):
        fit(cohort, 2, 'nmf')
    assert len(fit(cohort, 2, 'kmeans').components) == 2


def test_other_channels_of_another_subject_are_told(folder, monkeypatch):
    maps = open_activations(folder)
    assert maps['1_b', 'relu'].info['channels'] == list(range(6))  # read once, and kept
    monkeypatch.setitem(maps['1_b', 'relu']._info, 'channels', [0, 1, 2, 3, 4, 6])
    with pytest.raises(OptionError, match="other channels for subject '1_b' than for '1'"):
        cohort_of(maps, 'relu')


def test_a_layer_of_one_value_explains_nothing(folder, tmp_path):
    sample = make_sample(str(tmp_path / 'maps'), ['a'], LAYERS[:1], file_format='nii', shape=SHAPE)
    (one,) = open_activations(sample.folder).values()
    image = nib.load(one.files[0])
    nib.save(nib.Nifti1Image(np.ones(image.shape, np.float32), image.affine), one.files[0])
    basis = fit(cohort_of(open_activations(sample.folder), 'relu'), 2)
    assert np.isnan(basis.explained).all() and np.isfinite(basis.components).all()
