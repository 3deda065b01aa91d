# -*- coding: utf-8 -*-
"""What is decided between the graph and the first window, seen in a run of toynet."""

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

from toy_runs import make_toy  # noqa: E402

from niftynet_activations.dry_run.from_config import plan_config  # noqa: E402
from niftynet_activations.errors import OptionError  # noqa: E402


@pytest.fixture(scope='module')
def config(tmp_path_factory):
    return make_toy(tmp_path_factory.mktemp('planned') / 'toy')


def test_a_mask_of_a_section_that_is_not_there(config):
    with pytest.raises(OptionError, match="activation_mask = 'brain': expected an input section"):
        plan_config(config, ['--activation_mask=brain'])


def test_the_outline_is_that_of_what_was_chosen(config):
    windows = plan_config(config, ['--activation_layers=logits'])
    whole = plan_config(config, ['--activation_layers=logits', '--activation_pass=whole'])
    assert windows.bytes == whole.bytes > 0
    assert {way.kind for way in whole.ways} == {'whole'} != {way.kind for way in windows.ways}
