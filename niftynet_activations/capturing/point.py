# -*- coding: utf-8 -*-
"""
A layer for users' own networks that marks a tensor and changes nothing.
"""

from niftynet.layer.base_layer import Layer

from niftynet_activations.hints import Tensor
from niftynet_activations.host.tensorflow import tf


class ActivationPoint(Layer):
    """
    Passes its input through, so that it can be saved under a name of the user's choice.

    Inside a network's ``layer_op``::

        features = ActivationPoint('bottleneck')(features)

    The selectors ``type:ActivationPoint`` and ``bottleneck`` (with the scope of the layer that
    calls it in front) find it. Checkpoints do not change: it has no variables.

    :param name: the layer's scope
    """

    def __init__(self, name: str = 'activation_point') -> None:
        super(ActivationPoint, self).__init__(name=name)

    def layer_op(self, features: Tensor, *unused_args: object, **unused_kwargs: object) -> Tensor:
        """
        :param features: any tensor
        :param unused_args: what networks pass to each of their layers, such as ``is_training``
        :param unused_kwargs: the same, by name
        :return: a tensor of the same values, under this layer's scope
        """
        return tf.identity(features, name='point')
