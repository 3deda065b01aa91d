# -*- coding: utf-8 -*-
"""
From Python: list a config's layers, and run its inference in this process to get their maps.

NiftyNet is imported when a function is called, and what importing and running it does to the
caller's logging, arguments and output is undone.

- *option*: one of this package's, without its prefix (``channels``), or a word of NiftyNet's own
  config (``save_seg_dir``); both override the config, as on the command line.

NiftyNet is a program of TensorFlow 1 and runs in graph mode. A caller's eager code (Keras models
too) works before and after a call; one call at a time, and none from inside a ``tf.function``.
"""

import difflib
import io
import os
import sys
from typing import Dict, List, Mapping, Optional, Sequence, Tuple, Union

from niftynet_activations.errors import ActivationError, OptionError, WriteError
from niftynet_activations.hints import Application, Path, Value
from niftynet_activations.host.application_names import APPLICATION
from niftynet_activations.host.eager_mode import graph_mode
from niftynet_activations.host.printed import printed_reason
from niftynet_activations.host.quiet import all_output_to, output_to
from niftynet_activations.host.reasons import not_set
from niftynet_activations.inventory.layer_info import LayerInfo
from niftynet_activations.looking.opened import OpenedMaps
from niftynet_activations.options import OPTIONS, PREFIX, parse_options
from niftynet_activations.running.progress import drawing

# Options that end all other output, for a run of which only the maps are wanted.
NOTHING_BESIDE_MAPS = dict(existing='overwrite', tables='', report='False', features='', regions='')


def layers(config: Path, application: str = APPLICATION) -> List[LayerInfo]:
    """
    List what a network calls; neither a checkpoint nor the input files are needed.

    :param config: path of a NiftyNet config
    :param application: as ``net_run -a`` takes it, ``niftynet_activations.regression_app`` or
        ``module.Class`` of your own; segmentation where not given
    :return: every layer, in the order of the calls
    :raises OptionError: if the config cannot be read or the network not be built
    """
    with graph_mode(), all_output_to(io.StringIO()):
        load_application()
        from niftynet_activations.inventory.listing import layers_of_config

        return layers_of_config(existing_config(config), application)


def extract(
    config: Path,
    layers: Optional[Union[str, Sequence[str]]] = None,
    verbose: bool = False,
    progress: Optional[bool] = None,
    application: str = APPLICATION,
    **options: Value,
) -> OpenedMaps:
    """
    Run inference as ``net_run inference -a APPLICATION`` does, in this process.

    The application's own result is written too: with ``dir`` it lies in the same folder, unless
    ``save_seg_dir`` is given. TensorFlow's default graph is empty afterwards.

    :param config: path of a NiftyNet config
    :param layers: selectors, as a text or one by one; those of the config where not given
    :param verbose: whether NiftyNet's lines go to standard output
    :param progress: whether to draw a bar; where not given, if a terminal or a notebook shows it
    :param application: as ``net_run -a`` takes it; segmentation where not given
    :param options: options of this package without ``activation_`` in front, or NiftyNet's own;
        True, numbers, texts, or sequences of them; ``channels`` also a slice, or a dictionary from
        selectors to channels. ``dir`` is relative to the caller's working folder
    :return: the maps of this run, and no others that the folder may hold
    :raises OptionError: for what is wrong with the config or the options
    :raises CheckpointError: if the checkpoint is not there or does not fit the network
    :raises SelectionError: for layers or channels that do not exist
    :raises InputError: if subjects were left out because they could not be read
    :raises WriteError: if the maps could not be written
    """
    path = existing_config(config)
    if layers is not None:
        options = dict(options, layers=layers)
    said = io.StringIO()
    with graph_mode():
        with all_output_to(said):
            load_application()  # NiftyNet's keywords with ours
        with output_to(sys.stdout if verbose else said), drawing(progress):
            words = overriding_words(options)
            folder = _folder_of(path, words, application)
            try:
                status, written = _run(path, words, application)
            except WriteError as error:
                reason = printed_reason(said.getvalue())
                if not reason:
                    raise
                raise WriteError('{}; NiftyNet met {}'.format(error, reason)) from error
        if status:
            raise OptionError(not_set(path, said.getvalue()))
    return OpenedMaps(folder, written)


def load_application() -> Application:
    """
    :return: this package's segmentation application, whose import makes the options known
    :raises OptionError: if NiftyNet cannot be imported
    """
    try:
        from niftynet_activations import app
    except ImportError as error:
        raise OptionError('NiftyNet cannot be imported: {}'.format(error)) from error
    return app


def _with_folders(options: Mapping[str, Value]) -> Dict[str, Value]:
    """
    The options with absolute paths, relative ones starting from the caller's working folder; the
    segmentation goes to the folder of the maps.
    """
    found = dict(options)
    for name in ('dir', PREFIX + 'dir'):
        if found.get(name):
            found[name] = os.path.abspath(_path(name, found[name]))
            found.setdefault('save_seg_dir', found[name])
    for name in ('basis', PREFIX + 'basis'):
        if found.get(name):
            given = found[name]
            paths = given.split(',') if isinstance(given, str) else _several(given)
            found[name] = [os.path.abspath(_path(name, path).strip()) for path in paths]
    return found


def _path(name: str, given: Value) -> str:
    if not isinstance(given, (str, os.PathLike)):
        raise OptionError('{} = {!r}: expected a path'.format(name, given))
    return os.fspath(given)


def _several(given: Value) -> List[Value]:
    return list(given) if isinstance(given, (list, tuple)) else [given]


def existing_config(config: Path) -> str:
    """
    :param config: what a caller gave
    :return: the same as a text
    :raises OptionError: if it is no path
    """
    path = os.fspath(config)
    if not isinstance(path, str):
        raise OptionError('expected the path of a config, got {!r}'.format(config))
    return path


def overriding_words(options: Mapping[str, Value]) -> List[str]:
    """
    :param options: of a Python caller, whose relative paths start from the working folder
    :return: as NiftyNet's command line has them
    :raises OptionError: for an unknown option, or a value of ours that is not allowed
    """
    return command_line_words(_with_folders(options))


def command_line_words(options: Mapping[str, Value]) -> List[str]:
    """
    :param options: of a Python caller, name -> value
    :return: as NiftyNet's command line has them
    :raises OptionError: for an unknown option, or a value of ours that is not allowed
    """
    given = [(_full_name(name), _as_text(value)) for name, value in options.items()]
    parse_options({name: text for name, text in given if name in OPTIONS})
    return ['--{}={}'.format(name, text) for name, text in given]


def _full_name(name: str) -> str:
    from niftynet.utilities.user_parameters_parser import KEYWORDS

    ours = [each[len(PREFIX) :] for each in OPTIONS]
    if name in ours:
        return PREFIX + name
    if name in KEYWORDS:
        return name
    near = difflib.get_close_matches(name, ours + list(KEYWORDS), n=1, cutoff=0.0)
    raise OptionError("unknown option '{}': did you mean '{}'?".format(name, near[0]))


def _as_text(value: Value) -> str:
    if isinstance(value, dict):
        return ';'.join('{}={}'.format(key, _as_text(each)) for key, each in value.items())
    if isinstance(value, slice):
        ends = [value.start, value.stop] + ([] if value.step is None else [value.step])
        return ':'.join('' if each is None else str(each) for each in ends)
    if isinstance(value, (list, tuple, range)):
        return ','.join(_as_text(item) for item in value)
    return str(os.fspath(value) if isinstance(value, os.PathLike) else value)


def _folder_of(path: str, words: Sequence[str], application: str) -> str:
    import niftynet
    from niftynet.io.misc_io import to_absolute_path

    from niftynet_activations.host.config import read_config

    system = read_config(path, words, application).system
    inference = system['INFERENCE']
    model_dir = niftynet.resolve_module_dir(system['SYSTEM'].model_dir)
    folder = getattr(inference, PREFIX + 'dir', '') or inference.save_seg_dir
    return to_absolute_path(folder, model_dir)


def _run(path: str, words: Sequence[str], application: str) -> Tuple[int, List[Tuple[str, str]]]:
    """NiftyNet's exit status, and the (subject, layer) pairs of the run's maps."""
    from niftynet_activations.host.in_process import run_application

    command = ['net_run', 'inference', '-a', application, '-c', path]
    try:
        status, ran = run_application(command + list(words))
        return status, ran.maps_of_run() if ran is not None else []
    except ActivationError:
        raise
    except OSError as error:
        raise WriteError("config '{}': {}".format(path, error)) from error
