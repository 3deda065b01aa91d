# -*- coding: utf-8 -*-
"""What a run refuses before it has a plan, and what it then asks the session for."""

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

from toy_runs import LAYER, make_toy  # noqa: E402

import niftynet_activations as na  # noqa: E402

na.app  # noqa: B018  registers the options

from niftynet_activations.application.graph_steps import GraphSteps  # noqa: E402
from niftynet_activations.dry_run.from_config import begun  # noqa: E402
from niftynet_activations.errors import OptionError, WriteError  # noqa: E402


@pytest.fixture(scope='module')
def toy(tmp_path_factory):
    return make_toy(tmp_path_factory.mktemp('graph') / 'toy', {'a': (20, 23, 25)})


def test_nothing_is_left_to_do(toy, tmp_path):
    with pytest.raises(OptionError, match='leaves nothing to do'):
        na.extract(toy, layers='none', segmentation='none', dir=str(tmp_path / 'out'))


@pytest.mark.parametrize('segmentation, fetched', [('windows', True), ('none', False)])
def test_the_result_is_fetched_where_it_is_written(
    toy, tmp_path, monkeypatch, segmentation, fetched
):
    noted, build = [], GraphSteps.activation_build

    def noting(steps, outputs, gradients):
        noted.append(outputs.output_vars)
        return build(steps, outputs, gradients)

    monkeypatch.setattr(GraphSteps, 'activation_build', noting)
    words = ['--activation_layers', LAYER, '--save_seg_dir', str(tmp_path / 'out')]
    begun(toy, words + ['--activation_segmentation', segmentation])
    (outputs,) = noted
    assert {'location', 'activation_0'} <= set(outputs) and ('window' in outputs) == fetched


def test_a_folder_that_cannot_be_written(toy, tmp_path):
    (tmp_path / 'file').write_text('')
    with pytest.raises(WriteError, match='save_seg_dir'):
        begun(toy, ['--save_seg_dir', str(tmp_path / 'file' / 'out')])
