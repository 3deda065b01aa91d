# -*- coding: utf-8 -*-
"""
A network of two resolutions that marks its bottleneck.

    conv_0 ------------------------------------ join - logits
       |                                          |
     down (stride 2) - bottleneck (marked) - up (stride 2)
"""

from niftynet.layer.base_layer import TrainableLayer
from niftynet.layer.convolution import ConvolutionalLayer
from niftynet.layer.deconvolution import DeconvolutionalLayer
from niftynet.layer.elementwise import ElementwiseLayer
from niftynet.network.base_net import BaseNet

from niftynet_activations import ActivationPoint

FEATURES = 6


class PointedNet(BaseNet):
    """Takes windows of even size; no output depends on voxels more than 4 voxels away."""

    def __init__(self, num_classes, acti_func='relu', name='PointedNet', **initialisation):
        """
        :param num_classes: how many channels the logits have
        :param acti_func: the name of NiftyNet's activation function behind each convolution
        :param name: the network's own scope
        :param initialisation: as NiftyNet passes it to every network
        """
        super(PointedNet, self).__init__(
            num_classes=num_classes, acti_func=acti_func, name=name, **initialisation
        )

    def layer_op(self, images, is_training=True, **unused_kwargs):
        """
        :param images: (batch, x, y, z, modality) float32, each size an even number
        :param is_training: nothing here depends on it
        :param unused_kwargs: what NiftyNet passes to every network beside this
        :return: (batch, x, y, z, class) float32, the logits
        """
        conv_0 = self._layer(ConvolutionalLayer, FEATURES, 'conv_0', kernel_size=3)
        down = self._layer(ConvolutionalLayer, 2 * FEATURES, 'down', kernel_size=3, stride=2)
        up = self._layer(DeconvolutionalLayer, FEATURES, 'up', kernel_size=2, stride=2)
        logits = self._layer(
            ConvolutionalLayer, self.num_classes, 'logits', kernel_size=1, acti_func=None
        )
        fine = conv_0(images, is_training)
        coarse = down(fine, is_training)
        coarse = ActivationPoint('bottleneck')(coarse)
        joined = ElementwiseLayer('CONCAT', name='join')(fine, up(coarse, is_training))
        return logits(joined, is_training)

    def _layer(self, kind, channels, name, **changed) -> TrainableLayer:
        options = dict(
            acti_func=self.acti_func,
            with_bias=True,
            feature_normalization=None,
            w_initializer=self.initializers['w'],
            w_regularizer=self.regularizers['w'],
            b_initializer=self.initializers['b'],
            b_regularizer=self.regularizers['b'],
        )
        options.update(changed)
        return kind(channels, name=name, **options)
