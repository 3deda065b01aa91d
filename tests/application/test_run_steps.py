# -*- coding: utf-8 -*-
"""The steps of a run, where they end early or leave something out."""

import os

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

from toy_runs import make_toy  # noqa: E402

import niftynet_activations as na  # noqa: E402
from niftynet_activations.errors import InputError  # noqa: E402


@pytest.fixture
def toy(tmp_path):
    """
    :return: path of a config whose images are resized, and of one subject's file
    """
    config = make_toy(tmp_path / 'toy', sampling='resize')
    files = sorted(os.listdir(str(tmp_path / 'toy' / 'data')))
    return config, str(tmp_path / 'toy' / 'data' / files[-1])


def test_a_whole_pass_leaves_out_a_resized_subject_that_cannot_be_read(toy, tmp_path):
    config, path = toy
    with open(path, 'r+b') as stream:
        stream.truncate(os.path.getsize(path) - 200)  # its header is whole
    options = {'pass': 'whole', 'layers': 'logits', 'format': 'nii', 'dir': str(tmp_path / 'out')}
    with pytest.raises(InputError, match='is left out|cannot be read'):
        na.extract(config, **options)
    maps = na.open_activations(str(tmp_path / 'out'))
    assert len(maps.subjects) == 2
    assert all(one.info['exact'] for one in maps.values())
