# -*- coding: utf-8 -*-
"""
Checks, before a run begins, that the folders it will write to can be written.
"""

import os
import tempfile

from niftynet_activations.errors import WriteError

MODEL_DIR = (
    'model_dir in [SYSTEM]',
    'NiftyNet writes its settings, its log and its lists of files there, so copy the model first',
)


def check_writable(path: str, option: str, advice: str = '') -> None:
    """
    :param path: a folder that will be written to, made if it is not there
    :param option: the option that names it
    :param advice: what else the user has to know
    :raises WriteError: if it is no folder, or cannot be written
    """
    try:
        os.makedirs(path, exist_ok=True)
        with tempfile.TemporaryFile(dir=path):
            pass
    except OSError as error:
        raise WriteError(
            "the folder '{}' cannot be written ({}): set {} to one that can{}".format(
                path, error.strerror, option, '; ' + advice if advice else ''
            )
        ) from error
