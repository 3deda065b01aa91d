# -*- coding: utf-8 -*-
"""What a benchmark says about where it ran."""

from types import SimpleNamespace

from benchmarks.machine import facts, processor


def test_facts():
    found = facts(SimpleNamespace(repeats=5, quick=False))
    assert found['TensorFlow'].split('.')[0] in ('1', '2')
    assert processor() in found['processor'] and 'cores' in found['processor']
    assert found['runs of each'].startswith('5 in turn')
    assert 'note' not in found
    assert 'say nothing' in facts(SimpleNamespace(repeats=1, quick=True))['note']
