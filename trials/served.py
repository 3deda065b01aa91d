# -*- coding: utf-8 -*-
"""Requests to a running server of the viewer, for tests."""

import contextlib
import http.client
import json
import threading
from typing import Iterator, List, Optional, Sequence, Tuple, Union

import nibabel as nib
import numpy as np

from niftynet_activations.looking.viewer.server import ViewerServer


@contextlib.contextmanager
def served(folders: Union[str, Sequence[str]]) -> Iterator[ViewerServer]:
    """
    :param folders: of maps, one or several
    :return: a server that answers while the ``with`` statement lasts
    """
    server = ViewerServer(folders)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def ask(
    server: ViewerServer, path: str, method: str = 'GET', host: Optional[str] = None
) -> Tuple[int, Optional[str], bytes]:
    """
    :param server: a running server
    :param path: path of the request, sent unchanged
    :param method: method of the request
    :param host: value of the header Host; the server's address where not given
    :return: status, type and body of the answer
    """
    connection = http.client.HTTPConnection(*server.server_address[:2])
    connection.putrequest(method, path, skip_host=host is not None)
    if host is not None:
        connection.putheader('Host', host)
    connection.endheaders()
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, answer.getheader('Content-Type'), body


def channel_of(server: ViewerServer, subject: str, layer: str, channel: int) -> np.ndarray:
    """
    :param server: a running server of one folder
    :param subject: name of the subject
    :param layer: name of the layer
    :param channel: index of the channel in the map, from 0
    :return: the samples that the page gets, (x, y, z)
    """
    number, place = _place_of(server, subject, layer)
    path = '/api/channel/{}/{}/{}.nii'.format(number, place, channel)
    status, _, body = ask(server, path)
    assert status == 200, body
    return np.asarray(nib.Nifti1Image.from_bytes(body).dataobj)


def values_of(
    server: ViewerServer, subject: str, layer: str, point: Sequence[float]
) -> List[Optional[float]]:
    """
    :param server: a running server of one folder
    :param subject: name of the subject
    :param layer: name of the layer
    :param point: (3,) in mm
    :return: values of the sample at the point, one for each channel
    """
    number, place = _place_of(server, subject, layer)
    path = '/api/values/{}/{}.json?at={},{},{}'.format(number, place, *point)
    status, _, body = ask(server, path)
    assert status == 200, body
    return json.loads(body.decode())['values']


def _place_of(server: ViewerServer, subject: str, layer: str) -> Tuple[int, int]:
    catalogue = json.loads(ask(server, '/api/catalogue.json')[2].decode())
    for number, each in enumerate(catalogue['subjects']):
        for place, one in enumerate(each['maps']):
            if (each['name'], one['layer']) == (subject, layer):
                return number, place
    raise KeyError((subject, layer))
