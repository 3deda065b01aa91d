# -*- coding: utf-8 -*-
"""The server over real connections."""

import json
import os
import socket
import threading

import nibabel as nib
import numpy as np
import pytest
from sample_folder import POSTFIX, Layer, make_sample
from served import ask, served

from niftynet_activations.errors import OptionError, ReadError
from niftynet_activations.looking.viewer import server as server_module


@pytest.fixture
def running(tmp_path):
    """A sample folder and a server that serves it."""
    sample = make_sample(str(tmp_path / 'out'))
    with served(sample.folder) as server:
        yield sample, server


def test_the_page_and_its_parts(running):
    _, server = running
    assert server.server_address[0] == '127.0.0.1'
    assert server.url == 'http://127.0.0.1:{}/'.format(server.server_address[1])
    status, kind, body = ask(server, '/')
    assert (status, kind) == (200, 'text/html; charset=utf-8')
    assert b'<canvas' in body
    for path in server_module.PAGE_PARTS:
        status, _, body = ask(server, path)
        assert status == 200 and body
    assert ask(server, '/favicon.ico')[1].startswith('image/svg+xml')
    assert ask(server, '/', method='HEAD') == (200, 'text/html; charset=utf-8', b'')


def test_catalogue_and_exhibits(running):
    sample, server = running
    status, kind, body = ask(server, '/api/catalogue.json')
    assert status == 200 and kind.startswith('application/json')
    assert len(json.loads(body.decode())['subjects']) == 2
    status, _, body = ask(server, '/api/channel/0/0/2.nii')
    image = nib.Nifti1Image.from_bytes(body)
    np.testing.assert_array_equal(np.asarray(image.dataobj), sample.data['1', 'conv_0'][..., 2])
    assert ask(server, '/api/input/0/0.nii')[0] == 200
    assert ask(server, '/api/segmentation/1.nii')[0] == 200


def test_what_is_worked_out(running):
    sample, server = running
    place = '{},{},{}'.format(*sample.affine[:3, 3])
    status, kind, body = ask(server, '/api/values/0/2.json?at=' + place)
    assert status == 200 and kind.startswith('application/json')
    found = json.loads(body.decode())['values']
    np.testing.assert_allclose(found, sample.data['1', 'logits'][0, 0, 0], rtol=1e-6)
    status, _, body = ask(server, '/api/similarity/0/2.nii?at=' + place)
    image = nib.Nifti1Image.from_bytes(body)
    assert status == 200 and image.dataobj[0, 0, 0] == pytest.approx(1)
    status, _, body = ask(server, '/api/overview/0/2.json')
    assert [each['number'] for each in json.loads(body.decode())['channels']] == [0, 1, 2]
    status, kind, body = ask(server, '/api/overview/0/2.png')
    assert (status, kind) == (200, 'image/png') and body.startswith(b'\x89PNG')


def test_several_folders_and_labels(tmp_path):
    few = [Layer('conv', 1, 1, 0.0)]
    names = [str(tmp_path / end) for end in ('a', 'b')]
    samples = [make_sample(name, ['1'], few, shape=(3, 4, 5)) for name in names]
    atlas = str(tmp_path / 'atlas.nii.gz')
    labels = np.arange(60, dtype=np.int16).reshape(3, 4, 5)
    nib.save(nib.Nifti1Image(labels, samples[0].affine), atlas)
    with server_module.ViewerServer(names, labels=atlas) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            told = json.loads(ask(server, '/api/catalogue.json')[2].decode())
            assert [each['name'] for each in told['subjects']] == ['1 (a)', '1 (b)']
            assert told['subjects'][0]['labels'] == {'name': 'atlas.nii.gz', 'note': None}
            image = nib.Nifti1Image.from_bytes(ask(server, '/api/labels/1.nii')[2])
            np.testing.assert_array_equal(np.asarray(image.dataobj), labels)
            assert ask(server, '/files/1/activations.csv')[0] == 200
            assert ask(server, '/files/activations.csv')[0] == 404
            assert ask(server, '/files/2/activations.csv')[0] == 404
        finally:
            server.shutdown()
            thread.join()
    with pytest.raises(OptionError, match='is neither a label image'):
        server_module.ViewerServer(names, labels=str(tmp_path / 'none'))


def test_files_of_the_folder_and_no_others(running, tmp_path):
    sample, server = running
    name = 'activation_logits_1_{}.nii.gz'.format(POSTFIX)
    with open(os.path.join(sample.folder, name), 'rb') as stream:
        assert ask(server, '/files/' + name)[2] == stream.read()
    (tmp_path / 'secret.txt').write_text('secret')
    os.symlink(str(tmp_path / 'secret.txt'), os.path.join(sample.folder, 'link.txt'))
    for path in [
        '/files/../secret.txt',
        '/files/%2e%2e/secret.txt',
        '/files/..%2fsecret.txt',
        '/files/link.txt',
        '/files//etc/passwd',
        '/files/' + str(tmp_path / 'secret.txt'),
        '/static/../server.py',
        '/../secret.txt',
        '/etc/passwd',
    ]:
        status, kind, body = ask(server, path)
        assert status == 404, path
        assert kind.startswith('application/json')
        assert set(json.loads(body.decode())) == {'error'}


@pytest.mark.parametrize(
    'path, words',
    [
        ('/nothing', 'there is no page /nothing'),
        ('/api/channel/0/0/99.nii', 'not in the catalogue'),
        ('/api/channel/0/99/0.nii', 'not in the catalogue'),
        ('/api/channel/9/0/0.nii', 'not in the catalogue'),
        ('/api/channel/0.nii', 'takes 3 numbers, got 1'),
        ('/api/input/0.nii', 'takes 2 numbers, got 1'),
        ('/api/channel/-1/0/0.nii', 'there is no page'),
        ('/files/%00', 'zero bytes'),
        ('/api/channel/0/0/0.png', 'there is no page'),
        ('/api/labels/0.nii', 'no labels were given'),
        ('/api/values/0/0.json', "at = '': expected x,y,z in mm"),
        ('/api/values/0/0.json?at=1,2,inf', 'expected x,y,z in mm'),
        ('/api/similarity/0/0.nii?at=900,0,0', 'no sample at'),
    ],
)
def test_what_is_not_there_is_said(running, path, words):
    status, _, body = ask(running[1], path)
    assert status == 404
    assert words in json.loads(body.decode())['error']


def test_a_file_that_went_missing_is_named(running):
    sample, server = running
    os.remove(os.path.join(sample.folder, 'activation_logits_1_{}.nii.gz'.format(POSTFIX)))
    status, _, body = ask(server, '/api/channel/0/2/0.nii')
    assert status == 404
    assert 'is not there' in json.loads(body.decode())['error']


def test_other_names_for_the_loopback_address_are_refused(running):
    assert ask(running[1], '/', host='evil.example')[0] == 403
    assert ask(running[1], '/', host='localhost:1')[0] == 200


def test_a_port_that_is_taken(tmp_path):
    sample = make_sample(str(tmp_path / 'out'))
    with socket.socket() as taken:
        taken.bind(('127.0.0.1', 0))
        taken.listen(1)
        with pytest.raises(OptionError, match='cannot listen on 127.0.0.1:'):
            server_module.ViewerServer(sample.folder, port=taken.getsockname()[1])
    with pytest.raises(OptionError, match='cannot listen on 127.0.0.1:70000'):
        server_module.ViewerServer(sample.folder, port=70000)


def test_a_folder_without_activations(tmp_path):
    with pytest.raises(ReadError, match='holds no activations'):
        server_module.ViewerServer(str(tmp_path))
