# -*- coding: utf-8 -*-
"""Files appear whole, in the place of what was there."""

import errno
import os

import pytest

from niftynet_activations.errors import WriteError
from niftynet_activations.store import files, flushing


def test_positioned_writes_leave_the_rest_alone(tmp_path):
    path = tmp_path / 'f'
    path.write_bytes(b'0123456789')
    descriptor = os.open(str(path), os.O_RDWR)
    files.write_at(descriptor, 3, b'abc')
    os.close(descriptor)
    assert path.read_bytes() == b'012abc6789'


def test_file_replaces_file(tmp_path):
    (tmp_path / 'new').write_text('new')
    (tmp_path / 'final').write_text('old')
    files.publish(str(tmp_path / 'new'), str(tmp_path / 'final'))
    assert [p.name for p in tmp_path.iterdir()] == ['final']
    assert (tmp_path / 'final').read_text() == 'new'


def test_folder_replaces_folder(tmp_path):
    for name in ('new', 'final'):
        (tmp_path / name / 'below').mkdir(parents=True)
        (tmp_path / name / 'below' / name).write_text(name)
    files.publish(str(tmp_path / 'new'), str(tmp_path / 'final'))
    assert [p.name for p in tmp_path.iterdir()] == ['final']
    assert [p.name for p in (tmp_path / 'final' / 'below').iterdir()] == ['new']


def test_text_is_kept_to_the_letter(tmp_path):
    files.write_text('é\na,b\n', str(tmp_path / 'final'))
    assert (tmp_path / 'final').read_bytes() == 'é\na,b\n'.encode('utf-8')


def test_removing_takes_a_link_and_not_what_it_points_to(tmp_path):
    (tmp_path / 'kept').mkdir()
    (tmp_path / 'link').symlink_to(tmp_path / 'kept')
    files.remove(str(tmp_path / 'link'))
    files.remove(str(tmp_path / 'never there'))
    assert [p.name for p in tmp_path.iterdir()] == ['kept']


@pytest.mark.parametrize('number', [errno.ENOSPC, errno.EDQUOT])
def test_full_disk_says_how_to_shrink(number):
    with pytest.raises(WriteError, match='disk is full, writing x: .*activation_channels'):
        with files.disk_errors('writing x'):
            raise OSError(number, 'full')


def test_other_errors_keep_their_text():
    with pytest.raises(WriteError, match='failed writing x: .*no such thing'):
        with files.disk_errors('writing x'):
            raise OSError(errno.EIO, 'no such thing')


def test_reserved_room_is_taken(tmp_path):
    with open(str(tmp_path / 'f'), 'wb') as stream:
        files.reserve(stream.fileno(), 100000)
    assert (tmp_path / 'f').stat().st_size == 100000


def test_a_file_is_replaced_when_it_is_whole(tmp_path, monkeypatch):
    flushed = []
    monkeypatch.setattr(flushing, 'flush_file', flushed.append)
    path = tmp_path / 'table.csv'
    path.write_text('old')
    with files.replacing(str(path)) as whole:
        assert whole.endswith('.csv') and os.path.dirname(whole) == str(tmp_path)
        files.write_text('new', whole)
        assert path.read_text() == 'old'
    assert path.read_text() == 'new' and flushed == [whole]
    assert [p.name for p in tmp_path.iterdir()] == ['table.csv']
    umask = os.umask(0)
    os.umask(umask)
    assert path.stat().st_mode & 0o777 == 0o666 & ~umask


def test_a_file_that_fails_leaves_what_was_there(tmp_path):
    path = tmp_path / 'table.csv'
    path.write_text('old')
    with pytest.raises(ValueError, match='no'):
        with files.replacing(str(path)) as whole:
            files.write_text('half', whole)
            raise ValueError('no')
    assert path.read_text() == 'old'
    assert [p.name for p in tmp_path.iterdir()] == ['table.csv']
