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
        ('activation_layers', '"res_*, conv"', r'no quotation marks: write res_\*, conv$'),
        ('activation_layers', "['a', 'b']", 'no brackets|no quotation marks: write a, b'),
        ('activation_layers', '(conv_1, conv_2)', 'no brackets: write conv_1, conv_2$'),
        ('activation_layers', '[conv_1, conv_2]', 'no brackets: write conv_1, conv_2$'),
        ('activation_layers', 'conv_1  # the first', "line of its own: take '# the first' away"),
        ('activation_layers', 'all ; everything', "line of its own: take '; everything' away"),
        ('activation_layers', 'conv_1 conv_2', "'conv_1 conv_2' is no name of a layer: .* commas"),
        ('activation_layers', 'conv_1\nconv_2', 'no name of a layer: .* separated by commas'),
        ('activation_layers', 'a,,b', 'empty item'),
        ('activation_layers', 're:conv_[', r'valid regular expression .*unterminated'),
        ('activation_layers', 're:(conv', r'valid regular expression .*at position 0'),
        ('activation_channels', '', 'expected indices and slices such as 0:8'),
        ('activation_channels', 'conv_1', 'or conv_1=0:8 for one layer'),
        ('activation_channels', 'a=0:3,b=1', "separated by ';', as in 'res_1_"),
        ('activation_channels', 'a=0,2, b=1', "separated by ';', as in 'res_1_"),
        ('activation_channels', '(0:8)', 'no brackets: write 0:8$'),
        ('activation_channels', '0:8 # some', "take '# some' away"),
        ('activation_dir', '$HOME/maps', "'.HOME' is not replaced by its value"),
        ('activation_dir', '${SCRATCH}/maps', "'.{SCRATCH}' is not replaced by its value"),
        ('activation_dir', "'maps'", 'no quotation marks: write maps$'),
        ('activation_dir', 'maps # here', "take '# here' away"),
        ('activation_format', '"zarr"', 'no quotation marks: write zarr$'),
        ('activation_report', 'True ; please', "take '; please' away"),
        ('activation_memory', '(2)', 'no brackets: write 2$'),
        ('activation_tables', '(segmentation, label)', 'no brackets: write segmentation, label$'),
        ('activation_layer', 'x', "did you mean 'activation_layers'"),
    ],
)
def test_refused_with_one_line(name, value, message):
    with pytest.raises(ActivationError, match=message) as caught:
        parse_options({name: value})
    assert '\n' not in str(caught.value)
    if name in OPTIONS:
        assert str(caught.value).startswith(name)


def test_integer_types_are_for_nifti():
    with pytest.raises(OptionError, match='needs activation_format = nii.gz or nii'):
        parse_options({'activation_dtype': 'int16', 'activation_format': 'zarr'})


def test_values_may_be_of_their_own_type():
    options = parse_options({'activation_memory': 0.5, 'activation_report': False})
    assert (options.memory, options.report) == (0.5, False)


@pytest.mark.parametrize(
    'name, value',
    [
        ('activation_layers', 're:(a|b)[12]'),
        ('activation_layers', 're:a#b, [ab]*, !x'),
        ('activation_layers', 'all, ! top'),
        ('activation_channels', 'a=0:3 ; b=1,2 ; 4'),
        ('activation_channels', 're:(?=a).*=0:3,5'),
        ('activation_dir', '/data/(old)/c$d#1'.replace('$d', '$')),
        ('activation_dir', '~/maps'),
    ],
)
def test_what_only_looks_like_a_slip_is_taken(name, value):
    parse_options({name: value})


def test_every_option_says_what_it_is_for():
    assert all(option.help for option in OPTIONS.values())


def test_every_option_has_its_value():
    assert list(OPTIONS) == [PREFIX + name.rstrip('_') for name in Options._fields]


@pytest.mark.parametrize(
    'given, told',
    [
        (dict(format='none'), 'keeps no map: name what is to be made .* activation_features'),
        (
            dict(format='none', features='mean', report='True'),
            'activation_report is made from maps',
        ),
        (
            dict(format='none', features='mean', tables='label'),
            'activation_tables is made from maps',
        ),
        (
            dict(format='none', features='mean', dtype='int16'),
            "'none' has no such type: .* float32",
        ),
        (dict(regions='label'), "activation_regions = 'label' .* none are wanted"),
        (
            dict(features='mean', regions='segmentation', segmentation='none', **{'pass': 'whole'}),
            'activation_segmentation is none',
        ),
    ],
)
def test_features_and_what_they_need(given, told):
    with pytest.raises(OptionError, match=told):
        parse_options({'activation_' + name: value for name, value in given.items()})
