# -*- coding: utf-8 -*-
"""
NiftyNet's own results, written by NiftyNet itself, under their names only when they are complete.

NiftyNet writes a segmentation straight to its name: where the disk fills up, or the run is
killed, half a file would be left that looks whole. It is made to write into the run's hidden
folder instead, and each file is moved from there when NiftyNet says that it is done.

Beside each result a *note* is written, a JSON file of the same stem: its digest, and what it was
made with. With it ``activation_existing = skip`` can tell whether the result need not be made
again. The note goes before its result is replaced, and comes back behind it.
"""

import contextlib
import hashlib
import json
import logging
import os
from typing import Any, Dict, Iterator, Optional

from niftynet_activations.store import files
from niftynet_activations.store.folder import OutputFolder

LOGGER = logging.getLogger('tensorflow')  # NiftyNet's
PIECE = 1 << 20


def segmentation_name(subject: str, postfix: str) -> str:
    """
    :param subject: NiftyNet's id of the subject
    :param postfix: ``output_postfix`` of the config
    :return: the name that NiftyNet gives to the subject's segmentation
    """
    return 'window_seg_{}_{}.nii.gz'.format(subject, postfix)


def is_complete(folder: str, name: str, settings: str) -> bool:
    """
    :param folder: NiftyNet's ``save_seg_dir``
    :param name: of a result in it
    :param settings: what it would be made with now; a text
    :return: whether it is there as this program wrote it, and was made with the same settings
    """
    path = os.path.join(folder, name)
    try:
        with open(note_path(path), encoding='utf-8') as stream:
            note = json.load(stream)
        return (
            isinstance(note, dict)
            and bool(settings)
            and note.get('settings') == settings
            and note.get('sha256') == _digest(path)
        )
    except (OSError, ValueError):
        return False  # no result or no note of ours: it is made again


def note_path(path: str) -> str:
    """
    :param path: of a result
    :return: path of its note
    """
    for suffix in ('.nii.gz', '.csv'):
        if path.endswith(suffix):
            path = path[: -len(suffix)]
    return path + '.json'


def _digest(path: str) -> str:
    found = hashlib.sha256()
    with open(path, 'rb') as stream:
        for piece in iter(lambda: stream.read(PIECE), b''):
            found.update(piece)
    return found.hexdigest()


class SegmentationFiles(object):
    """
    Results of one run.

    :param folder: NiftyNet's ``save_seg_dir``, open
    """

    def __init__(self, folder: OutputFolder) -> None:
        self._folder = folder
        self._hidden = folder.scratch('segmentation')

    @property
    def folder(self) -> str:
        """The folder that the results are found in."""
        return self._folder.path

    @contextlib.contextmanager
    def writing(self, subject: str) -> Iterator[str]:
        """
        Surround NiftyNet's writing of a subject's results.

        :param subject: its name, for messages
        :return: the folder for NiftyNet to write into
        :raises WriteError: the disk is full, or the like
        """
        names = _FinalNames(self._hidden, self._folder.path)
        LOGGER.addFilter(names)
        try:
            with files.disk_errors("writing the segmentation of subject '{}'".format(subject)):
                yield self._hidden
        finally:
            LOGGER.removeFilter(names)

    def publish(self, filename: str, made_with: Optional[Dict[str, Any]] = None) -> str:
        """
        :param filename: of a result that is complete
        :param made_with: what its note is to say; without ``settings`` none is written
        :return: the folder in which it stands now
        :raises OSError: the system cannot move it
        """
        hidden = os.path.join(self._hidden, filename)
        note = note_path(filename)
        files.remove(os.path.join(self._folder.path, note))
        digest = _digest(hidden) if made_with and made_with.get('settings') else None
        self._folder.publish(hidden, filename)
        if digest:
            content = dict(made_with or {}, file=filename, sha256=digest)
            self._folder.publish_text(json.dumps(content, indent=1) + '\n', note)
        return self._folder.path


class _FinalNames(logging.Filter):
    """Lets NiftyNet's lines name a file as users will find it."""

    def __init__(self, hidden: str, final: str) -> None:
        super(_FinalNames, self).__init__()
        self._hidden, self._final = hidden, final

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = str(record.msg).replace(self._hidden, self._final)
        return True
