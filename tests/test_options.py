# -*- coding: utf-8 -*-
import pytest

from niftynet_activations.errors import ActivationError, OptionError
from niftynet_activations.options import OPTIONS, PREFIX, Options, parse_options


def test_defaults_are_valid():
    options = parse_options({})
    assert options.layers == 'penultimate'
    assert options.memory == 2.0
    assert options.tables == ()
    assert options.report is False


@pytest.mark.parametrize(
    'name, value, message',
    [
        ('activation_format', 'mgz', 'expected one of nii.gz, nii, zarr'),
        ('activation_stitch', 'Crop', 'expected one of crop, average, gaussian'),
        ('activation_reduce', 'median', 'expected one of none, mean, max, l2, std, argmax'),
        ('activation_memory', '-1', 'number of GiB above 0'),
        ('activation_memory', 'nan', 'number of GiB above 0'),
        ('activation_report', 'perhaps', 'True or False'),
        ('activation_channels', 'x=', 'indices and slices'),
        ('activation_layers', '', "^activation_layers = '': expected names of layers"),
        ('activation_dtype', 'float16', 'needs activation_format = zarr'),
        ('activation_layer', 'x', "did you mean 'activation_layers'"),
    ],
)
def test_refused_with_one_line(name, value, message):
    with pytest.raises(ActivationError, match=message) as caught:
        parse_options({name: value})
    assert '\n' not in str(caught.value)


def test_integer_types_are_for_nifti():
    with pytest.raises(OptionError, match='is for NIfTI'):
        parse_options({'activation_dtype': 'int16', 'activation_format': 'zarr'})


def test_values_may_be_of_their_own_type():
    options = parse_options({'activation_memory': 0.5, 'activation_report': False})
    assert (options.memory, options.report) == (0.5, False)


def test_every_option_says_what_it_is_for():
    assert all(option.help for option in OPTIONS.values())


def test_every_option_has_its_value():
    assert list(OPTIONS) == [PREFIX + name for name in Options._fields]
