# -*- coding: utf-8 -*-
"""A folder of its own for what NiftyNet writes into model_dir."""

import os
from argparse import Namespace

import pytest

from niftynet_activations.cohort.private_folder import (
    LOG,
    copy_of_split,
    make_private_folder,
    remove_private_folder,
)
from niftynet_activations.errors import WriteError


@pytest.fixture
def config(tmp_path):
    model = tmp_path / 'model'
    (model / 'models').mkdir(parents=True)
    (model / 'models' / 'checkpoint').write_text('here')
    (model / 'phases.csv').write_text('a,inference\n')
    network = Namespace(
        batch_size=1,
        window_sampling='grid',
        smaller_final_batch_mode='pad',
        histogram_ref_file='',
        normalisation=False,
    )
    system = Namespace(model_dir=str(model), dataset_split_file='phases.csv')
    return Namespace(system=dict(SYSTEM=system, NETWORK=network, CUSTOM=Namespace(image=('T1',))))


def test_checkpoints_and_phases_are_the_users(config, tmp_path):
    path = str(tmp_path / 'runs' / 'one')
    words = make_private_folder(path, config)
    assert words == [
        '--model_dir=' + path,
        '--dataset_split_file=' + os.path.join(path, 'dataset_split.csv'),
    ]
    with open(os.path.join(path, 'models', 'checkpoint')) as stream:
        assert stream.read() == 'here'
    with open(os.path.join(path, 'dataset_split.csv')) as stream:
        assert stream.read() == 'a,inference\n'
    with open(os.path.join(path, LOG), 'w') as stream:
        stream.write('said')
    remove_private_folder(path, keep_log=True)
    assert os.listdir(path) == [LOG]
    remove_private_folder(path, keep_log=False)
    assert not os.path.exists(path)
    remove_private_folder(path, keep_log=True)
    # the link has gone, and not what it leads to
    assert os.listdir(str(tmp_path / 'model' / 'models')) == ['checkpoint']


def test_without_a_list_of_phases_there_is_no_copy(config, tmp_path):
    config.system['SYSTEM'].dataset_split_file = './none.csv'
    assert not os.path.exists(copy_of_split(config, str(tmp_path)))


def test_a_file_system_without_links_is_told(config, tmp_path, monkeypatch):
    def refuse(*unused):
        raise OSError(95, 'Operation not supported')

    monkeypatch.setattr(os, 'symlink', refuse)
    with pytest.raises(WriteError, match='takes no links .*set activation_dir'):
        make_private_folder(str(tmp_path / 'one'), config)
