# -*- coding: utf-8 -*-
"""
Whether a map equals one pass is told.
"""

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

from toy_runs import LAYER  # noqa: E402

import niftynet_activations as na  # noqa: E402


def test_a_border_that_is_too_narrow_is_said(toy, tmp_path):
    _, config = toy
    maps = na.attribute(config, [LAYER], 1, 'hirescam', border='0, 0, 0', dir=str(tmp_path))
    info = maps['b', LAYER + '/hirescam_label_1'].info
    assert info['exact'] is False
    assert "the network's result is not exact: along y samples" in info['inexact_because']
