# -*- coding: utf-8 -*-
"""
Which requests the viewer's server answers: by address, and by path.

Vocabulary of this module:

loopback
    an address that only this machine can reach.
outside
    of a folder: a path that does not lie in the folder once ``..`` and symbolic links are
    followed.
"""

import getpass
import ipaddress
import os
import re
import socket
from typing import List, Optional

from niftynet_activations.errors import ReadError

LOOPBACK = '127.0.0.1'
ALL = ('0.0.0.0', '::')  # a server on one of these listens on every address of the machine


def is_loopback(name: str) -> bool:
    """
    Say whether an address can be reached from this machine only.

    :param name: an address in numbers; for a name the answer is False
    :return: whether it is a loopback address
    """
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def may_answer(bound_to: str, host_header: Optional[str]) -> bool:
    """
    Say whether a request may be answered. A web page from elsewhere could reach a server on the
    loopback address through a host name that resolves to it (DNS rebinding): such a name is
    refused.

    :param bound_to: the address that the server listens on
    :param host_header: the request's Host, with or without a port
    :return: on a loopback address, True for loopback names; on another, True
    """
    if not is_loopback(bound_to):
        return True
    name = re.sub(r':\d+$', '', host_header or '').strip('[]')
    return name == 'localhost' or is_loopback(name)


def url_of(host: str, port: int) -> str:
    """
    :param host: a name or an address in numbers
    :param port: the port
    :return: the address to open in a browser
    """
    return 'http://{}:{}/'.format('[{}]'.format(host) if ':' in host else host, port)


def ways_in(bound_to: object, port: int) -> List[str]:
    """
    Explain how to open the page, on this or on another computer.

    :param bound_to: the address that the server listens on
    :param port: the port
    :return: lines; the first one is a URL alone
    """
    host = str(bound_to)
    if host in ALL:
        lines = [url_of(each, port) for each in [LOOPBACK] + own_addresses()]
    else:
        lines = [url_of(host, port)]
    if is_loopback(host) and 'SSH_CONNECTION' in os.environ:
        there = os.environ['SSH_CONNECTION'].split()[2:3] or [socket.gethostname()]
        lines.append('From your own computer, type there and then open the same address:')
        lines.append(tunnel(host, port, there[0]))
    elif not is_loopback(host):
        lines.append(
            'Whoever reaches this computer can read the maps. To reach it through ssh instead,'
        )
        lines.append('listen on {} and type on the other computer:'.format(LOOPBACK))
        lines.append(tunnel(LOOPBACK, port, socket.gethostname()))
    return lines


def tunnel(host: str, port: int, computer: str) -> str:
    """
    :param host: the loopback address that the server listens on
    :param port: its port
    :param computer: what ssh calls the computer that it runs on
    :return: the command that makes the page reachable on another computer, at the same address
    """
    inner = '[{}]'.format(host) if ':' in host else host
    return '  ssh -N -L {}:{}:{} {}@{}'.format(port, inner, port, getpass.getuser(), computer)


def own_addresses() -> List[str]:
    """
    :return: the addresses by which other computers may reach this one, as far as it knows them
    """
    found: List[str] = []
    # No packet is sent: the system only reports from which address it would send one.
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        try:
            asked.connect(('192.0.2.1', 9))  # an address kept for documentation, RFC 5737
            found.append(asked.getsockname()[0])
        except OSError:
            pass  # without a network there is no such address
    try:
        told = socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)
    except OSError:
        told = []  # the machine does not know its own name
    found += [str(each[4][0]) for each in told]
    return [each for each in dict.fromkeys(found) if not is_loopback(each)]


def inside_folder(folder: str, relative: str) -> str:
    """
    Give the path of a file inside a folder, and refuse any other.

    :param folder: the folder, without symbolic links
    :param relative: the path that was requested
    :return: the file's path
    :raises ReadError: if the path leads outside (by ``..``, as an absolute path or by a symbolic
        link), or is no file
    """
    if '\0' in relative:
        raise ReadError('a path holds no zero bytes')
    path = os.path.realpath(os.path.join(folder, relative))
    if os.path.commonpath([folder, path]) != folder:
        raise ReadError('{} is outside the folder, and is not served'.format(relative))
    if not os.path.isfile(path):
        raise ReadError('{} is no file of the folder'.format(relative))
    return path
