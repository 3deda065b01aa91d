# -*- coding: utf-8 -*-
"""
The web server of the viewer: it serves the files and volumes of folders, to this machine only
unless another address is given.

Vocabulary of this module:

loopback
    an address that only this machine can reach; the server binds to it unless told
    otherwise.
route
    what a request may ask for: the page and its parts, the catalogue, an exhibit (a volume, a
    picture or values) by numbers, or ``/files/<path>``, a file of the folder
    (``/files/<number>/<path>`` where several folders are served).
"""

import json
import math
import mimetypes
import os
import re
import shutil
import socket
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Callable, Dict, List, Optional, Sequence, Union
from urllib.parse import parse_qs, unquote, urlsplit

from niftynet_activations.errors import ActivationError, OptionError, ReadError
from niftynet_activations.looking.label_files import find_labels
from niftynet_activations.looking.maps import ActivationMaps
from niftynet_activations.looking.viewer.addresses import (
    LOOPBACK,
    inside_folder,
    may_answer,
    url_of,
)
from niftynet_activations.looking.viewer.exhibits import Exhibits
from niftynet_activations.looking.viewer.overviews import Overview

STATIC = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'static')
PAGE_PARTS = {'/': 'index.html', '/favicon.ico': 'favicon.svg'}
PAGE_PARTS.update({'/static/' + name: name for name in sorted(os.listdir(STATIC))})
# exhibit and suffix -> the method of Exhibits, how many numbers it takes, whether ?at=x,y,z
EXHIBITS = {
    ('channel', 'nii'): ('channel', 3, False),
    ('input', 'nii'): ('source', 2, False),
    ('colours', 'nii'): ('colours', 2, False),
    ('segmentation', 'nii'): ('segmentation', 1, False),
    ('labels', 'nii'): ('labels', 1, False),
    ('overview', 'json'): ('overview', 2, False),
    ('overview', 'png'): ('overview', 2, False),
    ('values', 'json'): ('values', 2, True),
    ('similarity', 'nii'): ('similarity', 2, True),
}
CONTENT_TYPES = {'nii': 'application/octet-stream', 'png': 'image/png'}
# Nothing may be loaded from other servers. NiiVue needs inline styles, and data: and blob: URLs.
POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; "
    "connect-src 'self' data: blob:; worker-src 'self' blob:; font-src 'self' data:; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)


def point_of(query: Dict[str, List[str]]) -> List[float]:
    """
    :param query: the parsed query of an address
    :return: the point (3,) in mm that its ``at`` names
    :raises ReadError: if it names none
    """
    text = query.get('at', [''])[0]
    try:
        point = [float(word) for word in text.split(',')]
    except ValueError:
        point = []
    if len(point) != 3 or not all(math.isfinite(v) for v in point):
        raise ReadError("at = '{}': expected x,y,z in mm".format(text))
    return point


class ViewerServer(ThreadingHTTPServer):
    """Serves one or several folders until ``shutdown`` is called."""

    daemon_threads = True

    def __init__(
        self,
        folders: Union[str, Sequence[str]],
        host: str = LOOPBACK,
        port: int = 0,
        labels: Optional[str] = None,
    ) -> None:
        """
        :param folders: the folder that holds the maps, or several
        :param host: the address to bind to
        :param port: the port; 0 takes a free one
        :param labels: label images, as ``net_activations table`` takes them
        :raises ReadError: if a folder holds no activations
        :raises OptionError: if the address cannot be bound to, or there are no such labels
        """
        names = [folders] if isinstance(folders, str) else list(folders)
        maps = [ActivationMaps(name) for name in names]
        self.folders = [os.path.realpath(each.folder) for each in maps]
        subjects = list(dict.fromkeys(name for each in maps for name in each.subjects))
        self.exhibits = Exhibits(maps, None if labels is None else find_labels(labels, subjects))
        if ':' in host:
            self.address_family = socket.AF_INET6
        try:
            super().__init__((host, port), ViewerHandler)
        except (OSError, OverflowError) as error:
            raise OptionError(
                'cannot listen on {}:{} ({}); take another port, or 0 for a free one'.format(
                    host, port, error
                )
            ) from error

    @property
    def url(self) -> str:
        """The address to open in a browser."""
        return url_of(str(self.server_address[0]), int(self.server_address[1]))


class ViewerHandler(BaseHTTPRequestHandler):
    """Answers GET and HEAD requests; every error is one line of JSON."""

    server_version = 'niftynet_activations'
    protocol_version = 'HTTP/1.1'
    server: ViewerServer

    def do_GET(self) -> None:
        """Answer a request."""
        try:
            self._answer()
        except (BrokenPipeError, ConnectionResetError):
            # The page closed the connection, as when another channel is chosen before this one
            # arrived.
            self.close_connection = True

    do_HEAD = do_GET

    def log_message(self, format: str, *args: object) -> None:
        """Stay silent: a line for each request would hide the URL that was printed."""

    def _answer(self) -> None:
        if not may_answer(str(self.server.server_address[0]), self.headers.get('Host')):
            self._error(HTTPStatus.FORBIDDEN, 'this server answers to loopback names only')
            return
        asked = urlsplit(self.path)
        path = unquote(asked.path)
        try:
            self._route(path, parse_qs(asked.query))()
        except ActivationError as error:
            self._error(HTTPStatus.NOT_FOUND, str(error))
        except IndexError:
            self._error(HTTPStatus.NOT_FOUND, '{} is not in the catalogue'.format(path))

    def _route(self, path: str, query: Dict[str, List[str]]) -> Callable[[], None]:
        if path in PAGE_PARTS:
            return partial(self._send_file, os.path.join(STATIC, PAGE_PARTS[path]))
        if path == '/api/catalogue.json':
            return partial(self._send_json, HTTPStatus.OK, self.server.exhibits.catalogue())
        found = re.match(r'/api/([a-z]+)((?:/\d{1,9})+)\.(nii|json|png)$', path)
        if found and (found.group(1), found.group(3)) in EXHIBITS:
            numbers = [int(number) for number in found.group(2).split('/')[1:]]
            return partial(self._send_exhibit, found.group(1), found.group(3), numbers, query)
        if path.startswith('/files/'):
            return partial(self._send_file, self._own_file(path[len('/files/') :]))
        raise ReadError('there is no page {}'.format(path))

    def _own_file(self, relative: str) -> str:
        folders = self.server.folders
        if len(folders) == 1:
            return inside_folder(folders[0], relative)
        number, _, rest = relative.partition('/')
        if not number.isdigit() or int(number) >= len(folders):
            raise ReadError('/files/ takes the number of a folder first, from 0')
        return inside_folder(folders[int(number)], rest)

    def _send_exhibit(
        self, kind: str, suffix: str, numbers: List[int], query: Dict[str, List[str]]
    ) -> None:
        name, count, takes_point = EXHIBITS[kind, suffix]
        if len(numbers) != count:
            raise ReadError('/api/{} takes {} numbers, got {}'.format(kind, count, len(numbers)))
        arguments: List[Union[int, List[float]]] = list(numbers)
        if takes_point:
            arguments.append(point_of(query))
        found = getattr(self.server.exhibits, name)(*arguments)
        if isinstance(found, Overview):
            found = found.told if suffix == 'json' else found.sheet
        if suffix == 'json':
            self._send_json(HTTPStatus.OK, found)
        else:
            self._send(HTTPStatus.OK, found, CONTENT_TYPES[suffix])

    def _send_json(self, status: HTTPStatus, content: object) -> None:
        self._send(status, json.dumps(content).encode('utf-8'), 'application/json')

    def _error(self, status: HTTPStatus, message: str) -> None:
        self._send_json(status, {'error': message})

    def _send(self, status: HTTPStatus, body: bytes, kind: str) -> None:
        self._head(status, len(body), kind)
        if self.command != 'HEAD':
            self.wfile.write(body)

    def _send_file(self, path: str) -> None:
        try:
            stream = open(path, 'rb')
        except OSError as error:
            raise ReadError('the file cannot be opened: {}'.format(error.strerror)) from error
        with stream:
            kind = mimetypes.guess_type(path)[0] or 'application/octet-stream'
            self._head(HTTPStatus.OK, os.fstat(stream.fileno()).st_size, kind)
            if self.command != 'HEAD':
                shutil.copyfileobj(stream, self.wfile)

    def _head(self, status: HTTPStatus, length: int, kind: str) -> None:
        text = kind.startswith('text/') or kind.endswith(('javascript', 'json', 'svg+xml'))
        self.send_response(status)
        self.send_header('Content-Type', kind + ('; charset=utf-8' if text else ''))
        self.send_header('Content-Length', str(length))
        self.send_header('Cache-Control', 'no-store')
        self.send_header('X-Content-Type-Options', 'nosniff')
        self.send_header('Content-Security-Policy', POLICY)
        self.end_headers()
