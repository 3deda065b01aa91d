# -*- coding: utf-8 -*-
"""A figure as a file that is whole or not there; one that a map makes of itself."""

import os

import numpy as np
import pytest
from sample_folder import make_sample

pytest.importorskip('matplotlib')

from niftynet_activations.errors import WriteError  # noqa: E402
from niftynet_activations.looking.activation_map import ActivationMap  # noqa: E402
from niftynet_activations.looking.figures import figure  # noqa: E402
from niftynet_activations.looking.figures.figure import draw, write_figure  # noqa: E402
from niftynet_activations.looking.input_images import Source  # noqa: E402
from niftynet_activations.looking.maps import ActivationMaps  # noqa: E402


@pytest.fixture(scope='module')
def one(tmp_path_factory) -> ActivationMap:
    folder = make_sample(str(tmp_path_factory.mktemp('figures') / 'maps')).folder
    return ActivationMaps(folder)['1', 'res_1/pool:1']


def test_a_map_as_it_is_read_is_enough(one):
    assert len(draw([one], [[4]], image=False).subfigs) == 1


def test_what_cannot_be_read_is_told(one, capsys, monkeypatch):
    there_is_none = Source(None, np.eye(4), 'T1.nii is not there.')
    monkeypatch.setattr(figure, 'read_source', lambda info, folder: there_is_none)
    draw([one], [[4]])
    told = 'net_activations: T1.nii is not there. The maps are drawn alone.\n'
    assert capsys.readouterr().err == told


def test_a_failure_leaves_nothing(tmp_path):
    class Broken(object):
        @staticmethod
        def savefig(path: str, **unused: object) -> None:
            with open(path, 'w') as half:
                half.write('half')
            raise OSError('no room')

    with pytest.raises(WriteError, match='figure .* cannot be written: no room'):
        write_figure(Broken(), str(tmp_path / 'figure.png'))
    assert os.listdir(str(tmp_path)) == []
