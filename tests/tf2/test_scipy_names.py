# -*- coding: utf-8 -*-
"""``scipy.ndimage.morphology`` where scipy has it no longer."""

import importlib
import sys

import numpy as np
import scipy.ndimage

from niftynet_tf2 import scipy_names


def test_a_ring_is_filled_where_the_module_is_gone(monkeypatch):
    monkeypatch.setattr(scipy_names, 'find_spec', lambda name: None)
    monkeypatch.setitem(sys.modules, 'scipy.ndimage.morphology', None)
    monkeypatch.setattr(scipy.ndimage, 'morphology', None, raising=False)
    scipy_names.supply()
    module = importlib.import_module('scipy.ndimage.morphology')
    ring = np.pad(np.pad(np.zeros((1, 3), bool), 1, constant_values=True, mode='constant'), 1,
                  mode='constant')  # fmt: skip
    filled = module.binary_fill_holes(ring)
    assert filled.sum() == 15 and not ring[2, 2]


def test_the_module_that_is_there_stays(monkeypatch):
    monkeypatch.setattr(scipy_names, 'find_spec', lambda name: 'found')
    monkeypatch.setattr(scipy_names, 'add_module', None)
    scipy_names.supply()
