# -*- coding: utf-8 -*-
"""Names of applications, and one line for those that lead to none with maps."""

import sys

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

import niftynet_activations as na  # noqa: E402
from niftynet_activations.command_line import main  # noqa: E402
from niftynet_activations.errors import OptionError  # noqa: E402
from niftynet_activations.host.application_names import APPLICATIONS  # noqa: E402
from niftynet_activations.host.applications import find_application  # noqa: E402

MODULE = """
import niftynet_activations as na
from niftynet.application.segmentation_application import SegmentationApplication
from niftynet.application.regression_application import RegressionApplication


class NoApplication(na.ActivationMixin):
    pass


class WrongOrder(SegmentationApplication, na.ActivationMixin):
    pass


class Plain(RegressionApplication):
    pass


class Right(na.ActivationMixin, Plain):
    pass


class Derived(Right):
    pass


number = 3
"""
WRONG = [
    ('applications_of_a_user.NoApplication', 'lacks the second base class'),
    (
        'applications_of_a_user.WrongOrder',
        'the wrong order: expected class WrongOrder(niftynet_activations.ActivationMixin, '
        'SegmentationApplication)',
    ),
    (
        'applications_of_a_user.Plain',
        'expected class App(niftynet_activations.ActivationMixin, Plain)',
    ),
    ('applications_of_a_user.number', 'it is no class'),
    ('applications_of_a_user.Rihgt', "did you mean 'Right'?"),
    ('application_of_nobody.App', "the module 'application_of_nobody' cannot be imported"),
    ('broken_application.App', 'cannot be imported (ZeroDivisionError'),
    ('net_regress', 'use niftynet_activations.regression_app'),
    ('regression', "or 'module.Class' of your own"),
    ('niftynet_activations.layers', 'it is no class'),
]


@pytest.fixture(autouse=True)
def module(tmp_path, monkeypatch):
    (tmp_path / 'applications_of_a_user.py').write_text(MODULE)
    (tmp_path / 'broken_application.py').write_text('1 / 0\n')
    monkeypatch.syspath_prepend(str(tmp_path))
    yield
    sys.modules.pop('applications_of_a_user', None)


@pytest.mark.parametrize('name, said', WRONG)
def test_one_line_says_what_is_wrong(name, said, capfd):
    with pytest.raises(OptionError) as caught:
        find_application(name)
    assert said in str(caught.value) and '\n' not in str(caught.value)
    assert main(['layers', '-c', 'none.ini', '-a', name]) == 2
    lines = [line for line in capfd.readouterr().err.splitlines() if 'error:' in line]
    assert len(lines) == 1 and said in lines[0]


@pytest.mark.parametrize('name', ['applications_of_a_user.Right', 'applications_of_a_user.Derived'])
def test_a_class_of_the_user(name):
    assert find_application(name).__name__ == name.rpartition('.')[2]


def test_ours_stand_in_the_package():
    for section, (_, name) in APPLICATIONS.items():
        if name:
            kind = find_application(name)
            assert kind.REQUIRED_CONFIG_SECTION == section
            assert getattr(na, name.rpartition('.')[2]) is kind


@pytest.mark.parametrize('name, said', WRONG[:2])
def test_net_run_says_it_too(name, said, tmp_path, monkeypatch):
    from niftynet.utilities import user_parameters_parser

    (tmp_path / 'config.ini').write_text('[SEGMENTATION]\n')
    words = ['net_run', 'inference', '-a', name, '-c', str(tmp_path / 'config.ini')]
    monkeypatch.setattr(sys, 'argv', words)
    with pytest.raises(OptionError) as caught:
        user_parameters_parser.run()
    assert said in str(caught.value)
