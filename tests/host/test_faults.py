# -*- coding: utf-8 -*-
"""Subjects that NiftyNet cannot read or learn from: they are left out, and why is told."""

import os

import numpy as np
import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

from inference_runs import maps, segmentations  # noqa: E402
from toy_runs import LAYER, SHAPES, change_config, image_path, make_toy  # noqa: E402

from host.test_file_list import mgz, run_and_catch, run_without, save  # noqa: E402


def test_a_format_that_niftynet_has_no_header_for(tmp_path):
    config = make_toy(tmp_path / 'toy')
    path = image_path(tmp_path / 'toy', 'b', '.mgz')
    os.remove(image_path(tmp_path / 'toy', 'b'))
    mgz(path)
    text = run_and_catch(config, tmp_path / 'ours')
    assert "'b': '{}' is a MGHImage without the fields of a NIfTI header".format(path) in text
    assert sorted(maps(tmp_path / 'ours')) == [('a', LAYER), ('c', LAYER)]


def test_a_loader_that_is_not_installed(tmp_path, monkeypatch):
    from niftynet.io import image_loader

    available = dict(image_loader.AVAILABLE_LOADERS)
    available.pop('simpleitk', None)
    monkeypatch.setattr(image_loader, 'AVAILABLE_LOADERS', available)
    config = make_toy(tmp_path / 'toy')
    change_config(config, {'T1': {'loader': 'simpleitk'}})
    text = run_and_catch(config, tmp_path / 'ours')
    assert 'Image Loader simpleitk supported but library not found' in text


def landmarks(folder, **network):
    config = make_toy(folder)
    options = dict(
        histogram_ref_file=str(folder / 'landmarks.txt'),
        normalisation='True',
        cutoff='(0.05, 0.95)',
        norm_type='percentile',
    )
    return change_config(config, {'NETWORK': dict(options, **network)})


def test_an_image_cut_short_while_landmarks_are_trained(tmp_path):
    config = landmarks(tmp_path / 'toy')
    path = image_path(tmp_path / 'toy', 'b')
    run_without(path, config, tmp_path / 'plain')
    trained = (tmp_path / 'toy' / 'landmarks.txt').read_text()
    os.remove(str(tmp_path / 'toy' / 'landmarks.txt'))
    os.truncate(path, os.path.getsize(path) // 2)
    text = run_and_catch(config, tmp_path / 'ours')
    assert "'b': '{}' cannot be read (".format(path) in text
    assert (tmp_path / 'toy' / 'landmarks.txt').read_text() == trained
    assert segmentations(tmp_path / 'ours') == segmentations(tmp_path / 'plain')
    assert sorted(maps(tmp_path / 'ours')) == [('a', LAYER), ('c', LAYER)]


def test_no_foreground_while_landmarks_are_trained(tmp_path):
    config = landmarks(
        tmp_path / 'toy', normalise_foreground_only='True', foreground_type='threshold_plus'
    )
    path = image_path(tmp_path / 'toy', 'c')
    save(path, np.full(SHAPES['c'], -1, np.float32))
    text = run_and_catch(config, tmp_path / 'ours')
    assert "'c': '{}' cannot be normalised by its histogram".format(path) in text
    assert 'no foreground' in text
    assert sorted(maps(tmp_path / 'ours')) == [('a', LAYER), ('b', LAYER)]
