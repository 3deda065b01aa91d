# -*- coding: utf-8 -*-
"""
NiftyNet's own results (segmentations), which get their names only when they are complete.

NiftyNet writes a segmentation directly under its final name: if the disk fills up, or the run is
killed, half a file is left that looks whole. Here NiftyNet writes into the run's hidden folder
instead, and each file is moved from there when NiftyNet has completed it.
"""

import contextlib
import logging
import os
from typing import Iterator

from niftynet_activations.store import files
from niftynet_activations.store.folder import OutputFolder

LOGGER = logging.getLogger('tensorflow')  # NiftyNet's


def segmentation_name(subject: str, postfix: str) -> str:
    """
    :param subject: NiftyNet's id of the subject
    :param postfix: ``output_postfix`` of the config
    :return: the name that NiftyNet gives to the subject's segmentation
    """
    return 'window_seg_{}_{}.nii.gz'.format(subject, postfix)


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

    def publish(self, filename: str) -> str:
        """
        :param filename: of a result that is complete
        :return: the folder in which it lies now
        :raises OSError: the system cannot move it
        """
        self._folder.publish(os.path.join(self._hidden, filename), filename)
        return self._folder.path


class _FinalNames(logging.Filter):
    """
    A filter of NiftyNet's log lines, in which a file has the name under which users will find it.
    """

    def __init__(self, hidden: str, final: str) -> None:
        super(_FinalNames, self).__init__()
        self._hidden, self._final = hidden, final

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = str(record.msg).replace(self._hidden, self._final)
        return True
