# -*- coding: utf-8 -*-
"""Where maps and scratch files go."""

import os

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

from niftynet_activations.host.checkpoint import Checkpoint  # noqa: E402
from niftynet_activations.options import parse_options  # noqa: E402
from niftynet_activations.planning.run_settings import (  # noqa: E402
    RunSettings,
    output_folder,
)


def settings(folder, named=''):
    values = dict.fromkeys(RunSettings._fields)
    values.update(
        options=parse_options({'activation_dir': named}),
        checkpoint=Checkpoint(**dict(dict.fromkeys(Checkpoint._fields), model_dir=str(folder))),
        save_seg_dir=os.path.join(str(folder), 'segmentations'),
    )
    return RunSettings(**values)


def test_maps_lie_beside_the_segmentation_if_nothing_else_is_said(tmp_path):
    assert output_folder(settings(tmp_path)) == str(tmp_path / 'segmentations')


def test_a_relative_folder_is_relative_to_the_model(tmp_path):
    assert output_folder(settings(tmp_path, 'maps')) == str(tmp_path / 'maps')
    assert output_folder(settings(tmp_path, '/somewhere')) == '/somewhere'
