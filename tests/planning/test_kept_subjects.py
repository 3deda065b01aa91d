# -*- coding: utf-8 -*-
"""
``activation_existing = skip``: a subject that is complete is neither read nor segmented again.
"""

import os

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

from inference_runs import maps, run_activations, run_plain, segmentations  # noqa: E402
from niftynet.io.image_reader import ImageReader  # noqa: E402
from toy_runs import LAYER, image_path, make_toy  # noqa: E402

from niftynet_activations.errors import InputError  # noqa: E402

SKIP = ('--activation_layers', LAYER, '--activation_existing', 'skip')
SEGMENTATION = 'window_seg_{}_x.nii.gz'


@pytest.fixture
def read(monkeypatch):
    """The image ids that NiftyNet's reader has read."""
    found = []
    original = ImageReader.layer_op

    def layer_op(reader, idx=None, shuffle=True):
        answer = original(reader, idx=idx, shuffle=shuffle)
        if answer[1] is not None:
            found.append(int(answer[0]))
        return answer

    monkeypatch.setattr(ImageReader, 'layer_op', layer_op)
    return found


def state_of(folder):
    """File name -> time of change and bytes, of all results."""
    found = {}
    for name in sorted(os.listdir(str(folder))):
        path = os.path.join(str(folder), name)
        with open(path, 'rb') as stream:
            found[name] = os.stat(path).st_mtime_ns, stream.read()
    return found


def of_subject(state, subject):
    return {name: each for name, each in state.items() if '_{}_x'.format(subject) in name}


@pytest.mark.parametrize(
    'options, words',
    [
        ({}, ()),
        ({'sampling': 'resize'}, ()),
        ({'sampling': 'resize', 'batch': 2}, ()),
        ({'batch': 3}, ('--activation_grid', 'aligned')),
    ],
)
def test_with_nothing_left_no_image_is_read(tmp_path, read, options, words):
    config = make_toy(tmp_path / 'toy', **options)
    run_activations(config, tmp_path / 'out', *SKIP, *words)
    before = state_of(tmp_path / 'out')
    listed = before['inferred.csv'][1]
    assert [line.split(b',')[0] for line in listed.splitlines()] == [b'a', b'b', b'c']
    del read[:]
    run_activations(config, tmp_path / 'out', *SKIP, *words)
    assert read == []
    after = state_of(tmp_path / 'out')
    assert after['inferred.csv'][1] == listed
    for subject in 'abc':
        assert of_subject(after, subject) == of_subject(before, subject) != {}
    assert {name: each[1] for name, each in after.items()} == {
        name: each[1] for name, each in before.items()
    }


@pytest.mark.parametrize('sampling', ['uniform', 'resize'])
@pytest.mark.parametrize('lost', ['activation_{}_b_x.nii.gz', SEGMENTATION.format('b')])
def test_the_others_are_left_alone(tmp_path, read, lost, sampling):
    config = make_toy(tmp_path / 'toy', sampling=sampling)
    run_plain(config, tmp_path / 'plain')
    run_activations(config, tmp_path / 'out', *SKIP)
    before = state_of(tmp_path / 'out')
    os.remove(str(tmp_path / 'out' / lost.format(LAYER)))
    del read[:]
    run_activations(config, tmp_path / 'out', *SKIP)
    assert read == [1]
    after = state_of(tmp_path / 'out')
    for subject in 'ac':
        assert of_subject(after, subject) == of_subject(before, subject)
    assert segmentations(tmp_path / 'out') == segmentations(tmp_path / 'plain')
    assert sorted(maps(tmp_path / 'out')) == [(subject, LAYER) for subject in 'abc']
    assert after['inferred.csv'][1] == before['inferred.csv'][1]
    assert after['activations.csv'][1] == before['activations.csv'][1]
    assert after[SEGMENTATION.format('b')][0] > before[SEGMENTATION.format('b')][0]


def test_what_was_made_otherwise_is_made_again(tmp_path):
    config = make_toy(tmp_path / 'toy')
    run_activations(config, tmp_path / 'out', *SKIP)
    before = state_of(tmp_path / 'out')
    run_activations(config, tmp_path / 'out', *SKIP, '--output_prob', 'True')
    after = state_of(tmp_path / 'out')
    for subject in 'abc':
        name = SEGMENTATION.format(subject)
        assert after[name][1] != before[name][1]
        # the maps do not depend on it
        assert (
            after['activation_{}_{}_x.nii.gz'.format(LAYER, subject)]
            == (before['activation_{}_{}_x.nii.gz'.format(LAYER, subject)])
        )


def test_a_segmentation_that_was_changed_is_made_again(tmp_path, read):
    config = make_toy(tmp_path / 'toy')
    run_activations(config, tmp_path / 'out', *SKIP)
    before = state_of(tmp_path / 'out')
    path = str(tmp_path / 'out' / SEGMENTATION.format('b'))
    os.truncate(path, os.path.getsize(path) - 40)
    del read[:]
    run_activations(config, tmp_path / 'out', *SKIP)
    assert read == [1]
    after = state_of(tmp_path / 'out')
    assert {name: each[1] for name, each in after.items() if name.endswith('.csv')} == {
        name: each[1] for name, each in before.items() if name.endswith('.csv')
    }
    assert of_subject(after, 'a') == of_subject(before, 'a')
    assert os.path.getsize(path) == len(before[SEGMENTATION.format('b')][1])


def test_a_map_in_a_folder_of_its_own_and_a_table(tmp_path, read):
    config = make_toy(tmp_path / 'toy')
    words = ['--activation_dir', str(tmp_path / 'maps'), '--activation_tables', 'segmentation']
    run_activations(config, tmp_path / 'out', *SKIP, *words)
    table = (tmp_path / 'maps' / 'activation_table_x.csv').read_bytes()
    del read[:]
    run_activations(config, tmp_path / 'out', *SKIP, *words)
    assert read == []
    assert (tmp_path / 'maps' / 'activation_table_x.csv').read_bytes() == table
    assert not [name for name in os.listdir(str(tmp_path / 'maps')) if 'window_seg' in name]


def test_an_unreadable_subject_beside_kept_ones(tmp_path):
    config = make_toy(tmp_path / 'toy')
    run_activations(config, tmp_path / 'out', *SKIP)
    path = image_path(tmp_path / 'toy', 'b')
    os.truncate(path, os.path.getsize(path) // 2)
    with pytest.raises(InputError, match="not all subjects could be done.*'b': "):
        run_activations(config, tmp_path / 'out', *SKIP)
    listed = (tmp_path / 'out' / 'inferred.csv').read_text().splitlines()
    assert [line.split(',')[0] for line in listed] == ['a', 'c']


def test_overwrite_does_all_again(tmp_path, read):
    config = make_toy(tmp_path / 'toy')
    run_activations(config, tmp_path / 'out', *SKIP)
    before = state_of(tmp_path / 'out')
    del read[:]
    run_activations(config, tmp_path / 'out', '--activation_layers', LAYER)
    assert read == [0, 1, 2]
    after = state_of(tmp_path / 'out')
    assert all(after[name][0] > before[name][0] for name in before)
