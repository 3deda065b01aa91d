# -*- coding: utf-8 -*-
"""When memory is exhausted a stage goes on in smaller windows, and its values stay the same."""

import logging

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

import numpy as np  # noqa: E402
from direct_pass import GIB, builder, random_weights, run_whole  # noqa: E402
from niftynet.network.toynet import ToyNet  # noqa: E402

from niftynet_activations.errors import GeometryError  # noqa: E402
from niftynet_activations.host.log import LOGGER  # noqa: E402
from niftynet_activations.host.tensorflow import tf  # noqa: E402
from niftynet_activations.whole_pass.engine import WholePass  # noqa: E402
from niftynet_activations.whole_pass.networks import StageNetwork  # noqa: E402

SIZE = (37, 45, 52)


@pytest.fixture
def exhausted(monkeypatch):
    """Let more than so many voxels fed at once exhaust the memory, from the second call on."""
    most, calls = [0], []
    run = StageNetwork.run

    def refusing(self, outputs, fed):
        calls.append([values.shape for values in fed.values()])
        if len(calls) > 1 and max(values.size for values in fed.values()) > most[0]:
            raise tf.errors.ResourceExhaustedError(None, None, 'OOM when allocating')
        return run(self, outputs, fed)

    monkeypatch.setattr(StageNetwork, 'run', refusing)
    return most, calls


def engine_and_image():
    build = builder(lambda: ToyNet(num_classes=3, name='ToyNet'))
    weights = random_weights(build, SIZE)
    engine = WholePass(build, weights.__getitem__, SIZE, 64 * GIB, 64 * GIB)
    image = np.random.RandomState(2).normal(size=(1,) + SIZE + (1,)).astype(np.float32)
    return engine, image


def test_smaller_windows_give_the_same(exhausted, caplog):
    engine, image = engine_and_image()
    whole = run_whole(engine, image)
    engine.plan = engine.plan_within(engine.plan.bytes / 2.5, 64 * GIB)
    before = engine.steps
    most, calls = exhausted
    most[0] = image.size // 5
    del calls[:]
    with caplog.at_level(logging.WARNING, logger=LOGGER.name):
        found = run_whole(engine, image)
    told = [each for each in caplog.messages if each.startswith('memory is exhausted: a stage')]
    # those of the first windows that had come are handed on, and not again
    assert told and engine.steps > before > 1 and len(calls) > engine.steps
    for name, values in whole.items():
        np.testing.assert_allclose(found[name], values, rtol=1e-5, atol=1e-6)
    del calls[:]
    run_whole(engine, image)  # the next volume begins with the smaller windows
    assert len(calls) == engine.steps


def test_where_nothing_is_small_enough_it_is_told(exhausted):
    engine, image = engine_and_image()
    most, calls = exhausted
    most[0] = 10
    calls.append(None)
    with pytest.raises(GeometryError, match='memory is exhausted in windows of .* no smaller'):
        run_whole(engine, image)
