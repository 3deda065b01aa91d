"""What a run will do: work by hand, subjects that are alike together, lines and JSON."""

import json

import pytest

from niftynet_activations.planning.outline import (
    WHOLE,
    MapOutline,
    Outline,
    StageOutline,
    Way,
    amount,
    joined,
    to_json,
    way_lines,
    windows_way,
)

STARTS = [[0, 5, 9], [0, 7], [0]]


def test_work_of_windows_is_counted():
    way = windows_way('a', (20, 18, 11), STARTS, (11, 11, 11))
    assert way.work == pytest.approx(6 * 11**3 / (20 * 18 * 11))
    assert way_lines(way) == [
        'windows over 20 x 18 x 11: 3 x 2 x 1 windows of 11 x 11 x 11, 2.02 times the work of one '
        'pass'
    ]


def test_windows_that_are_left_out_are_not_counted():
    way = windows_way('a', (20, 18, 11), STARTS, (11, 11, 11), computed=2)
    assert way.work == pytest.approx(2 * 11**3 / (20 * 18 * 11))
    assert ', 2 of them computed, 0.67 times' in way_lines(way)[0]
    assert windows_way('a', (20, 18, 11), STARTS, (11, 11, 11), computed=6).computed is None


def test_subjects_of_one_size_are_told_once():
    ways = [windows_way(name, (20, 18, 11), STARTS, (11, 11, 11)) for name in 'abc']
    ways.insert(1, windows_way('d', (21, 18, 11), STARTS, (11, 11, 11)))
    together = joined(ways)
    assert [way.subjects for way in together] == [['a', 'b', 'c'], ['d']]
    assert way_lines(together[0])[0].startswith('windows over 20 x 18 x 11 (3 subjects): ')


def whole():
    stages = [StageOutline([2, 1, 1], [28, 40, 48], 1.25), StageOutline([1, 1, 1], [48, 40, 48], 1)]
    return Way(WHOLE, ['a'], [48, 40, 48], stages, 1.2, 1500000000, 0)


def test_stages_are_told_one_by_one():
    assert way_lines(whole()) == [
        'whole pass over 48 x 40 x 48: 2 stages, 1.20 times the work of one pass, 1.5 GB of '
        'memory, 0 bytes of scratch files',
        'stage 1: 2 x 1 x 1 windows of 28 x 40 x 48, 1.25 times the volume',
        'stage 2: 1 x 1 x 1 windows of 48 x 40 x 48, 1.00 times the volume',
    ]


def test_slices_are_told():
    assert ', 7 slices one after the other: 2 stages' in way_lines(whole()._replace(slices=7))[0]


def test_json_holds_the_same():
    maps = [MapOutline('conv', 3, [20, 18, 11], 1, 47520)]
    found = json.loads(to_json(Outline('out', 'none', maps, [whole()], 47520, 0, None, [], ['x'])))
    assert found['maps'] == [
        dict(layer='conv', channels=3, shape=[20, 18, 11], subjects=1, bytes=47520)
    ]
    assert found['ways'][0]['stages'][0] == dict(windows=[2, 1, 1], size=[28, 40, 48], work=1.25)
    assert 'lines' not in found and found['memory'] is None


@pytest.mark.parametrize(
    'size, expected', [(0, '0 bytes'), (1500, '1.5 kB'), (2.9e9, '2.9 GB'), (3e12, '3.0 TB')]
)
def test_amounts(size, expected):
    assert amount(size) == expected
