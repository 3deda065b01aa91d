# -*- coding: utf-8 -*-
"""Component maps beside the same arithmetic in memory, and in what opens their folder."""

import os

import nibabel as nib
import numpy as np
import pytest
from missing_samples import with_missing_samples
from sample_folder import Layer, make_sample
from sklearn.decomposition import PCA

from niftynet_activations import open_activations
from niftynet_activations.command_line import main
from niftynet_activations.errors import OptionError
from niftynet_activations.looking.answers.components import components
from niftynet_activations.looking.report.page import write_report
from niftynet_activations.looking.viewer.exhibits import Exhibits
from niftynet_activations.space.place import place_of_affine
from niftynet_activations.store.basis import load_basis
from niftynet_activations.store.description import MapDescription
from niftynet_activations.store.folder import OutputFolder
from niftynet_activations.store.spec import MapSpec
from niftynet_activations.store.tables import read_rows
from niftynet_activations.store.writer import MapWriter

LAYERS = (Layer('conv/bn:1', 5, 2, 0.5), Layer('logits', 3, 1, 0.0))
SHAPE = (10, 12, 14)


def sample(path, form='4d', **options):
    options = dict(dict(layers=LAYERS, shape=SHAPE), **options)
    return make_sample(str(path / 'maps'), form=form, **options)


@pytest.fixture(scope='module')
def made(tmp_path_factory):
    """A folder of plain NIfTI, in which samples are missing, with its first component maps."""
    one = sample(tmp_path_factory.mktemp('components'), file_format='nii')
    missing = with_missing_samples(one.folder, 'logits', '1_b')
    values = {key: np.array(each.data) for key, each in open_activations(one.folder).items()}
    maps = open_activations(one.folder).components('logits', number=2)
    return one, maps, values, missing


def test_component_maps_are_the_coordinates_of_the_samples(made):
    one, maps, values, missing = made
    assert list(maps) == [('1', 'logits/pca'), ('1_b', 'logits/pca')]
    rows = [values[subject, 'logits'].reshape(-1, 3) for subject in ('1', '1_b')]
    known = [np.isfinite(each).all(axis=1) for each in rows]
    model = PCA(2, svd_solver='full')
    model.fit(np.concatenate([a[b] for a, b in zip(rows, known)]).astype(np.float64))
    turn = np.sign(model.components_[range(2), np.abs(model.components_).argmax(axis=1)])
    for place, found in enumerate(maps.values()):
        data = np.array(found.data).reshape(-1, 2)
        expected = model.transform(rows[place][known[place]].astype(np.float64)) * turn
        np.testing.assert_allclose(data[known[place]], expected, atol=1e-4)
        assert np.isnan(data[~known[place]]).all()
        np.testing.assert_allclose(found.affine, one.affines[found.subject, 'logits'])
    np.testing.assert_array_equal(np.isnan(maps['1_b', 'logits/pca'].data[..., 1]), missing)


def test_sidecars_rows_and_basis(made):
    one, maps, _, missing = made
    info, source = (
        maps['1_b', 'logits/pca'].info,
        open_activations(one.folder)['1_b', 'logits'].info,
    )
    assert info['missing'] == 2 * missing.sum() and info['nan'] == 0
    for key in ('exact', 'stride', 'network', 'tensor', 'source_images', 'receptive_field'):
        assert info[key] == source[key]
    told = info['components']
    assert told['basis'] == 'components_logits_pca.npz' and told['number'] == 2
    assert (info['reduce'], info['channels'], told['channels']) == ('pca', [0, 1], [0, 1, 2])
    basis = load_basis(os.path.join(one.folder, told['basis']))
    assert basis.digest == told['digest'] and list(basis.explained) == told['explained']
    rows = read_rows(os.path.join(one.folder, 'activations.csv'))
    (row,) = [each for each in rows if each['file'].startswith('activation_logits.pca_1_b_')]
    assert (row['layer'], row['channels'], row['exact']) == ('logits/pca', '2', 'true')


def test_what_opens_a_folder_opens_component_maps(made):
    one, maps, _, _ = made
    opened = open_activations(one.folder)
    assert 'logits/pca' in opened.layers
    labels = nib.Nifti1Image(one.labels['1'], one.affine)
    assert 'logits/pca' in set(opened.table({'1': labels})['layer'])
    assert 'logits/pca|1|mean' in opened.features().columns
    assert len(Exhibits([opened]).catalogue()['subjects'][0]['maps']) == 3


def test_the_report_has_a_picture_in_colours(tmp_path):
    one = sample(tmp_path, subjects=['1'], layers=LAYERS[1:])
    open_activations(one.folder).components('logits')
    with open(write_report(one.folder), encoding='utf-8') as page:
        text = page.read()
    assert text.count('of the components of logits/pca in colours') == 1
    assert 'Components: red 0, green 1, blue 2; ' in text


@pytest.mark.parametrize('form', ['zarr', '5d', 'split'])
def test_a_basis_of_another_folder_and_every_form_of_files(made, form, tmp_path):
    one, maps, _, _ = made
    other = sample(tmp_path, form, subjects=['1'])
    path = os.path.join(one.folder, 'components_logits_pca.npz')
    (basis,), found = components(open_activations(other.folder), basis=path)
    np.testing.assert_allclose(
        np.array(found['1', 'logits/pca'].data), np.array(maps['1', 'logits/pca'].data), atol=1e-5
    )
    info = found['1', 'logits/pca'].info
    assert info['components']['basis'] == path and basis.samples > 1680
    names = [name for name in os.listdir(other.folder) if name.startswith('activation_logits.pca')]
    endings = {'zarr': ['.zarr'], '5d': ['.nii.gz'], 'split': ['_c0.nii.gz', '_c1.nii.gz']}
    stem = 'activation_logits.pca_1__niftynet_out'
    assert sorted(names) == sorted([stem + each for each in endings[form]] + [stem + '.json'])
    assert len(info['shape']) == {'zarr': 4, '5d': 5, 'split': 3}[form]


def integer_map(folder, dtype):
    """Write a map of integers whose first planes are missing."""
    random = np.random.RandomState(1)
    values = random.normal(size=(6, 7, 8, 4)).astype(np.float32)
    place = place_of_affine(np.diag([1.0, 2.0, 3.0, 1.0]))
    spec = MapSpec('1', 'conv', 'x', (6, 7, 8), (0, 1, 2, 3), place, 'nii', dtype=dtype)
    with OutputFolder(str(folder)) as output:
        writer = MapWriter(output, spec)
        writer.fill_missing((0, 0, 0), (6, 7, 3))
        writer.write((0, 0, 3), values[:, :, 3:])
        writer.finish(MapDescription(reduce='none'))
    return values[:, :, 3:].reshape(-1, 4)


@pytest.mark.parametrize('dtype, rounding', [('int16', 1e-3), ('uint8', 0.1)])
def test_maps_of_integers(tmp_path, dtype, rounding):
    true = integer_map(tmp_path, dtype)
    maps = open_activations(str(tmp_path))
    found = maps.components('conv', number=2)['1', 'conv/pca']
    read = np.asarray(maps['1', 'conv'].data)[:, :, 3:].reshape(-1, 4).astype(np.float64)
    model = PCA(2, svd_solver='full').fit(read)
    turn = np.sign(model.components_[range(2), np.abs(model.components_).argmax(axis=1)])
    data = np.asarray(found.data)
    assert np.isnan(data[:, :, :3]).all()
    given = data[:, :, 3:].reshape(-1, 2)
    np.testing.assert_allclose(given, model.transform(read) * turn, atol=1e-4)
    # those of the values that the integers stand for, but for their rounding
    exact = (true - true.mean(axis=0)) @ model.components_.T * turn
    np.testing.assert_allclose(given, exact, atol=rounding)
    info = found.info
    assert info['dtype'] == 'float32' and info['missing'] == 2 * 6 * 7 * 3 and info['nan'] == 0
    assert info['missing_value'] is None and 'scl_slope' not in info


def test_a_basis_refuses_other_channels_reductions_and_layers(made, tmp_path):
    one, _, _, _ = made
    path = os.path.join(one.folder, 'components_logits_pca.npz')
    wide = sample(tmp_path, subjects=['1'], layers=[Layer('logits', 4, 1, 0.0)])
    maps = open_activations(wide.folder)
    with pytest.raises(OptionError, match='has the channels 0 to 3, and the basis .* 0 to 2'):
        components(maps, basis=path)
    with pytest.raises(OptionError, match="made of layer 'logits', not of 'conv'"):
        components(maps, ['conv'], basis=path)
    maps = open_activations(one.folder)
    assert maps['1', 'logits'].info['reduce'] == 'none'  # read once, and kept
    maps['1', 'logits']._info['reduce'] = 'l2'
    with pytest.raises(OptionError, match='activation_reduce = l2, and the basis .* none'):
        components(maps, basis=path)


def test_a_layer_of_the_network_is_not_replaced(tmp_path):
    layers = [Layer('logits', 3, 1, 0.0), Layer('logits/pca', 3, 1, 0.0)]
    one = sample(tmp_path, subjects=['1'], layers=layers)
    with pytest.raises(OptionError, match="has a layer of the name 'logits/pca'"):
        components(open_activations(one.folder), ['logits'])


def test_the_command_tells_what_it_made(made, tmp_path, capsys):
    one, _, _, _ = made
    path = str(tmp_path / 'clusters.npz')
    words = ['components', one.folder, '--layers', 'conv/bn:1', '--number', '4', '-o', path]
    assert main(words + ['--method', 'kmeans']) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("layer 'conv/bn:1': 4 clusters of 5 channels, fitted to 420 samples")
    assert said[1:] == [
        "maps of 'conv/bn:1/kmeans': 2 in {}".format(one.folder),
        'basis: ' + path,
    ]
    found = np.array(open_activations(one.folder)['1', 'conv/bn:1/kmeans'].data)
    assert found.shape == (5, 6, 7, 1) and set(np.unique(found)) <= {1, 2, 3, 4}
    assert main(['components', one.folder, '--basis', path]) == 0
    again = np.array(open_activations(one.folder)['1', 'conv/bn:1/kmeans'].data)
    np.testing.assert_array_equal(again, found)


@pytest.mark.parametrize(
    'words, told',
    [
        ([], 'components of which layers? '),
        (['--layers', 'conv'], "'conv'"),
        (['--layers', 'logits', '--method', 'ica'], "'ica': expected one of pca, nmf, kmeans"),
        (['--layers', 'logits', '--number', '4'], 'has 3 channels'),
        (['--layers', 'logits', '-o', 'basis.csv'], '.npz'),
        (['--layers', 'logits,conv/bn:1', '-o', 'b.npz'], 'one file takes the basis of one layer'),
        (['--basis', '/nowhere.npz'], 'is not there'),
        (['--basis', 'b.npz', '--number', '2', '--method', 'pca'], 'leave out --number, --method'),
    ],
)
def test_what_is_wrong_is_one_line(words, told, made, capsys):
    assert main(['components', made[0].folder] + words) == 2
    said = capsys.readouterr()
    assert said.out == '' and len(said.err.splitlines()) == 1 and told in said.err
