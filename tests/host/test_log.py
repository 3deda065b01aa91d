# -*- coding: utf-8 -*-
import logging

import pytest

from niftynet_activations.host.log import LOGGER
from niftynet_activations.host.quiet import LOGGER as NAME


def test_lines_go_where_the_quiet_runs_look():
    assert LOGGER is logging.getLogger(NAME)


@pytest.mark.slow
def test_lines_stand_among_niftynets_own(monkeypatch):
    pytest.importorskip('niftynet')
    import tensorflow as tf

    lines = []
    monkeypatch.setattr(LOGGER, 'handle', lambda record: lines.append(record.getMessage()))
    tf.logging.warning('as NiftyNet logs')
    assert lines == ['as NiftyNet logs']
