# -*- coding: utf-8 -*-
"""smaller_final_batch_mode = drop: who gets no result is told first, and the run does not pass."""

import os

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

from inference_runs import maps, run_activations, run_plain, segmentations  # noqa: E402
from toy_runs import LAYER, change_config, image_path, make_toy  # noqa: E402

from niftynet_activations.errors import InputError, OptionError  # noqa: E402


def drop(folder, **options):
    config = make_toy(folder, **options)
    return change_config(config, {'NETWORK': {'smaller_final_batch_mode': 'drop'}})


def seg_names(folder):
    return [name.split('_')[2] for name in segmentations(folder)]


# a grid drops the last subject's sign to stop; resize has one window a subject, and three of them
@pytest.mark.parametrize(
    'sampling, batch, mapped',
    [('uniform', 2, 'abc'), ('uniform', 5, 'abc'), ('resize', 2, 'ab')],
)
def test_a_dropped_subject_is_told(tmp_path, caplog, sampling, batch, mapped):
    config = drop(tmp_path / 'toy', sampling=sampling, batch=batch)
    run_plain(config, tmp_path / 'plain')
    plain = segmentations(tmp_path / 'plain')
    caplog.clear()
    words = ['--activation_layers', LAYER, '--activation_tables', 'segmentation']
    with pytest.raises(InputError) as caught:
        run_activations(config, tmp_path / 'ours', *words)
    text = str(caught.value)
    assert '\n' not in text
    assert "'c': smaller_final_batch_mode = drop with batch_size = {}".format(batch) in text
    assert segmentations(tmp_path / 'ours') == plain
    assert seg_names(tmp_path / 'ours') == ['a', 'b']
    assert sorted(maps(tmp_path / 'ours')) == [(subject, LAYER) for subject in mapped]
    table = (tmp_path / 'ours' / 'activation_table_x.csv').read_text().splitlines()[1:]
    assert {row.split(',')[0] for row in table} == {'a', 'b'}
    told = [line for line in caplog.messages if "subject 'c' is left out" in line]
    first = [line for line in caplog.messages if line.startswith('inference iter 0')]
    assert len(told) == 1
    assert caplog.messages.index(told[0]) < caplog.messages.index(first[0])


def test_a_subject_that_cannot_be_read_moves_the_last_batch(tmp_path):
    config = drop(tmp_path / 'toy', sampling='resize', batch=2)
    path = image_path(tmp_path / 'toy', 'a')
    os.truncate(path, os.path.getsize(path) // 2)
    with pytest.raises(InputError) as caught:
        run_activations(config, tmp_path / 'ours', '--activation_layers', LAYER)
    assert "'a': '" in str(caught.value) and 'drop' not in str(caught.value)
    assert sorted(maps(tmp_path / 'ours')) == [('b', LAYER), ('c', LAYER)]
    assert seg_names(tmp_path / 'ours') == ['b', 'c']


def test_batches_of_one_window_lose_nothing(tmp_path):
    config = drop(tmp_path / 'toy')
    run_activations(config, tmp_path / 'ours', '--activation_layers', LAYER)
    assert seg_names(tmp_path / 'ours') == ['a', 'b', 'c']


def test_all_subjects_dropped_is_one_line(tmp_path):
    config = drop(tmp_path / 'toy', sampling='resize', batch=4)
    with pytest.raises(OptionError, match='NiftyNet drops all 3 subjects; set it to pad'):
        run_activations(config, tmp_path / 'ours', '--activation_layers', LAYER)


def test_the_segmentation_alone(tmp_path):
    config = drop(tmp_path / 'toy', batch=2)
    with pytest.raises(InputError, match="'c': smaller_final_batch_mode = drop"):
        run_activations(config, tmp_path / 'ours', '--activation_layers', 'none')
    assert seg_names(tmp_path / 'ours') == ['a', 'b']


def test_the_dropped_subject_is_named_again_where_the_others_are_complete(tmp_path, caplog):
    config = drop(tmp_path / 'toy', batch=2)
    words = ['--activation_layers', LAYER, '--activation_existing', 'skip']
    for _ in range(2):
        caplog.clear()
        with pytest.raises(InputError, match="done: 'c': smaller_final_batch_mode = drop"):
            run_activations(config, tmp_path / 'ours', *words)
    assert len([line for line in caplog.messages if 'it is not read' in line]) == 2
    assert seg_names(tmp_path / 'ours') == ['a', 'b']
