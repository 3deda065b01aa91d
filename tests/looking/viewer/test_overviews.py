# -*- coding: utf-8 -*-
"""All channels of a layer at a glance."""

import io
import os

import numpy as np
import pytest
from PIL import Image
from sample_folder import Layer, make_picture_sample, make_sample

from niftynet_activations import open_activations
from niftynet_activations.errors import ReadError
from niftynet_activations.looking.figures.scales import scale_of
from niftynet_activations.looking.viewer import overviews


def test_numbers_and_thumbnails(tmp_path):
    sample = make_sample(str(tmp_path / 'out'), ['1'], shape=(9, 13, 11))
    one = open_activations(sample.folder)['1', 'res_1/pool:1']
    made = overviews.Overviews().of(one, np.eye(4), sample.folder)
    data = sample.data['1', 'res_1/pool:1']
    found = [each['variance'] for each in made.told['channels']]
    np.testing.assert_allclose(found, data.reshape(-1, 6).var(axis=0), rtol=1e-4, atol=1e-9)
    assert [each['state'] for each in made.told['channels']][1] == 'dead'
    expected = scale_of(data)
    assert made.told['range'] == [expected.low, expected.high]
    sheet = np.asarray(Image.open(io.BytesIO(made.sheet)))
    side = overviews.PIXELS
    assert sheet.shape == (side, overviews.PER_ROW * side, 3)
    tiles = sheet.reshape(side, overviews.PER_ROW, side, 3).transpose(1, 0, 2, 3)
    varied = [bool(np.ptp(tile[30:42, 30:42], axis=(0, 1)).any()) for tile in tiles]
    # channel 1 is dead, and there are six
    assert [varied[k] for k in (0, 1, 2, 5, 6)] == [True, False, True, True, False]


def test_a_thumbnail_of_a_picture_stands_as_the_picture_does(tmp_path):
    make_picture_sample(str(tmp_path / 'out'))
    one = open_activations(str(tmp_path / 'out'))['a', 'conv']
    turn = np.array([[0, -1, 0, 0], [-1, 0, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1.0]])
    made = overviews.make_overview(one, turn)
    tile = np.asarray(Image.open(io.BytesIO(made.sheet)))[: overviews.PIXELS, : overviews.PIXELS]
    bright = np.argwhere(tile[..., 0] > 200)  # the square near the upper left corner
    assert (bright.mean(axis=0) < overviews.PIXELS / 2).all()


def test_it_is_kept_until_the_map_changes(tmp_path, monkeypatch):
    few = [Layer('conv', 2, 1, 0.0)]
    sample = make_sample(str(tmp_path / 'out'), ['1'], few, file_format='nii', shape=(3, 4, 5))
    calls = []
    made = overviews.make_overview
    monkeypatch.setattr(
        overviews, 'make_overview', lambda *given: calls.append(given) or made(*given)
    )
    kept = overviews.Overviews()
    one = open_activations(sample.folder)['1', 'conv']
    kept.of(one, np.eye(4), sample.folder)
    kept.of(one, np.eye(4), sample.folder)
    assert len(calls) == 1
    os.utime(one.files[0], (5, 5))
    kept.of(one, np.eye(4), sample.folder)
    assert len(calls) == 2


def test_scores_of_labels_are_read_from_the_table_of_units(tmp_path):
    rows = 'conv,0,1,0.75,1,1\nconv,1,1,,1,1\nother,0,1,0.2,1,1\n'
    name = 'activation_units_of_mine.csv'
    (tmp_path / name).write_text('layer,channel,label,auc,dice,iou\n' + rows)
    (tmp_path / 'activations.csv').write_text('subject,layer,file\n1,conv,x.nii\n')
    assert overviews.label_scores(str(tmp_path), 'conv') == {0: {'1': 0.75}}


def test_a_map_that_is_gone_is_told_in_one_line(tmp_path):
    few = [Layer('conv', 2, 1, 0.0)]
    sample = make_sample(str(tmp_path / 'out'), ['1'], few, file_format='nii', shape=(3, 4, 5))
    one = open_activations(sample.folder)['1', 'conv']
    os.remove(one.files[0])
    with pytest.raises(ReadError, match='is not there'):
        overviews.Overviews().of(one, np.eye(4), sample.folder)
