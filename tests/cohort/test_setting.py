# -*- coding: utf-8 -*-
"""What a cohort reads from its config: folders, the default of skip, subjects and their parts."""

import os

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

import application_runs  # noqa: E402
import inference_runs  # noqa: E402, F401  before what it has to adapt
from application_runs import ours  # noqa: E402
from toy_runs import change_config, make_toy  # noqa: E402

from niftynet_activations.cohort.found_files import find_files  # noqa: E402
from niftynet_activations.cohort.setting import (  # noqa: E402
    asks_for_report,
    chosen,
    part_of,
    read_setting,
    subjects_of,
    whole_axis,
)
from niftynet_activations.errors import CheckpointError, OptionError, WriteError  # noqa: E402
from niftynet_activations.host import config_errors  # noqa: E402

APPLICATION = 'niftynet_activations.app'


@pytest.fixture(scope='module')
def config(tmp_path_factory):
    folder = tmp_path_factory.mktemp('setting')
    return make_toy(folder / 'toy', {name: (12, 14, 16) for name in ('10', '9', 'a')})


def test_folders_start_from_the_model(config):
    setting = read_setting(config, APPLICATION, ['--save_seg_dir=seg'])
    model = os.path.join(os.path.dirname(config), 'model')
    assert setting.segmentations == setting.folder == os.path.join(model, 'seg')
    setting = read_setting(config, APPLICATION, ['--activation_dir=/maps', '--save_seg_dir=../seg'])
    assert setting.folder == '/maps'
    assert setting.segmentations == os.path.join(os.path.dirname(config), 'seg')
    assert not whole_axis(setting.config) and not asks_for_report(setting)
    assert asks_for_report(read_setting(config, APPLICATION, ['--activation_report=yes']))


def test_skip_unless_something_else_is_asked(config, tmp_path):
    def asked(path, *words):
        setting = read_setting(str(path), APPLICATION, list(words))
        return setting.config.system['INFERENCE'].activation_existing

    assert asked(config) == 'skip'
    assert asked(config, '--activation_existing=error') == 'error'
    (tmp_path / 'config.ini').write_text(open(config).read())
    path = change_config(
        str(tmp_path / 'config.ini'), {'INFERENCE': {'activation_existing': 'overwrite'}}
    )
    assert asked(path) == 'overwrite'


def found(config, *words):
    setting = read_setting(config, APPLICATION, list(words))
    return subjects_of(setting, find_files(setting.config))


def test_a_model_may_be_read_only(config, monkeypatch):
    def refuse(path, option, advice=''):
        raise WriteError('{} cannot be written'.format(path))

    # whoever runs the tests may write everywhere
    monkeypatch.setattr(config_errors, 'check_writable', refuse)
    model = os.path.join(os.path.dirname(config), 'model')
    assert read_setting(config, APPLICATION, []).config.system['SYSTEM'].model_dir == model
    with pytest.raises(CheckpointError, match='does not exist; check model_dir'):
        read_setting(config, APPLICATION, ['--model_dir=/no/such/model'])


def test_subjects_leave_no_list_behind(config):
    model = os.path.join(os.path.dirname(config), 'model')
    before = sorted(os.listdir(model))
    names = found(config)
    assert sorted(names) == ['10', '9', 'a']
    assert sorted(os.listdir(model)) == before


def test_phases_of_the_users_list(config):
    model = os.path.join(os.path.dirname(config), 'model')
    with open(os.path.join(model, 'phases.csv'), 'w') as stream:
        stream.write('10,Training\n9,Inference\na,Inference\n')
    words = ['--dataset_split_file=phases.csv', '--dataset_to_infer=inference']
    assert sorted(found(config, *words)) == ['9', 'a']


def test_parts_are_all_subjects_once():
    names = ['s{}'.format(number) for number in range(11)]
    for count in (1, 2, 3, 11, 20):
        parts = [part_of(names, (number, count)) for number in range(1, count + 1)]
        assert sum(parts, []) == sorted(names)
        sizes = [len(each) for each in parts]
        assert max(sizes) - min(sizes) <= 1


def test_a_list_of_subjects():
    assert chosen(['c', 'a', 'b'], ['b', 'a', 'b']) == ['a', 'b']
    with pytest.raises(OptionError, match=r"no subject 'x' \(and 1 others of the list\); it has 3"):
        chosen(['c', 'a', 'b'], ['a', 'y', 'x'])


@pytest.mark.parametrize('kind', ['autoencoder', 'gan'])
def test_an_application_that_does_not_tell_its_results(tmp_path, monkeypatch, kind):
    monkeypatch.setattr(application_runs, 'write_weights', lambda *_: None)  # none are needed
    path = application_runs.make_application(tmp_path / 'config', kind, subjects=('a',))
    with pytest.raises(OptionError, match='-a {}: a cohort cannot'.format(ours(kind))):
        read_setting(path, ours(kind), [])
