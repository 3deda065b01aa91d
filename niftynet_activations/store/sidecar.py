# -*- coding: utf-8 -*-
"""
The JSON file beside each map that says what the map is.

A sidecar is written last, so a map with a sidecar is complete. It holds every key of a
:class:`niftynet_activations.store.description.MapDescription`; what is not known is null. The
*fingerprint* of the settings that a map's values depend on stands in ``versions`` under
``settings``: it tells whether a map would come out the same again.
"""

import hashlib
import json
import platform
import sys
from functools import lru_cache
from typing import Dict, Mapping, Optional, Sequence

import numpy as np

from niftynet_activations.errors import ReadError
from niftynet_activations.store.description import KEYS, MapDescription, Sidecar, as_keys

if sys.version_info >= (3, 8):
    from importlib import metadata
else:
    import importlib_metadata as metadata

PACKAGES = ('niftynet_activations', 'niftynet', 'tensorflow', 'numpy', 'nibabel', 'isal')


def to_text(description: MapDescription) -> str:
    """
    Make a sidecar's text.

    :param description: of the map; numpy numbers and arrays are allowed
    :return: JSON text with all keys in their order, ending in a newline
    """
    return json.dumps(as_keys(description), indent=1, default=_plain, allow_nan=False) + '\n'


def read(path: str) -> Sidecar:
    """
    Read a sidecar.

    :param path: its file
    :return: dictionary with all of KEYS
    :raises ReadError: it cannot be read, or is no sidecar
    """
    try:
        with open(path, encoding='utf-8') as stream:
            content = json.load(stream)
    except (OSError, ValueError) as error:
        raise ReadError('{} cannot be read as a sidecar: {}'.format(path, error)) from error
    missing = set(KEYS) - set(content) if isinstance(content, dict) else set(KEYS)
    if missing:
        raise ReadError(
            '{} is no sidecar of an activation map: it lacks {}'.format(
                path, ', '.join(sorted(missing))
            )
        )
    return content


def fingerprint(settings: Mapping[str, object]) -> str:
    """
    Reduce settings to a short text that differs when they differ.

    :param settings: dictionary of what the values depend on; the order does not matter
    :return: text of 16 characters
    """
    text = json.dumps(settings, sort_keys=True, default=_plain)
    return hashlib.sha256(text.encode('utf-8')).hexdigest()[:16]


def versions(
    settings: Optional[str] = None, packages: Sequence[str] = PACKAGES
) -> Dict[str, Optional[str]]:
    """
    Say which program made a map.

    :param settings: fingerprint of the settings, or None
    :param packages: names of the packages to tell the versions of
    :return: dictionary from package to version, None where it is not known
    """
    found: Dict[str, Optional[str]] = {'python': platform.python_version()}
    for package in packages:
        # used from a source tree, or installed under another name (tensorflow-cpu)
        loaded = getattr(sys.modules.get(package), '__version__', None)
        found[package] = _installed(package) or loaded
    found['settings'] = settings
    return found


@lru_cache(maxsize=None)
def _installed(package: str) -> Optional[str]:
    """
    The version of a package; it is looked up once, since it stays what it is while this process
    runs.
    """
    try:
        return str(metadata.version(package))
    except metadata.PackageNotFoundError:
        return None


def _plain(value: object) -> object:
    """
    :param value: what the json module does not know
    :return: the same as plain Python
    :raises TypeError: if it is of a type that JSON has no form for
    """
    if isinstance(value, (np.generic, np.ndarray)):
        return value.tolist()
    if isinstance(value, (range, set, frozenset)):
        return sorted(value)
    raise TypeError('{!r} cannot stand in a sidecar'.format(value))
