# -*- coding: utf-8 -*-
"""Figures worked out by hand, and refusals that say what would do."""

import os
import shutil

import pytest

from niftynet_activations.errors import OptionError, WriteError
from niftynet_activations.planning import disk_and_memory
from niftynet_activations.planning.plan import TablePlan
from niftynet_activations.store.description import MapDescription
from tests.store.maps import make_spec

GIBI = 1 << 30


def plan(gathered=0, **changes):
    """What the figures depend on: a spec, and what is gathered."""
    return TablePlan('key', make_spec(**changes), (1, 1, 1), MapDescription(), gathered)


def brain(**changes):
    return plan(**dict(dict(shape_xyz=(240, 240, 155), channels=tuple(range(80))), **changes))


BRAIN = brain()


@pytest.mark.parametrize(
    'size, text',
    [
        (0, '0 bytes'),
        (999, '999 bytes'),
        (1500, '1.5 kB'),
        (2856960000, '2.9 GB'),
        (3e12, '3.0 TB'),
    ],
)
def test_amounts(size, text):
    assert disk_and_memory.amount(size) == text


def test_lines_for_each_layer_and_for_all():
    maps = [BRAIN, brain(subject='2'), brain(layer='b', channels=(1,))]
    assert disk_and_memory.size_lines(maps) == [
        "layer 'res/conv:1': 80 channels of 240 x 240 x 155, 2 subjects, 5.7 GB before compression",
        "layer 'b': 1 channels of 240 x 240 x 155, 1 subjects, 35.7 MB before compression",
        'activation maps in all: 5.7 GB before compression, and up to 5.7 GB of scratch',
    ]


def test_scratch_is_that_of_the_two_largest_subjects():
    one = 5 * 7 * 11 * 3 * 4
    maps = [plan(subject=str(i)) for i in range(3)]
    assert disk_and_memory.scratch_bytes(maps + [plan(subject='2', layer='b')]) == 3 * one
    assert disk_and_memory.scratch_bytes([plan(format='nii'), plan(format='zarr')]) == 0
    assert disk_and_memory.scratch_bytes([plan(format='nii', dtype='uint8')]) == one


def test_more_than_the_disk_holds_is_refused_with_the_figures(tmp_path):
    free = shutil.disk_usage(str(tmp_path)).free
    count = free // (240 * 240 * 155 * 4) + 1000
    huge = brain(format='nii', channels=tuple(range(count)))
    with pytest.raises(WriteError, match=r'take up to .* are free: choose fewer layers'):
        disk_and_memory.check_disk(str(tmp_path / 'not' / 'there'), [huge])
    disk_and_memory.check_disk(str(tmp_path / 'not' / 'there'), [plan()])
    assert not os.listdir(str(tmp_path))


def test_scratch_counts_where_it_lies(tmp_path, monkeypatch):
    monkeypatch.setattr(disk_and_memory, '_device', lambda path: path)
    usage = shutil.disk_usage(str(tmp_path))
    places = {str(tmp_path): 8000, '/': 4000}
    monkeypatch.setattr(
        disk_and_memory.shutil, 'disk_usage', lambda path: usage._replace(free=places[path])
    )
    with pytest.raises(WriteError, match="up to 4.6 kB in '/' "):
        disk_and_memory.check_disk(str(tmp_path), [plan()], '/')
    places['/'] = 5000
    disk_and_memory.check_disk(str(tmp_path), [plan()], '/')
    with pytest.raises(WriteError, match='up to 9.2 kB in'):
        disk_and_memory.check_disk(str(tmp_path), [plan()])


def test_memory_is_shared_out_below_the_limit():
    for maps in ([BRAIN], [brain(format='zarr')] * 4):
        for limit in (GIBI, 2 * GIBI):
            memory = disk_and_memory.plan_memory(maps, 300 << 20, limit)
            assert memory.total <= limit
            assert memory.queue > 0
            assert 4 * memory.cache <= disk_and_memory.CACHE_BYTES
    assert disk_and_memory.plan_memory([BRAIN], 0, GIBI).queue == disk_and_memory.QUEUE_BYTES
    store = brain(format='zarr')
    assert disk_and_memory.plan_memory([store], 0, GIBI).queue == disk_and_memory.STORE_QUEUE_BYTES
    # one step is written while the network computes the next one, however large they are
    assert disk_and_memory.plan_memory([store], 50 << 20, GIBI).queue == 50 << 20


def test_plan_does_not_grow_with_channels():
    totals = {
        disk_and_memory.plan_memory([brain(format='zarr', channels=range(n))], n, GIBI).total
        for n in (8, 80, 400)
    }
    assert len(totals) == 1


def test_step_above_the_limit_is_refused():
    with pytest.raises(OptionError, match=r'one step take 3.0 GB, more than .*spatial_window_size'):
        disk_and_memory.plan_memory([BRAIN], 3 * 10**9, 2 * GIBI)


def test_limit_too_low_is_refused():
    with pytest.raises(OptionError, match='at least 0.25 GiB and activation_memory is 0.1:'):
        disk_and_memory.plan_memory([BRAIN], 0, GIBI // 10)


def test_small_maps_need_little():
    for file_format in ('nii.gz', 'zarr'):
        small = disk_and_memory.plan_memory([plan(format=file_format)], 0, GIBI // 100)
        assert small.queue > 0 and small.total <= GIBI // 100
        large = disk_and_memory.plan_memory([plan(10**9, format=file_format)], 0, GIBI)
        assert large.total > 256 << 20
    assert disk_and_memory.plan_memory([], 0, GIBI // 100).queue > 0


def test_line_for_the_log():
    memory = disk_and_memory.plan_memory([BRAIN], 283 * 10**6, GIBI)
    assert disk_and_memory.memory_line(memory, GIBI) == (
        'memory: up to 1.1 GB for stitching and writing (activation_memory allows 1.1 GB), '
        'besides 283.0 MB of tensors in one step'
    )
    whole = disk_and_memory.plan_memory([BRAIN], 0, GIBI)
    assert disk_and_memory.memory_line(whole, GIBI).endswith(
        '(activation_memory allows 1.1 GB for it)'
    )


def test_only_files_that_the_cache_holds_are_filled():
    one = plan(format='nii', shape_xyz=(1 << 9, 1 << 9, 1 << 7), channels=(0, 1, 2))
    assert one.spec.raw_bytes == 384 << 20
    assert disk_and_memory.may_fill([one])
    assert not disk_and_memory.may_fill([one, one])
