# -*- coding: utf-8 -*-
"""
NiftyNet's segmentation networks: the layers that they call themselves, from a whole pass in several
windows and stages, are those of one direct pass.
"""

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

from direct_pass import both_passes, builder, differences  # noqa: E402
from niftynet.engine.application_factory import ApplicationNetFactory  # noqa: E402

# sizes that each accepts, the part of the memory of one window, and modalities
CASES = {
    'toynet': ((37, 45, 52), 0.1, 1),
    'highres3dnet': ((40, 56, 48), 0.2, 1),
    'highres3dnet_small': ((40, 56, 48), 0.2, 1),
    'highres3dnet_large': ((40, 48, 56), 0.3, 1),
    'unet': ((112, 104, 96), 0.5, 1),
    'vnet': ((48, 64, 80), 0.2, 1),
    'nonewnet': ((64, 48, 80), 0.3, 1),
    'dense_vnet': ((64, 48, 96), 0.3, 1),
    'deepmedic': ((69, 63, 75), 0.3, 1),
    'scalenet': ((24, 24, 136), 0.5, 2),
    'holisticnet': ((24, 40, 32), 0.3, 1),
    'unet_2d': ((236, 220), 0.5, 1),
}


@pytest.mark.parametrize('network', sorted(CASES))
def test_layers_are_those_of_a_direct_pass(network):
    size, part, modalities = CASES[network]

    def make():
        kind = ApplicationNetFactory.create(network)
        return kind(num_classes=3, acti_func='relu', name=network)

    build = builder(make, modalities, lambda call: call.depth == 1)
    engine, whole, direct = both_passes(build, size, part, modalities)
    assert engine.steps > 1
    found = differences(whole, direct)
    assert len(found) >= 2
    assert max(found.values()) <= 1e-4, found
