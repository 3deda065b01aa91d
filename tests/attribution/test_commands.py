# -*- coding: utf-8 -*-
"""
``net_activations attribute``, and what other commands make of its maps.
"""

import numpy as np
import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

from toy_runs import LAYER  # noqa: E402

import niftynet_activations as na  # noqa: E402
from niftynet_activations.command_line import main  # noqa: E402


def test_other_commands_take_the_maps(toy, tmp_path, capsys):
    folder, config = toy
    words = ['attribute', '-c', config, '--layers', LAYER, '--label', '1']
    assert main(words + ['--activation_dir', str(tmp_path)]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[-1] == '2 maps in {}'.format(tmp_path)
    assert told[0].startswith(
        "subject 'a', '{}/gradcam_label_1': score of label 1 over".format(LAYER)
    )
    maps = na.open_activations(str(tmp_path))
    weights = maps['a', LAYER + '/gradcam_label_1'].info['attribution']['weights']
    assert len(weights) == 10 and np.isfinite(weights).all()
    assert main(['report', str(tmp_path)]) == 0
    assert LAYER + '/gradcam_label_1' in (tmp_path / 'report.html').read_text(encoding='utf-8')
