# -*- coding: utf-8 -*-
"""Our lines stand among NiftyNet's."""

import pytest


@pytest.mark.slow
def test_it_is_niftynet_s_logger():
    pytest.importorskip('niftynet')
    import tensorflow as tf

    from niftynet_activations.host.log import LOGGER

    kept = []
    LOGGER.addFilter(lambda record: kept.append(record.getMessage()) or True)
    try:
        tf.logging.warning('said by NiftyNet')
    finally:
        LOGGER.removeFilter(LOGGER.filters[-1])
    assert kept == ['said by NiftyNet']
