# -*- coding: utf-8 -*-
"""
The JSON file beside each map that says what the map is.

A sidecar is written last, so a map with a sidecar is complete. It holds every one of ``KEYS``;
what is not known is null. Maps of other types than float32 have ``SCALING_KEYS`` besides. The
*fingerprint* of the settings that a map's values depend on stands in ``versions`` under
``settings``: it tells whether a map would come out the same again.
"""

import hashlib
import json
import platform
import sys

import numpy as np

from niftynet_activations.errors import WriteError

if sys.version_info >= (3, 8):
    from importlib import metadata
else:
    import importlib_metadata as metadata

KEYS = (
    'layer',
    'type',
    'tensor',
    'network',
    'checkpoint',
    'iteration',
    'subject',
    'source_images',
    'channels',
    'shape',
    'dtype',
    'affine',
    'resolution',
    'stride',
    'offset',
    'period',
    'receptive_field',
    'margin',
    'reference_shape',
    'exact',
    'inexact_because',
    'missing',
    'missing_value',
    'nan',
    'reduce',
    'stitch',
    'grid',
    'pass',
    'windows',
    'also',
    'axcodes',
    'file_axcodes',
    'units',
    'versions',
)
# stored number * scl_slope + scl_inter differs from the layer's value by error_bound at most
SCALING_KEYS = ('scl_slope', 'scl_inter', 'error_bound')
PACKAGES = ('niftynet_activations', 'niftynet', 'tensorflow', 'numpy', 'nibabel', 'isal')


def to_text(info):
    """
    Make a sidecar's text.

    :param info: dictionary of some of the keys; numpy numbers and arrays are allowed
    :return: JSON text with all keys in their order, ending in a newline
    :raises KeyError: a key that no sidecar has, as a fault of the caller
    """
    unknown = sorted(set(info) - set(KEYS) - set(SCALING_KEYS))
    if unknown:
        raise KeyError('a sidecar has no key {}'.format(', '.join(unknown)))
    content = {key: info.get(key) for key in KEYS}
    content.update((key, info[key]) for key in SCALING_KEYS if key in info)
    return json.dumps(content, indent=1, default=_plain, allow_nan=False) + '\n'


def read(path):
    """
    Read a sidecar.

    :param path: its file
    :return: dictionary with all of KEYS
    :raises WriteError: it cannot be read, or is no sidecar
    """
    try:
        with open(path, encoding='utf-8') as stream:
            content = json.load(stream)
    except (OSError, ValueError) as error:
        raise WriteError('{} cannot be read as a sidecar: {}'.format(path, error)) from error
    missing = set(KEYS) - set(content) if isinstance(content, dict) else KEYS
    if missing:
        raise WriteError(
            '{} is no sidecar of an activation map: it lacks {}'.format(
                path, ', '.join(sorted(missing))
            )
        )
    return content


def fingerprint(settings):
    """
    Reduce settings to a short text that differs when they differ.

    :param settings: dictionary of what the values depend on; the order does not matter
    :return: text of 16 characters
    """
    text = json.dumps(settings, sort_keys=True, default=_plain)
    return hashlib.sha256(text.encode('utf-8')).hexdigest()[:16]


def versions(settings=None, packages=PACKAGES):
    """
    Say which program made a map.

    :param settings: fingerprint of the settings, or None
    :param packages: names of the packages to tell the versions of
    :return: dictionary from package to version, None where it is not known
    """
    found = {'python': platform.python_version()}
    for package in packages:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            # used from a source tree, or installed under another name (tensorflow-cpu)
            found[package] = getattr(sys.modules.get(package), '__version__', None)
    found['settings'] = settings
    return found


def _plain(value):
    """
    :param value: what the json module does not know
    :return: the same as plain Python
    :raises TypeError: no such thing
    """
    if isinstance(value, (np.generic, np.ndarray)):
        return value.tolist()
    if isinstance(value, (range, set, frozenset)):
        return sorted(value)
    raise TypeError('{!r} cannot stand in a sidecar'.format(value))
