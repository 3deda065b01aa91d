# -*- coding: utf-8 -*-
"""
What the sidecars of a subject's maps say of NiftyNet's own result beside them.

A *result* is the file that NiftyNet writes for the subject, such as its segmentation. The sidecars
of the subject's maps keep its digest (SHA-256) and a text of the settings that it was made with,
under the key ``result``. By these ``activation_existing = skip`` tells whether it need not be made
again. The key is added once the result is complete, which may be later than the maps.
"""

import hashlib
import json
import os
from typing import NamedTuple, Optional, Sequence

from niftynet_activations.store import naming
from niftynet_activations.store.description import ResultKeys, Sidecar
from niftynet_activations.store.folder import OutputFolder
from niftynet_activations.store.spec import MapSpec

PIECE = 1 << 20  # bytes read at a time


class Result(NamedTuple):
    """A result as it was when it was written."""

    file: str  # its name
    sha256: str
    settings: str  # a text that differs if the result would differ


def digest(path: str) -> str:
    """
    :param path: of a file
    :return: SHA-256 of its content, hexadecimal
    :raises OSError: if it cannot be read
    """
    found = hashlib.sha256()
    with open(path, 'rb') as stream:
        for piece in iter(lambda: stream.read(PIECE), b''):
            found.update(piece)
    return found.hexdigest()


def note_result(folder: OutputFolder, specs: Sequence[MapSpec], result: Result) -> bool:
    """
    Add a result to the sidecars of a subject's maps.

    :param folder: of the maps, open
    :param specs: all maps of the subject
    :param result: of the same subject
    :return: False, with nothing changed, where a sidecar is not there yet
    :raises WriteError: if a sidecar cannot be written
    """
    names = [naming.sidecar_name(spec) for spec in specs]
    contents = [_content(os.path.join(folder.path, name)) for name in names]
    if any(content is None for content in contents):
        return False
    for name, content in zip(names, contents):
        if content is not None and content.get('result') != result._asdict():
            changed = content.copy()
            changed['result'] = ResultKeys(
                file=result.file, sha256=result.sha256, settings=result.settings
            )
            folder.publish_text(json.dumps(changed, indent=1) + '\n', name)
    return True


def is_as_noted(path: str, specs: Sequence[MapSpec], result_path: str, settings: str) -> bool:
    """
    :param path: the folder of the maps
    :param specs: all maps of one subject, complete
    :param result_path: of the subject's result
    :param settings: text of the settings that it would be made with now
    :return: whether the result is there as it was written, and was made with the same settings
    """
    if not specs or not settings:
        return False
    noted = [_content(os.path.join(path, naming.sidecar_name(spec))) for spec in specs]
    if any(each is None or not _is_of(each.get('result'), settings) for each in noted):
        return False
    try:
        found = Result(os.path.basename(result_path), digest(result_path), settings)
    except OSError:
        return False  # it is not there, and is made again
    return all(each is not None and each['result'] == found._asdict() for each in noted)


def _is_of(noted: Optional[ResultKeys], settings: str) -> bool:
    return noted is not None and noted.get('settings') == settings


def _content(path: str) -> Optional[Sidecar]:
    """The content of a sidecar; None where it is not there or cannot be read."""
    try:
        with open(path, encoding='utf-8') as stream:
            content: Sidecar = json.load(stream)
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) else None
