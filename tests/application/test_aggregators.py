# -*- coding: utf-8 -*-
"""NiftyNet's aggregators with ours in their place: what is written, and when it appears."""

import os

import numpy as np
import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

from inference_runs import read_voxels, run_activations, run_plain, segmentations  # noqa: E402
from niftynet.engine.windows_aggregator_grid import GridSamplesAggregator  # noqa: E402
from toy_runs import LAYER, make_toy  # noqa: E402

from niftynet_activations.application.aggregators import (  # noqa: E402
    GridActivationAggregator,
    _ActivationAggregator,
)


class Reader(object):
    """One subject of 5 x 6 x 7 voxels, without padding."""

    preprocessors = []

    class Image(object):
        shape = (5, 6, 7, 1, 1)

    output_list = [{'image': Image}]


def test_windows_of_an_extended_volume_are_kept_whole(tmp_path):
    aggregator = GridSamplesAggregator(Reader(), output_path=str(tmp_path))
    ours = GridActivationAggregator.beside(aggregator)
    assert ours._initialise_empty_image(0, 2, np.float32).shape == (5, 6, 7, 2)

    class Alignment(object):
        shape = (8, 6, 9)

    ours.alignments = {0: Alignment}
    assert ours._initialise_empty_image(0, 2, np.float32).shape == (8, 6, 9, 2)
    assert GridActivationAggregator.beside(aggregator).alignments == {}


@pytest.mark.parametrize('sampling', ['uniform', 'resize'])
def test_a_segmentation_appears_when_niftynet_has_written_it(tmp_path, monkeypatch, sampling):
    config = make_toy(tmp_path / 'toy', {'a': (20, 23, 25), 'b': (17, 30, 21)}, sampling=sampling)
    run_plain(config, tmp_path / 'plain')
    seen, log = [], _ActivationAggregator.log_inferred

    def look(self, subject_name, filename):
        hidden = os.path.join(self.output_path, filename)
        there = (tmp_path / 'ours' / filename).exists()
        seen.append((subject_name, os.path.basename(os.path.dirname(hidden))[:1], there))
        log(self, subject_name, filename)
        assert (tmp_path / 'ours' / filename).exists() and not os.path.exists(hidden)

    monkeypatch.setattr(_ActivationAggregator, 'log_inferred', look)
    run_activations(config, tmp_path / 'ours', '--activation_layers', LAYER)
    assert [each[0] for each in seen] == ['a', 'b'] and not any(each[2] for each in seen)
    assert segmentations(tmp_path / 'ours') == segmentations(tmp_path / 'plain')
    listed = (tmp_path / 'plain' / 'inferred.csv').read_text()
    ours = (tmp_path / 'ours' / 'inferred.csv').read_text()
    assert ours == listed.replace(str(tmp_path / 'plain'), str(tmp_path / 'ours'))


def test_an_aligned_grid_is_cut_back_to_the_image(tmp_path):
    config = make_toy(tmp_path / 'toy', {'a': (20, 23, 25)})
    words = ['--activation_layers', LAYER, '--activation_grid', 'aligned']
    run_activations(config, tmp_path / 'ours', *words)
    assert read_voxels(tmp_path / 'ours' / 'window_seg_a_x.nii.gz').shape == (20, 23, 25)
