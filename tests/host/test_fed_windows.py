# -*- coding: utf-8 -*-
"""The batches that are fed are those of NiftyNet's own queue."""

import numpy as np
import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

from niftynet.engine.sampler_grid_v2 import GridSampler  # noqa: E402
from niftynet.engine.sampler_resize_v2 import ResizeSampler  # noqa: E402
from niftynet.io.image_reader import ImageReader  # noqa: E402
from toy_runs import make_toy  # noqa: E402

import niftynet_activations  # noqa: E402
from niftynet_activations.host.fed_windows import batches, feed_windows, is_end  # noqa: E402
from niftynet_activations.host.tensorflow import tf  # noqa: E402

niftynet_activations.app  # noqa: B018  as net_run does


@pytest.fixture(scope='module')
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp('fed') / 'toy'
    make_toy(folder, {'a': (20, 23, 25), 'b': (13, 30, 21)})
    return {'image': {'path_to_search': str(folder / 'data'), 'filename_contains': 'T1'}}


def make_sampler(data, resize, batch, mode):
    reader = ImageReader().initialise(data)
    settings = dict(batch_size=batch, smaller_final_batch_mode=mode)
    if resize:
        return ResizeSampler(reader, {'image': (12, 14, 16)}, shuffle=False, **settings)
    return GridSampler(reader, {'image': (12, 14, 16)}, window_border=(2, 2, 2), **settings)


def of_the_queue(sampler):
    output = sampler.pop_batch_op()
    found = []
    with tf.Session() as session:
        while True:
            try:
                found.append(session.run(output))
            except tf.errors.OutOfRangeError:
                return found


@pytest.mark.parametrize('resize', [False, True])
@pytest.mark.parametrize('batch, mode', [(1, 'pad'), (3, 'pad'), (3, 'drop'), (3, 'dynamic')])
def test_batches_of_the_queue(data, resize, batch, mode):
    with tf.Graph().as_default():
        expected = of_the_queue(make_sampler(data, resize, batch, mode))
    with tf.Graph().as_default(), tf.Session() as session:
        sampler = make_sampler(data, resize, batch, mode)
        fed = feed_windows(sampler)
        output = sampler.pop_batch_op()
        found = [
            session.run(output, {fed[name]: values for name, values in each.items()})
            for each in batches(sampler)
        ]
    assert len(found) == len(expected)
    for one, other in zip(found, expected):
        assert set(one) == set(other) == {'image', 'image_location'}
        for name in other:
            assert one[name].dtype == other[name].dtype
            np.testing.assert_array_equal(one[name], other[name])


def test_the_end_of_the_windows(data):
    with tf.Graph().as_default():
        found = list(batches(make_sampler(data, False, 4, 'pad')))
    assert [is_end(each, 'image') for each in found] == [False] * (len(found) - 1) + [True]
