# -*- coding: utf-8 -*-
"""
Random networks on random volumes under limits that force windows and cuts: every layer is that of
one direct pass.
"""

import random

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

from direct_pass import both_passes, builder, differences  # noqa: E402
from random_network import RandomNet, draw_recipe  # noqa: E402

from niftynet_activations.errors import GeometryError, OptionError  # noqa: E402

SEEDS = range(24)


def draw(seed):
    """
    :return: recipe, size, and the part of the memory that one window takes
    """
    rng = random.Random(seed)
    axes = 2 if rng.random() < 0.2 else 3
    recipe = draw_recipe(rng)
    sizes = [rng.choice((24, 36, 48)) + rng.choice((0, 0, 12)) for _ in range(axes)]
    return recipe, sizes, rng.choice((0.1, 0.2, 0.4))


def run(seed):
    recipe, sizes, part = draw(seed)
    RandomNet.recipe = recipe
    return both_passes(builder(lambda: RandomNet(2)), sizes, part, seed=seed)


@pytest.mark.parametrize('seed', SEEDS)
def test_every_layer_is_that_of_a_direct_pass(seed):
    try:
        engine, whole, direct = run(seed)
    except (OptionError, GeometryError) as error:
        pytest.skip(str(error))
    found = differences(whole, direct)
    assert max(found.values()) <= 1e-4, found
    assert len(found) > 1
