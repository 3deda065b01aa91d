# -*- coding: utf-8 -*-
"""
What is in the output folder already.

A map is *complete* if all its files and its sidecar are there and the sidecar says that it was
made with the same settings. Its *stem's other files* are those that an earlier run wrote for the
same layer and subject in another format, layout or choice of channels: the one sidecar that they
share will no longer be theirs.
"""

import os
import re

from niftynet_activations.errors import OptionError, WriteError
from niftynet_activations.store import files, naming, sidecar
from niftynet_activations.store.formats import nifti

POLICIES = ('overwrite', 'skip', 'error')
_ENDING = re.compile(r'(_c\d+)?\.(nii|nii\.gz)|\.zarr|\.csv')


def is_complete(path, spec):
    """
    Tell whether a map need not be made again.

    :param path: the output folder
    :param spec: the MapSpec of the map that would be made; without ``settings`` none is complete
    :return: True or False
    """
    if spec.settings is None:
        return False
    try:
        info = sidecar.read(os.path.join(path, naming.sidecar_name(spec)))
    except WriteError:
        # not there, or not one of ours: the map is made again
        return False
    return (
        isinstance(info['versions'], dict)
        and info['versions'].get('settings') == spec.settings
        and info['channels'] == list(spec.channels)
        and info['dtype'] == spec.dtype
        and all(_is_whole(os.path.join(path, name), spec) for name in naming.file_names(spec))
    )


def _is_whole(path, spec):
    """
    Tell whether a file is there and has not been cut short since.

    :param path: one of a map's files
    :param spec: its MapSpec
    :return: True or False; of a store only its description is looked for
    """
    if spec.format == 'zarr':
        return os.path.isfile(os.path.join(path, naming.ARRAY, '.zarray'))
    if not os.path.isfile(path):
        return False
    if spec.format == 'csv':
        return os.path.getsize(path) > 0
    raw = nifti.file_bytes(nifti.files_of(spec)[0].shape, spec.dtype)
    if spec.format == 'nii':
        return os.path.getsize(path) == raw
    return files.gzip_raw_size(path) == raw & 0xFFFFFFFF


def check_policy(policy, path, specs):
    """
    Apply ``activation_existing`` before the first window.

    :param policy: value of the option
    :param path: the output folder, which need not exist
    :param specs: MapSpecs of all maps of the run
    :return: list of the MapSpecs that are to be made
    :raises OptionError: the value is not allowed, or it is ``error`` and a file is there
    """
    if policy not in POLICIES:
        raise OptionError(
            "activation_existing is '{}'; allowed are {}".format(policy, ', '.join(POLICIES))
        )
    if policy == 'skip':
        return [spec for spec in specs if not is_complete(path, spec)]
    if policy == 'error':
        found = [name for spec in specs for name in _there(path, spec)]
        if found:
            raise OptionError(
                "'{}' is in '{}' already ({} files are) and activation_existing is 'error': "
                "remove them, choose another activation_dir, or set it to 'overwrite' or "
                "'skip'".format(found[0], path, len(found))
            )
    return list(specs)


def others(path, spec):
    """
    List a map's stem's other files, which must go before the new ones get their names.

    :param path: the output folder
    :param spec: MapSpec of the new map
    :return: list of names of files
    """
    stem = naming.stem(spec.layer, spec.subject, spec.postfix)
    kept = set(naming.file_names(spec))
    found = []
    for name in sorted(os.listdir(path)):
        ending = _ENDING.fullmatch(name[len(stem) :]) if name.startswith(stem) else None
        if ending is None or name in kept:
            continue
        # 'a_c3.nii' may be channel 3 of 'a', or all of a map of that name
        if ending.group(1) and os.path.exists(os.path.join(path, stem + ending.group(1) + '.json')):
            continue
        found.append(name)
    return found


def _there(path, spec):
    names = naming.file_names(spec) + [naming.sidecar_name(spec)]
    return [name for name in names if os.path.lexists(os.path.join(path, name))]
