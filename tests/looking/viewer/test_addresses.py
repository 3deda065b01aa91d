# -*- coding: utf-8 -*-
"""Which requests are answered."""

import os

import pytest

from niftynet_activations.errors import ReadError
from niftynet_activations.looking.viewer import addresses


@pytest.mark.parametrize(
    'bound, host, answer',
    [
        ('127.0.0.1', '127.0.0.1:8000', True),
        ('127.0.0.1', 'localhost:8000', True),
        ('127.0.0.1', '[::1]:8000', True),
        ('127.0.0.1', 'evil.example:8000', False),
        ('127.0.0.1', '10.0.0.7', False),
        ('127.0.0.1', None, False),
        ('10.0.0.7', 'machine.example', True),
    ],
)
def test_names_that_are_answered(bound, host, answer):
    assert addresses.may_answer(bound, host) is answer


def test_paths_inside_and_outside(tmp_path):
    folder = tmp_path / 'out'
    (folder / 'sub').mkdir(parents=True)
    (folder / 'sub' / 'a.txt').write_text('a')
    (tmp_path / 'secret.txt').write_text('b')
    (tmp_path / 'out-beside.txt').write_text('c')
    os.symlink(str(tmp_path / 'secret.txt'), str(folder / 'link.txt'))
    os.symlink(str(tmp_path), str(folder / 'up'))
    root = os.path.realpath(str(folder))
    assert addresses.inside_folder(root, 'sub/../sub/a.txt').endswith('a.txt')
    outside = ['../secret.txt', 'link.txt', 'up/secret.txt', str(tmp_path / 'secret.txt')]
    for path in outside + ['../out-beside.txt', '/etc/passwd', 'sub/../../secret.txt']:
        with pytest.raises(ReadError, match='is outside the folder, and is not served'):
            addresses.inside_folder(root, path)
    for path in ['sub', 'none.txt', '']:
        with pytest.raises(ReadError, match='is no file of the folder'):
            addresses.inside_folder(root, path)
    with pytest.raises(ReadError, match='zero bytes'):
        addresses.inside_folder(root, 'a\0b')


def test_a_server_for_all_addresses_names_those_that_can_be_opened(monkeypatch):
    monkeypatch.delenv('SSH_CONNECTION', raising=False)
    monkeypatch.setattr(addresses, 'own_addresses', lambda: ['10.1.2.3'])
    lines = addresses.ways_in('0.0.0.0', 8123)
    assert lines[:2] == ['http://127.0.0.1:8123/', 'http://10.1.2.3:8123/']
    assert 'can read the maps' in lines[2]
    assert '-L 8123:127.0.0.1:8123 ' in lines[-1]


def test_on_a_remote_computer_the_tunnel_is_told(monkeypatch):
    monkeypatch.setattr(addresses.getpass, 'getuser', lambda: 'ada')
    monkeypatch.setenv('SSH_CONNECTION', '192.0.2.9 5000 192.0.2.44 22')
    lines = addresses.ways_in('127.0.0.1', 8123)
    assert lines[0] == 'http://127.0.0.1:8123/'
    assert lines[-1].strip() == 'ssh -N -L 8123:127.0.0.1:8123 ada@192.0.2.44'
    monkeypatch.delenv('SSH_CONNECTION')
    assert addresses.ways_in('127.0.0.1', 8123) == ['http://127.0.0.1:8123/']


def test_own_addresses_are_no_loopback_ones_and_urls_of_version_6_have_brackets():
    assert not any(addresses.is_loopback(each) for each in addresses.own_addresses())
    assert addresses.url_of('::1', 80) == 'http://[::1]:80/'
