# -*- coding: utf-8 -*-
"""
``activation_existing``: what is in the output folder already, and need not be made again.

A map is *complete* if all its files and its sidecar are there and the sidecar says that it was
made with the same settings. The *stem* is what the names of a map's files begin with. Its *other
files* are those that an earlier run wrote for the same layer and subject in another format, layout
or choice of channels. They are removed when the new map appears, since they share its sidecar,
which no longer describes them.
"""

import bisect
import os
import re
from typing import List, Optional, Pattern, Sequence

from niftynet_activations.errors import OptionError, ReadError
from niftynet_activations.store import naming, sidecar
from niftynet_activations.store.formats.table import all_formats, file_names, format_named
from niftynet_activations.store.spec import MapSpec

POLICIES = ('overwrite', 'skip', 'error')
CHANNEL = r'_c\d+'  # in the names of files that hold one channel each


def is_complete(path: str, spec: MapSpec) -> bool:
    """
    Tell whether a map need not be made again.

    :param path: the output folder
    :param spec: the MapSpec of the map that would be made; one without ``settings`` never counts as
        complete
    :return: True or False
    """
    if spec.settings is None:
        return False
    kind = format_named(spec.format)
    try:
        info = sidecar.read(os.path.join(path, naming.sidecar_name(spec)))
    except ReadError:
        # not there, or not one of ours: the map is made again
        return False
    return (
        isinstance(info['versions'], dict)
        and info['versions'].get('settings') == spec.settings
        and info['channels'] == list(spec.channels)
        and info['dtype'] == spec.dtype
        and all(kind.is_whole(os.path.join(path, name), spec) for name in kind.file_names(spec))
    )


def check_policy(policy: str, path: str, specs: Sequence[MapSpec]) -> List[MapSpec]:
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


def others(path: str, spec: MapSpec, names: Optional[Sequence[str]] = None) -> List[str]:
    """
    List the other files of a map's stem, which are removed before the new ones get their names.

    :param path: the output folder
    :param spec: MapSpec of the new map
    :param names: all names in the folder, sorted; the folder is read where they are not given
    :return: list of names of files
    """
    if not format_named(spec.format).keeps_files:
        return []  # its sidecar has a name of its own, so that other files keep theirs
    stem = naming.stem(spec.layer, spec.subject, spec.postfix)
    kept = set(file_names(spec))
    endings = _endings()
    found = []
    names = sorted(os.listdir(path)) if names is None else names
    for place in range(bisect.bisect_left(names, stem), len(names)):
        name = names[place]
        if not name.startswith(stem):
            break
        ending = endings.fullmatch(name[len(stem) :])
        if ending is None or name in kept:
            continue
        # 'a_c3.nii' may be channel 3 of 'a', or all of a map of that name
        channel = re.match(CHANNEL, ending.group())
        if channel and os.path.exists(os.path.join(path, stem + channel.group() + '.json')):
            continue
        found.append(name)
    return found


def _endings() -> Pattern[str]:
    """What may follow a stem in the names of a map's files, whatever their format."""
    endings = [
        '(?:{})?{}'.format(CHANNEL, re.escape(each.suffix))
        if each.splits
        else re.escape(each.suffix)
        for each in all_formats()
    ]
    return re.compile('|'.join(endings))


def _there(path: str, spec: MapSpec) -> List[str]:
    names = file_names(spec) + [naming.sidecar_name(spec)]
    return [name for name in names if os.path.lexists(os.path.join(path, name))]
