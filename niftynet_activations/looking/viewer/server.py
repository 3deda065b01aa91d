# -*- coding: utf-8 -*-
"""
The web server behind the viewer: one folder's files and volumes, for this machine alone.

Vocabulary of this module:

loopback
    an address that only this machine can reach; the server binds to it unless told
    otherwise.
route
    what a request may ask for: the page and its parts, the catalogue, an exhibit by
    numbers, or ``/files/<path>``, a file of the folder.
"""

import json
import mimetypes
import os
import re
import shutil
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Callable, Dict, List, Tuple
from urllib.parse import unquote, urlsplit

from niftynet_activations.errors import OptionError, ReadError
from niftynet_activations.hints import Json
from niftynet_activations.looking.maps import open_activations
from niftynet_activations.looking.viewer.addresses import LOOPBACK, inside_folder, may_answer
from niftynet_activations.looking.viewer.exhibits import Exhibits

STATIC = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'static')
PAGE_PARTS = {
    '/': 'index.html',
    '/static/viewer.css': 'viewer.css',
    '/static/viewer.js': 'viewer.js',
    '/static/volumes.js': 'volumes.js',
    '/static/niivue.umd.js': 'niivue.umd.js',
    '/static/NIIVUE-LICENSE.txt': 'NIIVUE-LICENSE.txt',
    '/favicon.ico': 'favicon.svg',
}
# Nothing may be loaded from elsewhere; NiiVue sets styles and reads pictures it holds itself.
POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; "
    "connect-src 'self' data: blob:; worker-src 'self' blob:; font-src 'self' data:; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)


class ViewerServer(ThreadingHTTPServer):
    """Serves one folder until ``shutdown`` is called."""

    daemon_threads = True

    def __init__(self, folder: str, host: str = LOOPBACK, port: int = 0) -> None:
        """
        :param folder: the folder that holds the maps
        :param host: the address to bind to
        :param port: the port; 0 takes a free one
        :raises ReadError: if the folder holds no activations
        :raises OptionError: if the address cannot be bound to
        """
        maps = open_activations(folder)
        self.folder = os.path.realpath(maps.folder)
        self.exhibits = Exhibits(maps)
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
        return 'http://{}:{}/'.format(*self.server_address[:2])


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
            # The page asked for another channel before this one had arrived.
            self.close_connection = True

    do_HEAD = do_GET

    def log_message(self, format: str, *args: object) -> None:
        """Stay silent: a line for each request would hide the URL that was printed."""

    def _answer(self) -> None:
        if not may_answer(str(self.server.server_address[0]), self.headers.get('Host')):
            self._error(HTTPStatus.FORBIDDEN, 'this server answers to loopback names only')
            return
        path = unquote(urlsplit(self.path).path)
        try:
            route, arguments = self._route(path)
            route(*arguments)
        except ReadError as error:
            self._error(HTTPStatus.NOT_FOUND, str(error))
        except IndexError:
            self._error(HTTPStatus.NOT_FOUND, '{} is not in the catalogue'.format(path))

    def _route(self, path: str) -> Tuple[Callable, List]:
        if path in PAGE_PARTS:
            return self._send_file, [os.path.join(STATIC, PAGE_PARTS[path])]
        if path == '/api/catalogue.json':
            return self._send_json, [HTTPStatus.OK, self.server.exhibits.catalogue()]
        found = re.match(r'/api/(channel|input|segmentation)((?:/\d{1,9})+)\.nii$', path)
        if found:
            numbers = [int(number) for number in found.group(2).split('/')[1:]]
            return self._send_exhibit, [found.group(1), numbers]
        if path.startswith('/files/'):
            return self._send_file, [inside_folder(self.server.folder, path[len('/files/') :])]
        raise ReadError('there is no page {}'.format(path))

    def _send_exhibit(self, kind: str, numbers: List[int]) -> None:
        exhibits = self.server.exhibits
        functions: Dict[str, Tuple[Callable[..., bytes], int]] = {
            'channel': (exhibits.channel, 3),
            'input': (exhibits.source, 2),
            'segmentation': (exhibits.segmentation, 1),
        }
        function, count = functions[kind]
        if len(numbers) != count:
            raise ReadError('/api/{} takes {} numbers, got {}'.format(kind, count, len(numbers)))
        self._send(HTTPStatus.OK, function(*numbers), 'application/octet-stream')

    def _send_json(self, status: HTTPStatus, content: Json) -> None:
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
