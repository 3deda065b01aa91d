# -*- coding: utf-8 -*-
"""Values of a volume, put together from its parts, are those of numpy in double precision."""

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

import numpy as np  # noqa: E402

from niftynet_activations.whole_pass import reductions  # noqa: E402
from niftynet_activations.whole_pass.reductions import Accumulator, Reduction  # noqa: E402

NUMPY = {'mean': np.mean, 'sum': np.sum, 'max': np.max, 'min': np.min, 'variance': np.var}
SHAPE = (1, 9, 7, 11, 3)


@pytest.mark.parametrize('kind', sorted(NUMPY))
@pytest.mark.parametrize('along', [(1, 2, 3), (0, 1, 2, 3), (1, 2, 3, 4)])
@pytest.mark.parametrize('piece', [50, 1 << 20])
def test_parts_give_the_value_of_the_whole(kind, along, piece, monkeypatch):
    monkeypatch.setattr(reductions, 'PIECE', piece)
    # a mean far from zero, where a sum of squares in single precision would be lost
    values = np.random.RandomState(1).normal(1000, 1, SHAPE).astype(np.float32)
    expected = NUMPY[kind](values.astype(np.float64), axis=along, keepdims=True)
    one = Accumulator(Reduction('out', 'in', kind, along, expected.shape))
    for part in (values[:, :4], values[:, 4:5], values[:, 5:]):
        one.add(part)
    found = one.finish(np.float32)
    assert found.shape == expected.shape and found.dtype == np.float32
    np.testing.assert_allclose(found, expected.astype(np.float32), rtol=1e-6)
