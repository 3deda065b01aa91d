# -*- coding: utf-8 -*-
"""
Build a config's network without its data and its checkpoint, to see its layers.
"""

from typing import Any, Optional, Sequence

import niftynet  # noqa: F401  before tensorflow, so that it is what NiftyNet sees
import tensorflow as tf
from niftynet.application.base_application import SingletonApplication

from niftynet_activations.capturing.recording import NetworkRecord, record_layers
from niftynet_activations.errors import OptionError, RefusedWindowError
from niftynet_activations.host.config import Config, image_sections, window_of
from niftynet_tf2.modules import MissingArgumentError, MissingNameError


def build_network(
    config: Config,
    application_class: Any,
    window: Optional[Sequence[int]] = None,
    batch: Optional[int] = 1,
) -> NetworkRecord:
    """
    Build the network in a graph of its own, on a placeholder.

    :param config: as read
    :param application_class: NiftyNet's or one of ours; it makes the network
    :param window: (x, y, z); the config's own where not given
    :param batch: number of windows in the batch axis
    :return: the recorded network; its graph is ``record.image.graph``
    :raises RefusedWindowError: if the network cannot be built on that window
    """
    window = window_of(config) if window is None else window
    spatial = [None if size < 1 else size for size in window if size != 1]
    shape = [batch] + spatial + [len(image_sections(config))]
    SingletonApplication.clear()
    application = application_class(
        config.system['NETWORK'], config.system['INFERENCE'], 'inference'
    )
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
    :raises RefusedWindowError: if the network refuses the shape
    :raises OptionError: if it asks TensorFlow for a name of version 1 that is not supplied
    """
    try:
        return _build(application, shape)
    except (MissingNameError, MissingArgumentError) as error:
        # TensorFlow adds to an error inside a template where the template was made
        raise OptionError(
            "the network '{}' cannot be built: {}".format(
                application.net_param.name, str(error).splitlines()[0]
            )
        ) from error


def _build(application: Any, shape: Sequence[Optional[int]]) -> NetworkRecord:
    application.initialise_network()
    try:
        with record_layers(application.net) as record, tf.name_scope('worker_0'):
            image = tf.placeholder(tf.float32, shape, name='image')
            application.net(image, is_training=False, keep_prob=application.net_param.keep_prob)
    except MissingArgumentError:
        raise
    except (ValueError, AssertionError, TypeError) as error:
        raise RefusedWindowError(
            "the network '{}' cannot be built on a window of {}: {}; set spatial_window_size in "
            '[INFERENCE] to another where it is the size that the network refuses'.format(
                application.net_param.name,
                ' x '.join('?' if size is None else str(size) for size in shape[1:-1]),
                str(error).splitlines()[0] if str(error) else type(error).__name__,
            )
        ) from error
    return record
