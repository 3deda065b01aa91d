# -*- coding: utf-8 -*-
"""Region tables against numpy on the full maps."""

import os

import nibabel as nib
import numpy as np
import pytest
from sample_folder import POSTFIX, make_sample

from niftynet_activations import open_activations
from niftynet_activations.errors import GeometryError, OptionError
from niftynet_activations.looking import region_tables
from niftynet_activations.looking.answers.table_files import write_table_file
from niftynet_activations.store import listing

STATISTICS = {'mean': np.mean, 'std': np.std, 'min': np.min, 'max': np.max, 'median': np.median}


def segmentations(sample):
    """The segmentation's path of each subject."""
    subjects = sorted(sample.labels)
    return {s: listing.find_segmentation(sample.folder, s, subjects) for s in subjects}


def expected_labels(sample, subject, layer):
    """The labels at a layer's samples, by hand: every second voxel, the upper of two."""
    labels = sample.labels[subject]
    return labels[1::2, 1::2, 1::2] if layer == 'res_1/pool:1' else labels


def compare(table, sample, mask=None):
    """Check every row against numpy on the whole map; return how many rows there should be."""
    count = 0
    for (subject, layer), data in sample.data.items():
        labels = expected_labels(sample, subject, layer)
        data = data[: labels.shape[0], : labels.shape[1], : labels.shape[2]].astype(np.float64)
        kept = np.ones(labels.shape, bool) if mask is None else mask(labels.shape)
        for channel in range(data.shape[3]):
            for label in np.unique(labels[kept]):
                values = data[..., channel][(labels == label) & kept]
                values = values[~np.isnan(values)]
                row = table[
                    (table['subject'] == subject)
                    & (table['layer'] == layer)
                    & (table['channel'] == channel)
                    & (table['label'] == label)
                ].iloc[0]
                assert row['voxels'] == values.size
                for name, function in STATISTICS.items():
                    np.testing.assert_allclose(row[name], function(values), rtol=1e-5, atol=1e-9)
                count += 1
    return count


@pytest.mark.parametrize('form', ['4d', 'split', 'zarr'])
def test_rows_equal_numpy_on_the_full_maps(tmp_path, form):
    if form == 'zarr':
        pytest.importorskip('zarr')
    sample = make_sample(str(tmp_path / 'out'), form=form)
    maps = open_activations(sample.folder)
    table = region_tables.region_table(maps, segmentations(sample))
    assert list(table.columns) == region_tables.COLUMNS
    assert compare(table, sample) == len(table)


def test_missing_samples_do_not_count(tmp_path):
    sample = make_sample(str(tmp_path / 'out'))
    data = sample.data['1', 'conv_0']
    data[5:12, 3:9, 4:20] = np.nan
    path = os.path.join(sample.folder, 'activation_conv_0_1_{}.nii.gz'.format(POSTFIX))
    nib.save(nib.Nifti1Image(data, sample.affine), path)
    table = region_tables.region_table(open_activations(sample.folder), segmentations(sample))
    assert compare(table, sample) == len(table)


def test_the_unfilled_rim_is_no_background(tmp_path):
    layer = make_sample.__defaults__[1][:1]
    sample = make_sample(str(tmp_path / 'out'), subjects=('1',), layers=layer)
    box = ((2, 3, 4), (16, 19, 22))

    def inner(shape):
        mask = np.zeros(shape, bool)
        mask[2:16, 3:19, 4:22] = True
        return mask

    maps = open_activations(sample.folder)
    table = region_tables.region_table(maps, segmentations(sample), {'1': box})
    assert compare(table, sample, inner) == len(table)
    whole = region_tables.region_table(maps, segmentations(sample))
    assert compare(whole, sample) == len(whole)
    assert whole['voxels'].sum() > table['voxels'].sum()


def test_one_channel_is_in_memory_at_a_time(tmp_path, monkeypatch):
    sample = make_sample(str(tmp_path / 'out'), subjects=('1',))
    one = open_activations(sample.folder)['1', 'res_1/pool:1']
    read = []
    kind = type(one.data)
    plain = kind.read
    monkeypatch.setattr(kind, 'read', lambda self, s: read.append(s[3]) or plain(self, s))
    list(region_tables.map_rows(one, segmentations(sample)['1']))
    assert read == [slice(k, k + 1) for k in range(6)]


def test_labels_elsewhere_in_space_are_one_clear_line(tmp_path):
    sample = make_sample(str(tmp_path / 'out'))
    image = nib.Nifti1Image(np.ones((5, 7, 11), np.uint8), np.diag([1, 1, 1, 1.0]) + 0)
    image.affine[:3, 3] = 500
    with pytest.raises(
        GeometryError, match='^1, conv_0: the label image does not overlap'
    ) as found:
        region_tables.region_table(open_activations(sample.folder), {'1': image})
    assert '\n' not in str(found.value)


def test_no_subject_with_labels(tmp_path):
    sample = make_sample(str(tmp_path / 'out'))
    with pytest.raises(OptionError, match='no subject of the maps has a label image'):
        region_tables.region_table(open_activations(sample.folder), {'2': 'x.nii'})


def test_a_region_without_samples():
    found = region_tables.statistics(np.array([np.nan, np.nan]))
    assert found['voxels'] == 0 and np.isnan(found['mean'])


def test_a_table_is_written_whole_and_read_again(tmp_path):
    sample = make_sample(str(tmp_path / 'out'))
    maps = open_activations(sample.folder)
    table = region_tables.region_table(maps, segmentations(sample))
    path = region_tables.table_path(maps)
    assert os.path.basename(path) == 'activation_table_{}.csv'.format(POSTFIX)
    write_table_file(table, path)
    again = region_tables.read_table(path)
    assert again['subject'].tolist() == table['subject'].tolist()
    np.testing.assert_allclose(again['median'], table['median'], rtol=1e-12)
    assert not [name for name in os.listdir(sample.folder) if name.startswith('.')]
    assert region_tables.table_path(maps, 'x').endswith('activation_table_x.csv')
