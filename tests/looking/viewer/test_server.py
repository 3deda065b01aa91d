# -*- coding: utf-8 -*-
"""The server over real connections."""

import http.client
import json
import os
import socket
import threading

import nibabel as nib
import numpy as np
import pytest
from sample_folder import POSTFIX, make_sample

from niftynet_activations.errors import OptionError, ReadError
from niftynet_activations.looking.viewer import server as server_module


@pytest.fixture
def running(tmp_path):
    """A sample folder and a server that serves it."""
    sample = make_sample(str(tmp_path / 'out'))
    server = server_module.ViewerServer(sample.folder)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield sample, server
    server.shutdown()
    server.server_close()
    thread.join()


def ask(server, path, method='GET', host=None):
    """Send a request with the path as it is; return status, type and body."""
    connection = http.client.HTTPConnection(*server.server_address[:2])
    connection.putrequest(method, path, skip_host=host is not None)
    if host is not None:
        connection.putheader('Host', host)
    connection.endheaders()
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, answer.getheader('Content-Type'), body


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
