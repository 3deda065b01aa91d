# -*- coding: utf-8 -*-
"""
Build a config's network without images and checkpoint, to record its layers.
"""

import contextlib
from typing import Callable, Iterator, Optional, Sequence

from niftynet.application.base_application import SingletonApplication

from niftynet_activations.capturing.intervened import intervene
from niftynet_activations.capturing.mirrored import check_mirrored
from niftynet_activations.capturing.recording import NetworkRecord, record_layers
from niftynet_activations.errors import ActivationError, OptionError, RefusedWindowError
from niftynet_activations.hints import Application, Tensor
from niftynet_activations.host.config import Config, window_of
from niftynet_activations.host.networks import one_line
from niftynet_activations.host.refusals import refusal
from niftynet_activations.host.tensorflow import tf


def build_network(
    config: Config,
    application_class: Application,
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
    shape = [batch] + spatial + [config.channels]
    SingletonApplication.clear()
    application = application_class(
        config.system['NETWORK'], config.system['INFERENCE'], 'inference'
    )
    application.activation_take_task(config.system['CUSTOM'])
    try:
        with tf.Graph().as_default():
            return build_on_placeholder(application, shape)
    finally:
        SingletonApplication.clear()


def build_on_placeholder(
    application: Application,
    shape: Sequence[Optional[int]],
    intervening: Callable[[NetworkRecord], None] = intervene,
) -> NetworkRecord:
    """
    :param application: with :class:`niftynet_activations.ActivationMixin`; its network is made here
    :param shape: of the network's input: batch, spatial axes, modalities
    :param intervening: applies interventions to the network; the registered ones where not given
    :return: the recorded network, built in the default graph
    :raises RefusedWindowError: if the network refuses the shape
    :raises SelectionError: if an intervention cannot be applied
    :raises OptionError: if the network's code raises another error, such as for a name of
        TensorFlow 1 that TensorFlow 2 lacks
    """
    application.initialise_network()
    name = application.net_param.name
    with record_layers(
        application.net,
        application.activation_image,
        application.activation_named,
        intervening,
    ) as record, tf.name_scope('worker_0'):
        image = tf.placeholder(tf.float32, shape, name='image')
        with explained(name, lambda: image):
            application.activation_call(image)
            check_mirrored(image.graph)
    return record


@contextlib.contextmanager
def explained(name: str, image: Callable[[], Optional[Tensor]]) -> Iterator[None]:
    """
    Surround the call of a network, and tell in one line what its code or TensorFlow raises.

    :param name: of the network
    :param image: gives the tensor that it was called with; None where an error is not the network's
    :raises RefusedWindowError: if the network refuses the image's shape
    :raises OptionError: for another error of its code
    """
    try:
        yield
    except ActivationError:
        raise  # an intervention's own error
    except Exception as error:
        called_with = image()
        told = None if called_with is None else _told(name, called_with, error)
        if told is None:
            raise
        raise told from error


def _told(name: str, image: Tensor, error: Exception) -> Optional[OptionError]:
    if isinstance(error, (AttributeError, ImportError, NotImplementedError)):
        return OptionError("the network '{}' cannot be built: {}".format(name, one_line(error)))
    if isinstance(error, (ValueError, AssertionError, TypeError, RuntimeError)):
        sizes = image.shape.as_list()[1:-1]
        reason = refusal(error)
        return RefusedWindowError(
            "the network '{}' cannot be built on a window of {}: {}; set spatial_window_size in "
            '[INFERENCE] to another where it is the size that the network refuses'.format(
                name, ' x '.join('?' if size is None else str(size) for size in sizes), reason
            ),
            reason,
        )
    if isinstance(error, (ArithmeticError, LookupError, NameError)):
        return OptionError(
            "the network '{}' cannot be built, as its code ends in an error ({})".format(
                name, one_line(error)
            )
        )
    return None
