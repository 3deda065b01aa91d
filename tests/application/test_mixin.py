# -*- coding: utf-8 -*-
"""An application is added in a few lines: its maps are written, listed, tabled and reported."""

import os

import nibabel as nib
import numpy as np
import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

import niftynet_activations as na  # noqa: E402

na.app  # noqa: B018  registers the options

from application_runs import make_application  # noqa: E402
from served import channel_of, served, values_of  # noqa: E402
from toy_runs import change_config  # noqa: E402

from niftynet_activations.capturing.building import build_network  # noqa: E402
from niftynet_activations.command_line import main  # noqa: E402
from niftynet_activations.errors import SelectionError  # noqa: E402
from niftynet_activations.host.config import read_config  # noqa: E402
from niftynet_activations.host.in_process import run_niftynet  # noqa: E402

TOY = 'two_results.App'
BEFORE = {'classes': 'classes_before_bn_relu', 'distance': 'distance_before_bn_relu'}


def toy(folder, network='TwoHeads'):
    """A config of the application, whose images serve as labels too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr('application_runs.write_weights', lambda *given: None)
        config = make_application(folder, 'regression', subjects=['a'])
    with open(config) as lines:
        text = lines.read().replace('[REGRESSION]', '[SEGMENTATION]')
    with open(config, 'w') as target:
        target.write(text.replace('output = T2', 'label = T2\nnum_classes = 3'))
    return change_config(config, {'NETWORK': {'name': 'small_networks.' + network}})


@pytest.fixture(scope='module')
def ran(tmp_path_factory):
    """The folder of a run, and its config."""
    from application_runs import write_weights

    folder = tmp_path_factory.mktemp('toy')
    config = toy(folder)
    write_weights(config, TOY)
    labels = nib.Nifti1Image(
        (np.indices((17, 21, 19)).sum(axis=0) % 3).astype(np.uint8),
        nib.load(str(folder / 'data' / 'a_T1.nii.gz')).affine,
    )
    nib.save(labels, str(folder / 'data' / 'a_T2.nii.gz'))
    common = ['-c', config, '--save_seg_dir']
    run_niftynet(
        ['net_run', 'inference', '-a', 'two_results.TwoResults'] + common + [str(folder / 'plain')]
    )
    words = ['net_run', 'inference', '-a', TOY] + common + [str(folder / 'maps')]
    chosen = 'penultimate:classes, penultimate:distance, logits'
    options = ['--activation_tables', 'T2', '--activation_report', 'True']
    run_niftynet(words + ['--activation_layers', chosen] + options)
    return folder, config


def test_its_own_results_are_unchanged(ran):
    folder, _ = ran
    names = ['window_labels_a_x.nii.gz', 'window_distance_a_x.nii.gz']
    for name in names:
        before, after = ((folder / each / name).read_bytes() for each in ('plain', 'maps'))
        assert before == after


def test_maps_are_written_listed_tabled_and_reported(ran):
    folder, _ = ran
    maps = na.open_activations(str(folder / 'maps'))
    layers = {layer for _, layer in maps}
    assert layers == set(BEFORE.values()) | {'classes_last', 'distance_last'}
    # in the corner that the first window alone reaches, the result is the map
    distance = nib.load(str(folder / 'maps' / 'window_distance_a_x.nii.gz')).get_fdata()
    corner = np.s_[:2, :4, :2]
    given = maps['a', 'distance_last'].data[..., 0][corner]
    np.testing.assert_array_equal(given, distance.reshape(distance.shape[:3])[corner])
    table = maps.table(str(folder / 'data' / 'a_T2.nii.gz'))
    assert set(table['layer']) == layers and set(table['label']) == {0, 1, 2}
    assert (folder / 'maps' / 'activation_table_x.csv').exists()
    report = (folder / 'maps' / 'report.html').read_text(encoding='utf-8')
    assert all(layer in report for layer in layers)


def test_the_viewer_answers_with_its_values(ran):
    folder, _ = ran
    maps = na.open_activations(str(folder / 'maps'))
    with served(str(folder / 'maps')) as server:
        for (subject, layer), one in maps.items():
            expected = np.asarray(one.data)
            np.testing.assert_array_equal(channel_of(server, subject, layer, 0), expected[..., 0])
            place = one.affine[:3, :3] @ [2, 3, 4] + one.affine[:3, 3]
            found = values_of(server, subject, layer, place)
            np.testing.assert_allclose(found, expected[2, 3, 4], rtol=1e-6)


@pytest.mark.parametrize('network', ['TwoHeads', 'TwoHeadsInAList'])
def test_each_result_has_a_penultimate(network, tmp_path):
    config = read_config(toy(tmp_path, network), (), TOY)
    record = build_network(config, config.application)
    names = dict(zip(('classes', 'distance'), record.results))
    assert names['distance'] == {'TwoHeads': 'distance', 'TwoHeadsInAList': '2'}[network]
    from niftynet_activations.capturing.catalogue import NetworkCatalogue

    catalogue = NetworkCatalogue(record).for_selectors()
    for head, name in names.items():
        (found,) = catalogue.matches('penultimate:' + name)
        assert found.name == BEFORE[head]
        (found,) = catalogue.matches('logits:' + name)
        assert found.name == head + '_last'
    # the first one is the main result
    assert catalogue.matches('penultimate')[0].name == BEFORE['classes']
    assert len(catalogue.matches('logits')) == 2
    with pytest.raises(SelectionError, match='penultimate:' + names['distance']):
        catalogue.matches('penultimate:distanse')


def test_the_commands_take_it(ran, capfd):
    _, config = ran
    assert main(['layers', '-c', config, '-a', TOY, 'penultimate:distance']) == 0
    assert BEFORE['distance'] in capfd.readouterr().out
    words = ['verify', '-c', config, '-a', TOY, '--activation_grid', 'aligned', '--border', '4']
    assert main(words + ['--activation_layers', 'all']) == 0
    assert BEFORE['classes'] in capfd.readouterr().out
    assert os.path.exists(config)
