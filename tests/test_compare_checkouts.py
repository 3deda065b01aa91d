# -*- coding: utf-8 -*-
"""The comparison of two checkouts: what is a difference, and what is told apart."""

import gzip
import io
import json
import os
import sys

import numpy as np
import pytest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, 'scripts'))

from checkouts_differences import compare_folders  # noqa: E402
from compare_checkouts import NETWORK_RUNS, TOY_RUNS, Difference, main, table  # noqa: E402

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir)


def compressed(content, mtime):
    """The bytes of a gzip file; the time of change in its head makes them differ."""
    stream = io.BytesIO()
    with gzip.GzipFile(fileobj=stream, mode='wb', mtime=mtime) as target:
        target.write(content)
    return stream.getvalue()


@pytest.fixture
def folders(tmp_path):
    """Two folders of the same content, whose names differ."""
    for name in ('before', 'later'):
        place = tmp_path / name
        (place / 'map.zarr').mkdir(parents=True)
        (place / 'map.zarr' / '0.0.0').write_bytes(bytes(range(9)))
        (place / 'map.nii.gz').write_bytes(compressed(b'numbers', 1))
        (place / 'map.json').write_text(json.dumps({'exact': True, 'shape': [5, 7, 11]}))
        (place / 'activations.csv').write_text('layer,file\na,1\nb,2\n')
        (place / 'inferred.csv').write_text('{}/seg.nii.gz\n'.format(place))
    return tmp_path / 'before', tmp_path / 'later'


def compared(folders):
    return compare_folders(*[str(each) for each in folders])


def test_the_same_is_the_same(folders):
    assert compared(folders) == Difference(5, [], set(), [], [])


def test_every_byte_counts(folders):
    (folders[1] / 'map.zarr' / '0.0.0').write_bytes(bytes(range(8)) + b'x')
    (folders[1] / 'more.nii').write_bytes(b'')
    (folders[1] / 'inferred.csv').unlink()
    assert compared(folders).changed == [
        'inferred.csv: gone', 'more.nii: new', 'map.zarr/0.0.0: other bytes'
    ]  # fmt: skip


def test_the_same_numbers_compressed_otherwise_are_told(folders):
    (folders[1] / 'map.nii.gz').write_bytes(compressed(b'numbers', 2))
    assert compared(folders).changed == ['map.nii.gz: compressed otherwise']
    (folders[1] / 'map.nii.gz').write_bytes(compressed(b'other', 1))
    assert compared(folders).changed == ['map.nii.gz: other bytes']


def test_new_keys_and_the_order_of_rows_are_told_apart(folders):
    (folders[1] / 'map.json').write_text(json.dumps(dict(shape=[5, 7, 11], exact=True, unit='mm')))
    (folders[1] / 'activations.csv').write_text('layer,file\nb,2\na,1\n')
    assert compared(folders) == Difference(5, [], {'unit'}, ['activations.csv'], [])


def write_store(path, values, chunks, **attributes):
    zarr = pytest.importorskip('zarr', reason='the zarr package is not installed')
    version = int(zarr.__version__.split('.')[0])
    group = zarr.open_group(str(path), mode='w', **({} if version < 3 else {'zarr_format': 2}))
    make = group.create_dataset if version < 3 else group.create_array
    make('0', shape=values.shape, chunks=chunks, dtype=values.dtype)[...] = values
    group.attrs.update(attributes)


def test_a_store_of_the_same_numbers_in_other_files_is_told_apart(folders):
    values = np.arange(24, dtype=np.float32).reshape(4, 6)
    values[1, 2] = np.nan
    for folder, chunks in zip(folders, ((2, 3), (4, 6))):
        write_store(folder / 'other.zarr', values, chunks, range=[0, 23])
    found = compared(folders)
    assert found.restored == ['other.zarr'] and not found.changed
    write_store(folders[1] / 'other.zarr', values, (4, 6), range=[0, 24])
    assert not compared(folders).restored and compared(folders).changed
    for changed in (values[:2], values.astype(np.float64), np.where(values == 0, -values, values)):
        write_store(folders[1] / 'other.zarr', changed, (2, 6), range=[0, 23])
        assert not compared(folders).restored and compared(folders).changed


def test_keys_that_change_or_go_are_differences(folders):
    (folders[1] / 'map.json').write_text(json.dumps({'exact': False}))
    assert compared(folders).changed == [
        'map.json: exact = False where True was; shape is gone',
    ]


def test_the_table_names_what_differs():
    found = {'toynet': {'native': Difference(7, ['a.nii: gone'], {'unit'}, [], ['a.zarr'])}}
    lines = table(found).splitlines()
    assert lines[2] == '| toynet | native | 7 | 1 | unit | none | 1 |'
    assert lines[-1] == 'toynet, native: a.nii: gone'


def test_all_kinds_of_files_are_tried():
    runs = list(TOY_RUNS.values()) + list(NETWORK_RUNS.values())
    for option, values in (
        ('format', {'nii', 'nii.gz', 'zarr'}),
        ('dtype', {'float16', 'int16', 'uint8'}),
        ('layout', {'5d', 'split'}),
        ('stitch', {'average', 'gaussian'}),
        ('grid', {'aligned'}),
        ('resolution', {'input'}),
        ('tables', {'segmentation'}),
    ):
        assert {run[option] for run in runs if option in run} == values, option


@pytest.mark.slow
def test_this_checkout_and_itself(tmp_path, capsys):
    pytest.importorskip('niftynet')
    words = [ROOT, ROOT, '--output', str(tmp_path / 'kept'), '--only', 'toy resized']
    assert main(words) == 0
    printed = capsys.readouterr().out
    assert '| toy resized | resize | ' in printed and '| toy resized | layers | 1 | 0 |' in printed
    assert list((tmp_path / 'kept' / 'toy-resized' / 'after' / 'resize').glob('activation_*.nii'))
