# -*- coding: utf-8 -*-
"""What the samplers refuse before the first window."""

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

from inference_runs import run_activations, run_plain, segmentations  # noqa: E402
from toy_runs import LAYER, make_toy  # noqa: E402

from niftynet_activations.errors import OptionError  # noqa: E402


@pytest.mark.parametrize('border', ['6', '(2, 7, 2)', '(2, 2, 9)'])
@pytest.mark.parametrize('layers', [LAYER, 'none'])
def test_a_border_of_half_the_window(tmp_path, border, layers):
    """The window is 12 x 14 x 16."""
    config = make_toy(tmp_path / 'toy', {'a': (20, 23, 25)})
    with pytest.raises(OptionError, match='^border = .*: nothing is left of a window of') as caught:
        run_activations(
            config, tmp_path / 'ours', '--activation_layers', layers, '--border', border
        )
    assert '\n' not in str(caught.value)
    assert not segmentations(tmp_path / 'ours')


def test_a_border_just_below(tmp_path):
    config = make_toy(tmp_path / 'toy', {'a': (20, 23, 25)})
    words = ['--border', '(5, 6, 7)']
    run_plain(config, tmp_path / 'plain', *words)
    run_activations(config, tmp_path / 'ours', '--activation_layers', LAYER, *words)
    assert segmentations(tmp_path / 'ours') == segmentations(tmp_path / 'plain')


def test_the_resize_sampler_takes_any_border(tmp_path):
    config = make_toy(tmp_path / 'toy', {'a': (20, 23, 25)}, sampling='resize')
    words = ['--border', '(6, 7, 8)']
    run_plain(config, tmp_path / 'plain', *words)
    run_activations(config, tmp_path / 'ours', '--activation_layers', LAYER, *words)
    assert segmentations(tmp_path / 'ours') == segmentations(tmp_path / 'plain')
