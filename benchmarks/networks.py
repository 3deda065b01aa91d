# -*- coding: utf-8 -*-
"""
Networks with many channels that compute next to nothing.

    image - wide (1x1x1, many channels) - logits (1x1x1)

The cost of the maps is then not hidden by the cost of the network, so that every ratio has its
worst value.
"""

from niftynet.layer.convolution import ConvolutionalLayer
from niftynet.network.base_net import BaseNet

from niftynet_activations.hints import Argument, Tensor


class Wide80(BaseNet):
    """One layer of 80 channels at full resolution; it takes windows of any size."""

    channels = 80

    def __init__(
        self, num_classes: int, acti_func: str = 'relu', name: str = 'Wide', **given: Argument
    ) -> None:
        """
        :param num_classes: how many channels the logits have
        :param acti_func: the name of NiftyNet's activation function behind the wide layer
        :param name: the network's own scope
        :param given: as NiftyNet passes it to every network
        """
        super(Wide80, self).__init__(
            num_classes=num_classes, acti_func=acti_func, name=name, **given
        )

    def layer_op(self, images: Tensor, is_training: bool = True, **unused: Argument) -> Tensor:
        """
        :param images: (batch, x, y, z, modality) float32
        :param is_training: nothing here depends on it
        :param unused: what NiftyNet passes to every network beside this
        :return: (batch, x, y, z, class) float32, the logits
        """
        shared = dict(
            kernel_size=1,
            with_bias=True,
            feature_normalization=None,
            w_initializer=self.initializers['w'],
            b_initializer=self.initializers['b'],
        )
        wide = ConvolutionalLayer(self.channels, acti_func=self.acti_func, name='wide', **shared)
        logits = ConvolutionalLayer(self.num_classes, acti_func=None, name='logits', **shared)
        return logits(wide(images, is_training), is_training)


class Wide8(Wide80):
    """The same with 8 channels."""

    channels = 8


class Wide400(Wide80):
    """The same with 400 channels."""

    channels = 400
