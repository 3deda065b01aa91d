# -*- coding: utf-8 -*-
"""The table of formats: what it allows, and that a new format is one class and one line."""

import os

import numpy as np
import pytest
from sample_folder import make_sample
from served import channel_of, served, values_of

from niftynet_activations import open_activations
from niftynet_activations.errors import OptionError, ReadError
from niftynet_activations.looking.report.page import write_report
from niftynet_activations.options import parse_options
from niftynet_activations.store import existing, tables
from niftynet_activations.store.description import MapDescription
from niftynet_activations.store.folder import OutputFolder
from niftynet_activations.store.formats.contract import Format, Sink
from niftynet_activations.store.formats.table import (
    FORMATS,
    check_options,
    check_spec,
    format_named,
    format_of_file,
    read_place,
    without_suffix,
)
from niftynet_activations.store.lazy_arrays import LazyArray
from niftynet_activations.store.writer import MapWriter
from tests.store.maps import make_spec, make_values


class NumpySink(Sink):
    """Keeps the map in memory, which a real format would not."""

    def __init__(self, path, name, spec):
        self._path, self._name = path, name
        self.shape = tuple(spec.shape_xyz) + (len(spec.channels),)
        self._values = np.full(self.shape, np.nan, np.float32)

    def write(self, corner, block):
        box = tuple(slice(low, low + size) for low, size in zip(corner, block.shape))
        self._values[box] = block

    def fill_missing(self, corner, shape):
        pass

    def finish(self):
        with open(self._path, 'wb') as stream:
            np.save(stream, self._values)
        return [(self._path, self._name)]

    def abandon(self):
        self._values = None


class NumpyArray(LazyArray):
    """Reads it back."""

    def __init__(self, path):
        self._array = np.load(path, mmap_mode='r')
        super().__init__(self._array.shape, self._array.dtype)

    def read(self, slices):
        return np.array(self._array[slices])


class NumpyFormat(Format):
    """The whole of a new format, beside its line in the table."""

    name = 'npy'

    def sink(self, spec, folder, memory):
        (name,) = self.file_names(spec)
        return NumpySink(folder.scratch(name), name, spec)

    def is_whole(self, path, spec):
        return os.path.isfile(path) and os.path.getsize(path) > spec.raw_bytes

    def open(self, paths, missing_value=None):
        return NumpyArray(paths[0])


@pytest.fixture
def npy(monkeypatch):
    monkeypatch.setitem(FORMATS, 'npy', NumpyFormat())


def test_a_new_format_is_written_listed_read_tabled_reported_and_viewed(npy, tmp_path, undrawn):
    assert parse_options({'activation_format': 'npy'}).format == 'npy'
    sample = make_sample(str(tmp_path / 'out'), form='npy')
    maps = open_activations(sample.folder)
    assert list(maps) == list(sample.data)
    for key, one in maps.items():
        assert one.files[0].endswith('.npy')
        np.testing.assert_array_equal(one.data[...], sample.data[key])
        np.testing.assert_allclose(one.affine, sample.affines[key])
        np.testing.assert_allclose(one.to_nibabel().affine, sample.affines[key], atol=1e-4)
    table = maps.table({name: labels_of(sample, name) for name in maps.subjects})
    assert set(table['layer']) == set(maps.layers)
    with open(write_report(sample.folder), encoding='utf-8') as page:
        assert 'res_1/pool:1' in page.read()
    layer = maps.layers[1]
    with served(sample.folder) as server:
        for name in maps.subjects:
            expected = sample.data[name, layer]
            np.testing.assert_array_equal(channel_of(server, name, layer, 2), expected[..., 2])
            corner = sample.affines[name, layer][:3, 3]
            np.testing.assert_allclose(
                values_of(server, name, layer, corner), expected[0, 0, 0], rtol=1e-6
            )


def labels_of(sample, subject):
    import nibabel as nib

    return nib.Nifti1Image(sample.labels[subject], sample.affines[subject, 'conv_0'])


def test_a_new_format_is_kept_where_complete_and_goes_for_the_next_one(npy, tmp_path):
    spec = make_spec(format='npy', settings='abc')
    write(tmp_path, spec)
    assert existing.is_complete(str(tmp_path), spec)
    rows = tables.read_rows(str(tmp_path / 'activations.csv'))
    assert [row['file'] for row in rows] == ['activation_res.conv-1_s_1_out.npy']
    with pytest.raises(OptionError, match='.npy. is in .*2 files are'):
        existing.check_policy('error', str(tmp_path), [spec])
    write(tmp_path, spec._replace(format='nii'))
    assert not [path for path in tmp_path.iterdir() if path.suffix == '.npy']
    with pytest.raises(OptionError, match="'npy' has no such type: with it use float32"):
        parse_options({'activation_format': 'npy', 'activation_dtype': 'int16'})


def write(tmp_path, spec):
    with OutputFolder(str(tmp_path)) as folder:
        writer = MapWriter(folder, spec)
        writer.write((0, 0, 0), make_values())
        writer.finish(MapDescription())


def test_an_unknown_format_is_an_error_wherever_it_comes(tmp_path):
    spec = make_spec(format='mha', settings='abc')
    for use in (
        lambda: format_named('mha'),
        lambda: check_spec(spec),
        lambda: existing.is_complete(str(tmp_path), spec),
        lambda: tables.rows_of(spec, True),
        lambda: parse_options({'activation_format': 'mha'}),
    ):
        with pytest.raises(OptionError, match='mha'):
            use()
    for use in (format_of_file, read_place):
        with pytest.raises(ReadError, match="'a.mha' is no file of a map: .*.nii.gz, .nii, .zarr"):
            use('a.mha')


def test_the_longest_ending_counts():
    assert format_of_file('x/a.nii.gz').name == 'nii.gz'
    assert without_suffix('x/a.nii.gz') == without_suffix('x/a.nii') == 'x/a'
    assert without_suffix('x/a.mha') == 'x/a.mha'
    assert not format_of_file('a.csv').holds_volumes


@pytest.mark.parametrize(
    'values, message',
    [
        (('mha', '4d', 'float32'), "activation_format is 'mha'; allowed are nii.gz, nii, zarr"),
        (('nii', '3d', 'float32'), "activation_layout is '3d'; allowed are 4d, 5d, split"),
        (('nii', '4d', 'int8'), "activation_dtype is 'int8'; allowed are float32"),
        (
            ('nii.gz', '4d', 'float16'),
            "needs activation_format = zarr; 'nii.gz' has no such type: with it use float32 or",
        ),
        (
            ('zarr', '4d', 'int16'),
            "needs activation_format = nii.gz or nii; 'zarr' has no such type: with it use",
        ),
    ],
)
def test_what_is_not_allowed_is_named(values, message):
    with pytest.raises(OptionError, match=message):
        check_options(*values)


def test_allowed_options_pass():
    for values in (('zarr', '4d', 'float16'), ('nii', 'split', 'uint8'), ('nii', '5d', 'int16')):
        check_options(*values)


def test_only_plain_nifti_and_zarr_need_no_spool():
    one = make_spec()
    waiting = [
        format_named(name).scratch_samples(one._replace(format=name))
        for name in ('nii.gz', 'nii', 'zarr')
    ]
    assert waiting == [one.samples, 0, 0]
    assert format_named('nii').scratch_samples(one._replace(dtype='int16')) == one.samples


def test_map_without_channels_is_refused():
    with pytest.raises(ValueError, match='0 channels'):
        check_spec(make_spec(channels=()))
