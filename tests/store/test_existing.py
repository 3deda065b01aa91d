# -*- coding: utf-8 -*-
"""What is kept, what is refused, what goes."""

import json

import pytest

from niftynet_activations.errors import OptionError
from niftynet_activations.store import existing
from niftynet_activations.store.description import MapDescription
from niftynet_activations.store.folder import OutputFolder
from niftynet_activations.store.writer import MapWriter
from tests.store.maps import make_spec, make_values

SPEC = make_spec(format='nii', settings='abc')


def write(tmp_path, spec):
    with OutputFolder(str(tmp_path)) as folder:
        writer = MapWriter(folder, spec)
        writer.write((0, 0, 0), make_values()[..., : len(spec.channels)])
        return writer.finish(MapDescription())


def test_only_a_map_of_the_same_settings_is_complete(tmp_path):
    assert not existing.is_complete(str(tmp_path), SPEC)
    write(tmp_path, SPEC)
    assert existing.is_complete(str(tmp_path), SPEC)
    for changes in (
        {'settings': 'abd'},
        {'settings': None},
        {'channels': (2, 4, 8)},
        {'dtype': 'int16'},
        {'format': 'nii.gz'},
        {'layout': 'split'},
        {'subject': 's_2'},
    ):
        assert not existing.is_complete(str(tmp_path), SPEC._replace(**changes)), changes


@pytest.mark.parametrize('ending', ['.nii', '.json'])
def test_map_that_lost_a_file_is_not_complete(tmp_path, ending):
    write(tmp_path, SPEC)
    (tmp_path / ('activation_res.conv-1_s_1_out' + ending)).unlink()
    assert not existing.is_complete(str(tmp_path), SPEC)


@pytest.mark.parametrize('file_format', ['nii', 'nii.gz'])
@pytest.mark.parametrize('dtype, layout', [('float32', '4d'), ('int16', '5d'), ('uint8', 'split')])
@pytest.mark.parametrize('left', [0, 19, 200])
def test_file_that_was_cut_short_is_not_whole(tmp_path, file_format, dtype, layout, left):
    spec = SPEC._replace(format=file_format, dtype=dtype, layout=layout)
    names = write(tmp_path, spec)
    assert existing.is_complete(str(tmp_path), spec)
    with open(str(tmp_path / names[-1]), 'r+b') as stream:
        stream.truncate(left)
    assert not existing.is_complete(str(tmp_path), spec)


def test_store_without_its_description_is_not_whole(tmp_path):
    pytest.importorskip('zarr')
    spec = SPEC._replace(format='zarr')
    write(tmp_path, spec)
    assert existing.is_complete(str(tmp_path), spec)
    (tmp_path / 'activation_res.conv-1_s_1_out.zarr' / '0' / '.zarray').unlink()
    assert not existing.is_complete(str(tmp_path), spec)


def test_policies(tmp_path):
    other = SPEC._replace(subject='s_2')
    write(tmp_path, SPEC)
    assert existing.check_policy('overwrite', str(tmp_path), [SPEC, other]) == [SPEC, other]
    assert existing.check_policy('skip', str(tmp_path), [SPEC, other]) == [other]
    assert existing.check_policy('error', str(tmp_path), [other]) == [other]
    with pytest.raises(OptionError, match=r"'activation_res.conv-1_s_1_out.nii' is in .*\(2 files"):
        existing.check_policy('error', str(tmp_path), [other, SPEC])
    with pytest.raises(OptionError, match="'keep'; allowed are overwrite, skip, error"):
        existing.check_policy('keep', str(tmp_path), [])


def test_other_formats_and_channels_of_the_same_map_go(tmp_path):
    write(tmp_path, SPEC._replace(layout='split'))
    write(tmp_path, SPEC._replace(subject='s_2', layout='split'))
    write(tmp_path, SPEC._replace(layout='split', channels=(2, 5)))
    names = sorted(p.name for p in tmp_path.iterdir() if 's_1' in p.name)
    assert names == [
        'activation_res.conv-1_s_1_out{}'.format(e) for e in ('.json', '_c2.nii', '_c5.nii')
    ]
    write(tmp_path, SPEC._replace(format='nii.gz'))
    names = sorted(p.name for p in tmp_path.iterdir() if 's_1' in p.name)
    assert names == ['activation_res.conv-1_s_1_out.json', 'activation_res.conv-1_s_1_out.nii.gz']
    rows = (tmp_path / 'activations.csv').read_text().splitlines()[1:]
    assert [row.split(',')[2][-9:] for row in rows] == [
        'ut_c2.nii',
        'ut_c4.nii',
        'ut_c9.nii',
        'ut.nii.gz',
    ]


def test_another_map_whose_name_looks_like_a_channel_stays(tmp_path):
    write(tmp_path, SPEC._replace(postfix='out_c3'))
    write(tmp_path, SPEC)
    info = json.loads((tmp_path / 'activation_res.conv-1_s_1_out_c3.json').read_text())
    assert info['layer'] == 'res/conv:1'
    assert (tmp_path / 'activation_res.conv-1_s_1_out_c3.nii').exists()
