# -*- coding: utf-8 -*-
"""
Which checkpoint NiftyNet is about to restore, and whether it can be restored.

NiftyNet tells its application neither the model folder nor the iteration; the event handler that
will restore the model knows both. TensorFlow's error for a checkpoint that does not fit is about a
hundred lines long, and NiftyNet gives none for a file that was cut short. So the checkpoint is
checked here before NiftyNet restores it.

- *index*: the file ``model.ckpt-500.index``, which lists the variables;
- *data file*: ``model.ckpt-500.data-00000-of-00001``, one or several, which hold the numbers.
"""

import glob
import os
import re
from typing import Dict, List, NamedTuple, Optional, Tuple

import numpy as np
from blinker import ANY
from niftynet.engine.handler_model import ModelRestorer
from niftynet.engine.signal import SESS_STARTED

from niftynet_activations.errors import CheckpointError, OptionError
from niftynet_activations.hints import Application, CheckpointReader, Network, TensorDType
from niftynet_activations.host.checkpoint_fit import Wanted, misfit, unused
from niftynet_activations.host.log import LOGGER
from niftynet_activations.host.tensorflow import tf

LFS = b'version https://git-lfs'  # the first bytes of a file that Git LFS has left as a pointer
INDEX, DATA = '.index', '.data-'


class Checkpoint(NamedTuple):
    """A checkpoint and the model folder that it belongs to."""

    path: str  # without the endings .index and .data-...
    iteration: int
    model_dir: str


def find_checkpoint() -> Checkpoint:
    """
    :return: the checkpoint of the run that NiftyNet is setting up
    :raises CheckpointError: if it is not there, or not all of it
    """
    restorer = _model_restorer()
    prefix, iteration = _without_links(restorer.file_name_prefix), restorer.initial_iter
    path = '{}-{}'.format(prefix, iteration)
    folder = os.path.dirname(prefix)
    if not os.path.isfile(path + INDEX):
        there = sorted(name[: -len(INDEX)] for name in _listing(folder) if name.endswith(INDEX))
        raise CheckpointError(
            "no checkpoint of iteration {} in '{}'; it holds {}: check model_dir in [SYSTEM] and "
            'inference_iter in [INFERENCE]'.format(iteration, folder, ', '.join(there) or 'none')
        )
    _check_files(path)
    model_dir = os.path.dirname(os.path.dirname(restorer.file_name_prefix))
    return Checkpoint(path, int(iteration), model_dir)


def _without_links(prefix: str) -> str:
    """
    The path with symbolic links resolved: in a cohort, the folder of checkpoints is a link to the
    user's folder.
    """
    folder, name = os.path.split(prefix)
    while os.path.islink(folder):
        folder = os.path.join(os.path.dirname(folder), os.readlink(folder))
    return os.path.join(folder, name)


def _model_restorer() -> ModelRestorer:
    for receiver in SESS_STARTED.receivers_for(ANY):
        owner = getattr(receiver, '__self__', receiver)
        if isinstance(owner, ModelRestorer):
            return owner
    raise OptionError(
        "NiftyNet's handler 'model_restorer' is not among the event handlers; add it to "
        'event_handler in [SYSTEM], so that the network gets its weights'
    )


def restore_checkpoint(application: Application) -> None:
    """
    Let NiftyNet's handler restore the network's variables in the default session.

    :param application: NiftyNet's
    """
    _model_restorer().restore_model(application)


def _listing(folder: str) -> List[str]:
    return os.listdir(folder) if os.path.isdir(folder) else []


def _data_files(path: str) -> List[str]:
    return sorted(glob.glob(glob.escape(path) + DATA + '*'))


def _check_files(path: str) -> None:
    files = _data_files(path)
    numbers = [re.search(r'-(\d+)-of-(\d+)$', name) for name in files]
    parts = [(int(each.group(1)), int(each.group(2))) for each in numbers if each]
    expected = parts[0][1] if parts else 1
    for number in range(expected):
        name = '{}{}{:05d}-of-{:05d}'.format(path, DATA, number, expected)
        if name not in files:
            raise CheckpointError(
                "the checkpoint's file '{}' is missing beside '{}': copy both files from where "
                'the network was trained'.format(name, os.path.basename(path) + INDEX)
            )
    for name in [path + INDEX] + files:
        if is_lfs_pointer(name):
            raise CheckpointError(
                "the checkpoint's file '{}' is only a pointer of Git LFS in the place of the file: "
                "run 'git lfs pull' in the repository that it came from".format(name)
            )


def is_lfs_pointer(path: str) -> bool:
    """
    :param path: of a file, which need not be there
    :return: whether the file is only a pointer of Git LFS, a few lines of text
    """
    if not os.path.isfile(path):
        return False
    with open(path, 'rb') as stream:
        return stream.read(len(LFS)) == LFS


def check_checkpoint(
    checkpoint: Checkpoint, network: Network, classes: Optional[int], modalities: Optional[int]
) -> None:
    """
    Compare the checkpoint with the variables of the default graph, and read it once.

    :param checkpoint: as :func:`find_checkpoint` gives it
    :param network: NiftyNet's values of the section [NETWORK]
    :param classes: ``num_classes``; None where the application has none
    :param modalities: channels of the network's image; None where they are not known
    :raises CheckpointError: if NiftyNet would not be able to restore it
    """
    try:
        reader = tf.train.load_checkpoint(checkpoint.path)
        shapes = reader.get_variable_to_shape_map()
    except (tf.errors.OpError, ValueError, RuntimeError) as error:
        raise _unreadable(checkpoint.path + INDEX, error) from error
    held = {name: tuple(shape) for name, shape in shapes.items()}
    variables = network_variables() if _restores_all(_model_restorer()) else {}
    wanted = Wanted(
        network.name,
        network.activation_function,
        classes,
        modalities,
        {name: shape for name, (shape, _) in variables.items()},
    )
    found = misfit(wanted, held) or _other_types(reader, variables)
    if found:
        raise CheckpointError(
            "the checkpoint '{}' does not fit the network: {}".format(checkpoint.path, found)
        )
    _check_numbers(checkpoint.path, reader, held, sorted(variables))
    left = unused(wanted, held)
    if left:
        LOGGER.warning(
            "the checkpoint '%s' holds %d variables that the network '%s' has no place for, so "
            'that it computes otherwise than in training: %s; check activation_function and name '
            'in [NETWORK]',
            checkpoint.path,
            len(left),
            network.name,
            ', '.join(left[:3]),
        )


def _restores_all(restorer: ModelRestorer) -> bool:
    """
    Whether all variables are restored under their own names; a handler of the user's may restore a
    part, or use other names.
    """
    usual = type(restorer).restore_model is ModelRestorer.restore_model
    return usual and not restorer.vars_to_restore


def network_variables() -> Dict[str, Tuple[Tuple[int, ...], TensorDType]]:
    """
    :return: name -> shape and type of each variable that NiftyNet restores in the default graph
    """
    found = {}
    for variable in tf.global_variables():
        if not variable.shape.is_fully_defined():
            continue  # TensorFlow takes any shape for it
        name, shape = variable.op.name, tuple(variable.shape.as_list())
        part = getattr(variable, '_save_slice_info', None)
        if part is not None:  # one of several parts, which are saved as one
            name, shape = part.full_name, tuple(part.full_shape)
        found[name] = shape, variable.dtype.base_dtype
    return found


def _other_types(
    reader: CheckpointReader, variables: Dict[str, Tuple[Tuple[int, ...], TensorDType]]
) -> str:
    types = reader.get_variable_to_dtype_map()
    for name, (_, wanted) in variables.items():
        if types[name] != wanted:
            return (
                "'{}' has the type {} there and the network wants {}. The code of the network has "
                'changed since it was trained'.format(name, types[name].name, wanted.name)
            )
    return ''


def _check_numbers(
    path: str, reader: CheckpointReader, held: Dict[str, Tuple[int, ...]], names: List[str]
) -> None:
    """Find a file that was cut short, by its size, or changed, by TensorFlow's checksums."""
    types = reader.get_variable_to_dtype_map()
    needed = 0
    for name, shape in held.items():
        kind = types[name]
        if kind != tf.string:  # which has no fixed size
            needed += int(np.prod(shape, dtype=np.int64)) * kind.size
    files = _data_files(path)
    size = sum(os.path.getsize(name) for name in files)
    if size < needed:
        raise CheckpointError(
            "the checkpoint's file '{}' was cut short: it holds {} bytes, and the variables that "
            'its index lists take {}; copy it again from where the network was trained'.format(
                ', '.join(files), size, needed
            )
        )
    try:
        for name in names:
            reader.get_tensor(name)
    except (tf.errors.OpError, ValueError, RuntimeError) as error:
        raise _unreadable(', '.join(files), error) from error


def _unreadable(name: str, error: Exception) -> CheckpointError:
    said = ' '.join(str(error).split('\n')[0].split()) or type(error).__name__
    return CheckpointError(
        "the checkpoint's file '{}' cannot be read ({}): it is damaged, or belongs to another "
        'checkpoint than the file beside it; copy both from where the network was trained'.format(
            name, said.rstrip('.')
        )
    )
