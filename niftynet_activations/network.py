# -*- coding: utf-8 -*-
"""
Build a config's network without its data and its checkpoint, to see its layers.

- *window*: the (x, y, z) size that the config cuts; 0 or below stands for the whole axis, whose
  length only an image would tell.
"""

import contextlib
import io
import sys
from typing import Any, List, NamedTuple, Optional, Sequence, Tuple

import niftynet  # noqa: F401  before tensorflow, so that it is what NiftyNet sees
import tensorflow as tf
from niftynet.application.base_application import SingletonApplication
from niftynet.utilities import user_parameters_parser

from niftynet_activations.capture import NetworkRecord, record_layers
from niftynet_activations.errors import ActivationError, OptionError

APPLICATION = 'niftynet_activations.app'

Config = NamedTuple(
    'Config',
    [
        ('system', Any),  # section name -> argparse.Namespace, as NiftyNet's parser gives them
        ('inputs', Any),  # input section name -> argparse.Namespace
    ],
)


def read_config(path: str, overrides: Sequence[str] = ()) -> Config:
    """
    Read a config with NiftyNet's own parser, as ``net_run inference`` would.

    :param path: of the config
    :param overrides: further words of NiftyNet's command line
    :return: the parsed sections
    :raises OptionError: if NiftyNet's parser refuses the config
    """
    words = ['net_run', 'inference', '-a', APPLICATION, '-c', path] + list(overrides)
    before, sys.argv = sys.argv, words
    said = io.StringIO()
    try:
        # NiftyNet prints its version, and argparse its usage before it exits
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            return Config(*user_parameters_parser.run())
    except ActivationError:
        raise
    except (ValueError, AttributeError, KeyError, AssertionError, IOError) as error:
        # behind what was wrong come a line of signs and the addresses of NiftyNet's own pages
        said_so = str(error).partition('For more information please visit')[0]
        lines = [line.strip() for line in said_so.splitlines() if line.strip('= ')]
        raise OptionError(
            "config '{}': {}".format(path, ' '.join(lines[:2]).rstrip('.') or type(error).__name__)
        ) from error
    except SystemExit:
        reason = (said.getvalue().splitlines() or ['the options cannot be read'])[-1]
        raise OptionError("config '{}': {}".format(path, reason)) from None
    finally:
        sys.argv = before


def window_of(config: Config) -> Tuple[int, int, int]:
    """
    :param config: as read
    :return: the window's (x, y, z) that inference uses
    """
    given = tuple(getattr(config.system['INFERENCE'], 'spatial_window_size', ()) or ())
    if not given or config.system['NETWORK'].window_sampling == 'resize':
        sizes = [config.inputs[name].spatial_window_size for name in image_sections(config)]
        given = tuple(sizes[0]) if sizes and sizes[0] else given
    sized = (tuple(given) + (1, 1, 1))[:3] if given else (0, 0, 0)
    return tuple(int(size) for size in sized)


def image_sections(config: Config) -> List[str]:
    """
    :param config: as read
    :return: the input sections that make up the network's image, one a modality
    :raises OptionError: if there is none, or one has no section
    """
    names = list(getattr(config.system['CUSTOM'], 'image', ()) or ())
    missing = [name for name in names if name not in config.inputs]
    if missing or not names:
        raise OptionError(
            "[SEGMENTATION] image = '{}': expected input sections; the config has {}".format(
                ','.join(names), ', '.join(config.inputs) or 'none'
            )
        )
    return names


def build_network(
    config: Config, window: Optional[Sequence[int]] = None, batch: Optional[int] = 1
) -> NetworkRecord:
    """
    Build the network in a graph of its own, on a placeholder.

    :param config: as read
    :param window: (x, y, z); the config's own where not given
    :param batch: number of windows in the batch axis
    :return: the recorded network; its graph is ``record.image.graph``
    :raises OptionError: if the network cannot be built on that window
    """
    from niftynet_activations import app

    window = window_of(config) if window is None else window
    spatial = [None if size < 1 else size for size in window if size != 1]
    shape = [batch] + spatial + [len(image_sections(config))]
    SingletonApplication.clear()
    application = app(config.system['NETWORK'], config.system['INFERENCE'], 'inference')
    application.segmentation_param = config.system['CUSTOM']
    try:
        with tf.Graph().as_default():
            return build_on_placeholder(application, shape)
    finally:
        SingletonApplication.clear()


def build_on_placeholder(application: Any, shape: Sequence[Optional[int]]) -> NetworkRecord:
    """
    :param application: a segmentation application whose network is to be made
    :param shape: of the network's input: batch, spatial axes, modalities
    :return: the recorded network, built in the default graph
    :raises OptionError: if the network refuses the shape
    """
    application.initialise_network()
    try:
        with record_layers(application.net) as record, tf.name_scope('worker_0'):
            image = tf.placeholder(tf.float32, shape, name='image')
            application.net(image, is_training=False, keep_prob=application.net_param.keep_prob)
    except (ValueError, AssertionError, TypeError) as error:
        raise OptionError(
            "the network '{}' cannot be built on a window of {}: {}; set spatial_window_size in "
            '[INFERENCE] to another where it is the size that the network refuses'.format(
                application.net_param.name,
                ' x '.join('?' if size is None else str(size) for size in shape[1:-1]),
                str(error).splitlines()[0] if str(error) else type(error).__name__,
            )
        ) from error
    return record
