# -*- coding: utf-8 -*-
"""
Which requests the viewer's server answers: by address, and by path.

Vocabulary of this module:

loopback
    an address that only this machine can reach.
outside
    of a folder: what a path leads to once ``..`` and symbolic links are followed, if that
    does not lie in the folder.
"""

import ipaddress
import os
import re
from typing import Optional

from niftynet_activations.errors import ReadError

LOOPBACK = '127.0.0.1'


def is_loopback(name: str) -> bool:
    """
    Whether an address is one of this machine alone.

    :param name: an address in numbers
    :return: False for names too
    """
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def may_answer(bound_to: str, host_header: Optional[str]) -> bool:
    """
    Whether a request names this server, so that no page from elsewhere reaches it by a name
    of its own that leads to the loopback address.

    :param bound_to: the address that the server listens on
    :param host_header: the request's Host, with or without a port
    :return: on a loopback address, True for loopback names; on another, True
    """
    if not is_loopback(bound_to):
        return True
    name = re.sub(r':\d+$', '', host_header or '').strip('[]')
    return name == 'localhost' or is_loopback(name)


def inside_folder(folder: str, relative: str) -> str:
    """
    The path of a file that lies in a folder, and nowhere else.

    :param folder: the folder, without symbolic links
    :param relative: what was asked for
    :return: the file's path
    :raises ReadError: if it leads outside, by ``..``, from the root or by a symbolic link, or
        is no file
    """
    if '\0' in relative:
        raise ReadError('a path holds no zero bytes')
    path = os.path.realpath(os.path.join(folder, relative))
    if os.path.commonpath([folder, path]) != folder:
        raise ReadError('{} is outside the folder, and is not served'.format(relative))
    if not os.path.isfile(path):
        raise ReadError('{} is no file of the folder'.format(relative))
    return path
