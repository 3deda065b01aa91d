# -*- coding: utf-8 -*-
"""NiftyNet inside this process leaves no trace of itself."""

import logging
import sys

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

from blinker import ANY  # noqa: E402
from inference_runs import maps  # noqa: E402
from toy_runs import LAYER, make_toy  # noqa: E402

from niftynet_activations.errors import SelectionError  # noqa: E402
from niftynet_activations.host.in_process import (  # noqa: E402
    SIGNALS,
    run_application,
    run_niftynet,
)


def words(config, folder, layers):
    command = ['net_run', 'inference', '-a', 'niftynet_activations.app', '-c', config]
    return command + ['--save_seg_dir', str(folder), '--activation_layers', layers]


def state():
    logger = logging.getLogger('tensorflow')
    listeners = [len(list(each.receivers_for(ANY))) for each in SIGNALS]
    return list(sys.argv), list(logger.handlers), logger.level, logger.propagate, listeners


def test_run_twice_and_once_in_vain(tmp_path):
    config = make_toy(tmp_path / 'toy', {'a': (20, 23, 25)})
    before = state()
    assert run_niftynet(words(config, tmp_path / 'one', LAYER)) == 0
    with pytest.raises(SelectionError):
        run_niftynet(words(config, tmp_path / 'none', 'no_such_layer'))
    status, application = run_application(words(config, tmp_path / 'two', LAYER))
    assert status == 0 and type(application).__name__ == 'ActivationApplication'
    assert state() == before
    first, second = (maps(tmp_path / name)['a', LAYER][0] for name in ('one', 'two'))
    assert first.get_fdata().tobytes() == second.get_fdata().tobytes()
