# -*- coding: utf-8 -*-
"""Options are checked alone and together."""

import pytest

from niftynet_activations.errors import OptionError
from niftynet_activations.store.spec import check_options, check_spec
from tests.store.maps import make_spec


@pytest.mark.parametrize(
    'values, message',
    [
        (('mha', '4d', 'float32'), "activation_format is 'mha'; allowed are nii.gz, nii, zarr"),
        (('nii', '3d', 'float32'), "activation_layout is '3d'; allowed are 4d, 5d, split"),
        (('nii', '4d', 'int8'), "activation_dtype is 'int8'; allowed are float32"),
        (('nii.gz', '4d', 'float16'), "needs activation_format 'zarr', not 'nii.gz'"),
        (('zarr', '4d', 'int16'), "needs activation_format 'nii' or 'nii.gz', not 'zarr'"),
    ],
)
def test_what_is_not_allowed_is_named(values, message):
    with pytest.raises(OptionError, match=message):
        check_options(*values)


def test_allowed_options_pass():
    for values in (('zarr', '4d', 'float16'), ('nii', 'split', 'uint8'), ('nii', '5d', 'int16')):
        check_options(*values)


def test_sizes_in_bytes():
    spec = make_spec()
    assert spec.samples == 5 * 7 * 11 * 3
    assert spec.raw_bytes == 4 * spec.samples
    assert spec._replace(dtype='uint8').raw_bytes == spec.samples


def test_only_plain_nifti_needs_no_spool():
    assert [make_spec(format=f).spools for f in ('nii.gz', 'nii', 'zarr')] == [True, False, False]
    assert make_spec(format='nii', dtype='int16').spools


def test_map_without_channels_is_refused():
    with pytest.raises(ValueError, match='0 channels'):
        check_spec(make_spec(channels=()))
