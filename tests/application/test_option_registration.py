# -*- coding: utf-8 -*-
"""NiftyNet knows this package's options, once, and where they belong."""

import argparse
import sys

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

from niftynet.utilities import user_parameters_parser  # noqa: E402
from niftynet.utilities.user_parameters_default import SUPPORTED_DEFAULT_SECTIONS  # noqa: E402

import niftynet_activations  # noqa: E402

niftynet_activations.app  # noqa: B018  registers the options, as net_run does

from niftynet_activations.application.option_registration import register_options  # noqa: E402
from niftynet_activations.errors import OptionError  # noqa: E402
from niftynet_activations.options import OPTIONS, SECTION  # noqa: E402


def test_a_second_time_changes_nothing():
    before = SUPPORTED_DEFAULT_SECTIONS[SECTION], list(user_parameters_parser.KEYWORDS)
    hook = sys.excepthook
    register_options()
    assert (SUPPORTED_DEFAULT_SECTIONS[SECTION], user_parameters_parser.KEYWORDS) == before
    assert sys.excepthook is hook


def test_defaults_and_keywords():
    parser = SUPPORTED_DEFAULT_SECTIONS[SECTION](argparse.ArgumentParser())
    given = vars(parser.parse_args([]))
    for name, option in OPTIONS.items():
        assert given[name] == option.default
        assert user_parameters_parser.KEYWORDS.count(name) == 1
    assert 'border' in given  # NiftyNet's own are there still


def test_own_errors_are_one_line(capsys):
    try:
        raise OptionError('what came, and what was expected')
    except OptionError:
        sys.excepthook(*sys.exc_info())
    said = capsys.readouterr().err
    assert said.endswith('error: what came, and what was expected\n') and said.count('\n') == 1
