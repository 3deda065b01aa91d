# -*- coding: utf-8 -*-
"""
No map calls itself exact and differs: a short run of what scripts/random_exactness.py does.
"""

import json
import os
import sys

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, 'scripts'))
import random_exactness  # noqa: E402

FIRST_SEED = 1007  # of small draws that the table's run does not reach
# Drawn once, these called themselves exact: padding behind a crop, in a window's inside.
FOUND = [
    dict(recipe=[('crop', 1), ('conv', 3, 1, 1, 'SAME')], window=[12, 12, 12], volume=[12, 32, 9]),
    dict(
        recipe=[('crop', 2), ('pool', 'AVG', 3, 2, 'SAME')], window=[24, 24, 1], volume=[71, 13, 3]
    ),
]


@pytest.mark.slow
def test_no_map_calls_itself_exact_and_differs(tmp_path):
    pytest.importorskip('niftynet')
    random_exactness.run_draws(12, FIRST_SEED, str(tmp_path))
    draws = random_exactness.read_draws(str(tmp_path))
    assert random_exactness.violations(draws) == []
    outcomes = [outcome for draw in draws for outcome in draw['outcomes']]
    exact = [each for each in outcomes if each['exact']]
    assert len(exact) > 10 and len(exact) < len(outcomes)
    # what is told to differ mostly does, so that the comparison is one
    assert any((each['difference'] or 0) > 1e-2 for each in outcomes if not each['exact'])


@pytest.mark.slow
@pytest.mark.parametrize('case', FOUND, ids=['subpixel', 'slices'])
def test_what_was_found_by_drawing(case, tmp_path):
    pytest.importorskip('niftynet')
    import random_runs

    case = dict(
        case, seed=3, network='random_network.RandomNet', layers='all', border=[0, 0, 0],
        padding=[0, 0, 0], mode='edge', batch=1, grid='aligned', stitch='crop', reduce='none',
    )  # fmt: skip
    case['volume'] = [max(n, m) for n, m in zip(case['volume'], case['window'])]
    outcomes, refused = random_runs.run_case(case, tmp_path)
    assert refused is None
    assert {each['exact'] for each in outcomes} == {True, False}
    assert random_exactness.violations([dict(case=case, outcomes=outcomes)]) == []


def draw(seed, exact, difference, because=None):
    case = dict(recipe=[], window=[8, 8, 8], grid='aligned', network='random')
    outcome = dict(layer='a', exact=exact, difference=difference, because=because)
    return dict(case=case, outcomes=[outcome], refused=None, tensorflow='0')


def test_the_page_counts(tmp_path):
    means = 'along x samples are means of up to 2 windows'
    draws = [draw(0, True, 0.0), draw(1, True, 1e-6), draw(2, False, 0.5)]
    draws += [draw(3, False, 1e-7, means)]
    draws += [draw(4, None, None), dict(draw(5, None, None), outcomes=[], refused='no window')]
    for seed, each in enumerate(draws):
        (tmp_path / '{}.json'.format(seed)).write_text(json.dumps(each))
    read = random_exactness.read_draws(str(tmp_path))
    page = random_exactness.page_of(read)
    assert '| random | aligned | 5 | 5 | 2 | 1e-06 | 2 | 1 | 1 |' in page
    assert '1 of these 1 are means of several windows' in page.replace('\n', ' ')
    assert '**No maps call themselves exact' in page and '1 more draws' in page.replace('\n', ' ')
    assert random_exactness.violations(read + [draw(6, True, 1e-3)])[0][1]['difference'] == 1e-3
