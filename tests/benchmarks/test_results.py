# -*- coding: utf-8 -*-
"""Medians, the table and JSON, from runs written by hand."""

import json

from benchmarks.cases import Case, Figure
from benchmarks.results import Median, as_json, judge, median_of, table
from benchmarks.runs import Run

CASE = Case('ratio', 'a ratio', 'group', lambda found: Figure(found['b'].seconds / 2, ''), 1.5)
RUNS = {'group': {'b': [Run(2.0, 3e6), Run(9.0, 1e6), Run(4.0, 2e6)]}}


def test_medians():
    assert median_of(RUNS['group']['b'], 7, 8) == Median(4.0, 2e6, 7, 8)


def test_a_target_is_met_or_missed():
    assert judge(CASE, {'b': Median(3.0, 0, 0, 0)}).passed
    assert not judge(CASE, {'b': Median(3.1, 0, 0, 0)}).passed


def test_table_and_json_say_the_same():
    rows = [judge(CASE, {'b': Median(4.0, 0, 0, 0)})]
    text = table(rows, RUNS, {'cores': '2'})
    assert '- cores: 2\n' in text
    assert '| a ratio | 2.000 | 1.5 | MISS |' in text
    assert '| group: b | 4.00 (2.00 - 9.00) | 2 (1 - 3) |' in text
    found = json.loads(json.dumps(as_json(rows, RUNS, {'cores': '2'})))
    assert found['cases'][0]['value'] == 2.0 and found['cases'][0]['passed'] is False
    assert found['runs']['group']['b'][1] == {'seconds': 9.0, 'bytes': 1e6}
    assert found['facts'] == {'cores': '2'}
