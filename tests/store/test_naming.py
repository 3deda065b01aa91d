# -*- coding: utf-8 -*-
"""Names are what users and programs rely on: spelt out here."""

import pytest

from niftynet_activations.errors import OptionError
from niftynet_activations.store import naming
from niftynet_activations.store.formats.table import file_names
from tests.store.maps import make_spec


@pytest.mark.parametrize(
    'changes, expected',
    [
        ({}, ['activation_res.conv-1_s_1_out.nii.gz']),
        ({'format': 'nii', 'layout': '5d'}, ['activation_res.conv-1_s_1_out.nii']),
        ({'format': 'zarr', 'layout': 'split'}, ['activation_res.conv-1_s_1_out.zarr']),
        (
            {'layout': 'split'},
            ['activation_res.conv-1_s_1_out_c{}.nii.gz'.format(c) for c in (2, 4, 9)],
        ),
        ({'layer': 'op.x/y/Relu:0'}, ['activation_op.x.y.Relu-0_s_1_out.nii.gz']),
    ],
)
def test_names_are_those_of_the_interface(changes, expected):
    assert file_names(make_spec(**changes)) == expected


def test_sidecar_has_the_stem_even_when_channels_are_split():
    assert naming.sidecar_name(make_spec(layout='split')) == 'activation_res.conv-1_s_1_out.json'


def test_postfix_is_used_to_the_letter():
    assert naming.stem('a', 's', '_niftynet_out') == 'activation_a_s__niftynet_out'


@pytest.mark.parametrize(
    'layers, subjects, both',
    [
        (['a/b', 'c', 'a.b'], ['s'], r"'a/b' of subject 's' and layer 'a\.b' of subject 's'"),
        (['x:1', 'x-1'], ['s'], r"'x:1' of subject 's' and layer 'x-1'"),
        (['conv', 'conv_1'], ['1_2', '2'], r"'conv' of subject '1_2' and layer 'conv_1' of"),
    ],
)
def test_two_maps_with_one_name_are_refused_by_name(layers, subjects, both):
    with pytest.raises(OptionError, match=both):
        naming.check_distinct(layers, subjects, 'out')


def test_distinct_names_pass():
    naming.check_distinct(['a', 'a:1', 'a.0', 'b/a'], ['1', '2'], 'out')


@pytest.mark.parametrize('subject', ['../s', 's/1', 'a\0b'])
def test_subject_may_not_lead_elsewhere(subject):
    with pytest.raises(OptionError, match='cannot be part of a file name'):
        naming.stem('conv', subject, 'out')


def test_name_too_long_for_a_file_system_is_refused():
    with pytest.raises(OptionError, match='more than the 255'):
        naming.stem('é' * 120, 's', 'out')
