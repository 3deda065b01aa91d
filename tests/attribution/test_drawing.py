# -*- coding: utf-8 -*-
"""
The second run: from the windows that are needed, into maps like any other.
"""

import numpy as np
import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

from toy_runs import LAYER  # noqa: E402

import niftynet_activations as na  # noqa: E402


def test_windows_without_target_are_not_computed_again(toy, tmp_path, monkeypatch):
    from niftynet_activations.running.run import ActivationRun

    folder, config = toy
    came = []
    add = ActivationRun.add_window

    def counted(run, image_id, start, windows):
        came.append(start)
        add(run, image_id, start, windows)

    monkeypatch.setattr(ActivationRun, 'add_window', counted)
    maps = na.attribute(config, [LAYER], 1, 'hirescam', 'lesion', dir=str(tmp_path))
    windows = sum(one.info['windows'] for one in maps.values())
    assert 0 < len(set(came)) < windows
    assert not np.isnan(np.asarray(maps['a', LAYER + '/hirescam_label_1_masked'].data)).any()
