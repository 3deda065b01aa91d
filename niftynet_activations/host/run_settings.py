# -*- coding: utf-8 -*-
"""
What the config says about a run, and the folders that it names.
"""

import os
import tempfile
from typing import Any, Dict, NamedTuple, Optional, Tuple

from niftynet.io.misc_io import to_absolute_path

from niftynet_activations.errors import WriteError
from niftynet_activations.host.checkpoint import Checkpoint

SCRATCH = 'NIFTYNET_ACTIVATIONS_SCRATCH'  # environment variable

RunSettings = NamedTuple(
    'RunSettings',
    [
        ('options', Any),
        ('checkpoint', Checkpoint),
        ('network', str),
        ('postfix', str),
        ('save_seg_dir', str),
        ('sampling', str),  # 'grid' or 'resize'
        ('border', Tuple[int, ...]),
        ('batch', int),  # windows of a step
        ('preprocessing', Dict[str, Any]),  # state of what is done to images
    ],
)


def output_folder(settings: RunSettings) -> str:
    """
    :param settings: of the run
    :return: absolute path of the folder for the maps
    """
    if not settings.options.dir:
        return os.path.abspath(settings.save_seg_dir)
    return to_absolute_path(settings.options.dir, settings.checkpoint.model_dir)


def scratch_folder() -> Optional[str]:
    """
    :return: folder for the large scratch files, where the environment names one: absolute path
    """
    named = os.environ.get(SCRATCH)
    return os.path.abspath(named) if named else None


def check_writable(path: str, option: str) -> None:
    """
    :param path: a folder that will be written to, made if it is not there
    :param option: the option that names it
    :raises WriteError: if it is none, or cannot be written
    """
    try:
        os.makedirs(path, exist_ok=True)
        with tempfile.TemporaryFile(dir=path):
            pass
    except OSError as error:
        raise WriteError(
            "the folder '{}' cannot be written ({}): set {} to one that can".format(
                path, error.strerror, option
            )
        ) from error
