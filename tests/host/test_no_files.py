# -*- coding: utf-8 -*-
"""Input sections without files: one line says what was looked for, and where."""

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

from broken_example import copy_of, told  # noqa: E402
from example_run import make_example  # noqa: E402

import niftynet_activations as na  # noqa: E402
from niftynet_activations.errors import InputError  # noqa: E402

BOTH = ('T1', 'label')


@pytest.fixture(scope='module')
def example(tmp_path_factory):
    return make_example(tmp_path_factory.mktemp('example'))


def set_to(option, value, sections=BOTH):
    def change(config):
        for section in sections:
            config[section][option] = value

    return change


def no_search(config):
    for section in BOTH:
        config[section].update(csv_file='no_such.csv', path_to_search='')


CASES = [
    (set_to('path_to_search', 'no/such/folder'), "no/such/folder': there is no folder '/"),
    (set_to('path_to_search', '/no/such/folder', ('T1',)), "[T1] path_to_search = '/no/such/fo"),
    (
        set_to('filename_contains', 'T2'),
        "[T1] filename_contains = 'T2': no such file among the 4 of '",
    ),
    (set_to('filename_contains', 'FLAIR', ('T1',)), '(one_T1.nii.gz, one_label.nii.gz, two_T1.'),
    (set_to('filename_not_contains', 'T1', ('T1',)), "filename_not_contains = 'T1': no such file"),
    (no_search, '[T1] has neither path_to_search nor a csv_file that exists'),
]


@pytest.mark.parametrize('change, message', CASES)
def test_a_section_without_files(tmp_path, capfd, example, change, message):
    config = copy_of(example, tmp_path / 'copy', change)
    status, said = told(capfd, 'verify', '-c', config)
    assert status == 2 and said.startswith('no input image: [T1] ') and message in said
    with pytest.raises(InputError) as caught:
        na.extract(config, layers='none')
    assert str(caught.value) == said
    assert na.layers(config)  # which needs no image


def test_a_section_that_the_network_does_not_see_may_be_empty(tmp_path, example):
    change = set_to('path_to_search', '/no/such/folder', ('label',))
    assert na.extract(copy_of(example, tmp_path / 'copy', change), layers='up_relu')
