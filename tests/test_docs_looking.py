# -*- coding: utf-8 -*-
"""The Python examples of docs/looking.md and docs/tables.md, run as they stand."""

import os
import re

import numpy as np
import pytest
from sample_folder import make_sample

DOCS = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), 'docs')


def run_examples(page):
    """Run a page's examples one after the other; return the names they leave."""
    with open(os.path.join(DOCS, page), encoding='utf-8') as stream:
        blocks = re.findall(r'^```python\n(.*?)^```', stream.read(), re.DOTALL | re.MULTILINE)
    assert blocks
    names = {}
    for block in blocks:
        exec(compile(block, page, 'exec'), names)
    return names


@pytest.fixture
def sample(tmp_path, monkeypatch):
    """A folder called maps in the current folder, as the pages have it."""
    monkeypatch.chdir(tmp_path)
    return make_sample(str(tmp_path / 'maps'), subjects=('a', 'b', 'c'))


def test_looking(sample):
    names = run_examples('looking.md')
    np.testing.assert_array_equal(names['plane'], sample.data['a', 'res_1/pool:1'][:, :, 5, 0])
    assert names['values'].shape == (2, 6)
    assert np.isfinite(names['values']).all()
    assert names['image'].shape == (9, 11, 13, 6)


def test_tables(sample):
    pytest.importorskip('sklearn')
    names = run_examples('tables.md')
    found = names['result'].unstack('label')
    assert found.shape == (3, 3)
    # The regions differ between labels and not between subjects, and so do the clusters.
    assert (found.nunique() == 1).all()
    assert found.iloc[0].nunique() == 3
