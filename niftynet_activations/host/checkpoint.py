# -*- coding: utf-8 -*-
"""
Which checkpoint NiftyNet is about to restore.

NiftyNet tells its application neither the model folder nor the iteration; the handler that
will restore the model knows both.
"""

import os
from typing import List, NamedTuple

from blinker import ANY
from niftynet.engine.handler_model import ModelRestorer
from niftynet.engine.signal import SESS_STARTED

from niftynet_activations.errors import OptionError

Checkpoint = NamedTuple(
    'Checkpoint',
    [
        ('path', str),  # without the endings .index and .data-...
        ('iteration', int),
        ('model_dir', str),
    ],
)


def find_checkpoint() -> Checkpoint:
    """
    :return: the checkpoint of the run that NiftyNet is setting up
    :raises OptionError: if it is not there
    """
    restorer = _model_restorer()
    prefix, iteration = restorer.file_name_prefix, restorer.initial_iter
    path = '{}-{}'.format(prefix, iteration)
    folder = os.path.dirname(prefix)
    if not os.path.isfile(path + '.index'):
        there = sorted(
            name[: -len('.index')] for name in _listing(folder) if name.endswith('.index')
        )
        raise OptionError(
            "no checkpoint of iteration {} in '{}'; it holds {}: check model_dir in [SYSTEM] and "
            'inference_iter in [INFERENCE]'.format(iteration, folder, ', '.join(there) or 'none')
        )
    return Checkpoint(path, int(iteration), os.path.dirname(folder))


def _model_restorer() -> ModelRestorer:
    for receiver in SESS_STARTED.receivers_for(ANY):
        owner = getattr(receiver, '__self__', receiver)
        if isinstance(owner, ModelRestorer):
            return owner
    raise OptionError(
        "NiftyNet's handler 'model_restorer' is not among the event handlers; add it to "
        'event_handler in [SYSTEM], so that the network gets its weights'
    )


def _listing(folder: str) -> List[str]:
    return os.listdir(folder) if os.path.isdir(folder) else []
