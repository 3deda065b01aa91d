# -*- coding: utf-8 -*-
"""
A network of three resolutions for the demonstration, small enough for two processor cores.

Vocabulary: a *level* is a resolution, level 0 that of the window, each further one half of the
one above it. On the way *down* a convolution of stride 2 leads to the next level; on the way
*up* a transposed convolution leads back, and its output is joined with that level's own.

    level 0   conv_0 ------------------------- join_0 - merge_0 - logits
                 |                               |
    level 1    down_1 - conv_1 ------ join_1 - merge_1
                          |             |
    level 2             down_2 - context (dilated by 2)

There is no normalisation over the window, so an output depends on no voxel more than 20 voxels
away, and windows can be stitched without seams. Window sizes are multiples of 8: two halvings, and
the dilation by 2 at the lowest level.
"""

from niftynet.layer import layer_util
from niftynet.layer.base_layer import TrainableLayer
from niftynet.layer.convolution import ConvolutionalLayer
from niftynet.layer.deconvolution import DeconvolutionalLayer
from niftynet.layer.dilatedcontext import DilatedTensor
from niftynet.layer.elementwise import ElementwiseLayer
from niftynet.network.base_net import BaseNet

SIZE_MULTIPLE = 8
CHANNELS = (8, 16, 24)
MERGED_CHANNELS = (16, 16)
DILATION = 2


class TissueNet(BaseNet):
    """Three levels, a dilated convolution at the lowest, and a connection across each level."""

    def __init__(self, num_classes, acti_func='relu', name='TissueNet', **initialisation):
        """
        :param num_classes: how many channels the logits have
        :param acti_func: the name of NiftyNet's activation function behind each convolution
        :param name: the network's own scope
        :param initialisation: ``w_initializer``, ``w_regularizer``, ``b_initializer`` and
            ``b_regularizer``, as NiftyNet passes them to every network
        """
        super(TissueNet, self).__init__(
            num_classes=num_classes, acti_func=acti_func, name=name, **initialisation
        )

    def layer_op(self, images, is_training=True, **unused_kwargs):
        """
        Compute the logits of a batch of windows.

        :param images: (batch, x, y, z, modality) float32, each size a multiple of 8
        :param is_training: True while training; nothing here depends on it
        :param unused_kwargs: what NiftyNet passes to every network beside this
        :return: (batch, x, y, z, class) float32
        """
        assert layer_util.check_spatial_dims(images, lambda size: size % SIZE_MULTIPLE == 0)
        level_0 = self._convolution(CHANNELS[0], 'conv_0')(images, is_training)
        level_1 = self._convolution(CHANNELS[1], 'down_1', stride=2)(level_0, is_training)
        level_1 = self._convolution(CHANNELS[1], 'conv_1')(level_1, is_training)
        level_2 = self._convolution(CHANNELS[2], 'down_2', stride=2)(level_1, is_training)
        with DilatedTensor(level_2, dilation_factor=DILATION) as dilated:
            dilated.tensor = ContextBlock(
                CHANNELS[2], self.acti_func, self.initializers, self.regularizers, name='context'
            )(dilated.tensor, is_training)
        up_1 = self._upwards(CHANNELS[1], 'up_1')(dilated.tensor, is_training)
        join_1 = ElementwiseLayer('CONCAT', name='join_1')(level_1, up_1)
        merge_1 = self._convolution(MERGED_CHANNELS[1], 'merge_1')(join_1, is_training)
        up_0 = self._upwards(CHANNELS[0], 'up_0')(merge_1, is_training)
        join_0 = ElementwiseLayer('CONCAT', name='join_0')(level_0, up_0)
        merge_0 = self._convolution(MERGED_CHANNELS[0], 'merge_0')(join_0, is_training)
        logits = self._convolution(self.num_classes, 'logits', kernel_size=1, acti_func=None)
        return logits(merge_0, is_training)

    def _convolution(self, channels, name, **changed):
        options = dict(kernel_size=3, stride=1, acti_func=self.acti_func)
        options.update(changed)
        return _convolution(channels, name, self.initializers, self.regularizers, **options)

    def _upwards(self, channels, name):
        return DeconvolutionalLayer(
            channels,
            kernel_size=2,
            stride=2,
            with_bias=True,
            feature_normalization=None,
            acti_func=self.acti_func,
            w_initializer=self.initializers['w'],
            b_initializer=self.initializers['b'],
            w_regularizer=self.regularizers['w'],
            b_regularizer=self.regularizers['b'],
            name=name,
        )


class ContextBlock(TrainableLayer):
    """A convolution whose output is added to its input."""

    def __init__(self, channels, acti_func, initializers, regularizers, name='context'):
        """
        :param channels: how many channels come in and go out
        :param acti_func: the name of NiftyNet's activation function
        :param initializers: dictionary with the initialisers of the weights `w` and biases `b`
        :param regularizers: dictionary with the regularisers of the weights `w` and biases `b`
        :param name: the block's scope
        """
        super(ContextBlock, self).__init__(name=name)
        self.channels = channels
        self.acti_func = acti_func
        self.initializers = initializers
        self.regularizers = regularizers

    def layer_op(self, features, is_training):
        """
        :param features: (batch, x, y, z, channel) float32
        :param is_training: True while training; nothing here depends on it
        :return: (batch, x, y, z, channel) float32, of the same shape
        """
        convolution = _convolution(
            self.channels,
            'conv',
            self.initializers,
            self.regularizers,
            kernel_size=3,
            stride=1,
            acti_func=self.acti_func,
        )
        return ElementwiseLayer('SUM', name='add')(convolution(features, is_training), features)


def _convolution(channels, name, initializers, regularizers, **options):
    return ConvolutionalLayer(
        channels,
        with_bias=True,
        feature_normalization=None,
        w_initializer=initializers['w'],
        b_initializer=initializers['b'],
        w_regularizer=regularizers['w'],
        b_regularizer=regularizers['b'],
        name=name,
        **options,
    )
