# -*- coding: utf-8 -*-
"""
Networks of a few layers, as a user might write them, for several applications.
"""

from niftynet.layer.convolution import ConvolutionalLayer
from niftynet.layer.dilatedcontext import DilatedTensor
from niftynet.layer.downsample import DownSampleLayer
from niftynet.layer.fully_connected import FullyConnectedLayer
from niftynet.layer.upsample import UpSampleLayer
from niftynet.network.base_net import BaseNet
from niftynet.network.resnet import ResNet
from random_checkpoint import tf


class SmallClassifier(BaseNet):
    """Two convolutions, the mean over space, a decision."""

    def __init__(self, num_classes, name='SmallClassifier', **others):
        super(SmallClassifier, self).__init__(num_classes=num_classes, name=name, **others)

    def layer_op(self, images, is_training=True, layer_id=-1, **unused):
        first = ConvolutionalLayer(4, kernel_size=3, acti_func='relu', name='first')
        second = ConvolutionalLayer(6, kernel_size=3, stride=2, acti_func='relu', name='second')
        flow = second(first(images, is_training), is_training)
        pooled = tf.reduce_mean(flow, axis=list(range(1, flow.shape.ndims - 1)))
        decide = FullyConnectedLayer(
            self.num_classes, feature_normalization=None, with_bias=True, name='decide'
        )
        return decide(pooled)


class ShallowResNet(ResNet):
    """NiftyNet's ResNet with fewer blocks at each resolution."""

    def __init__(self, num_classes, **others):
        super(ShallowResNet, self).__init__(num_classes, n_blocks_per_resolution=1, **others)


class TwoHeads(BaseNet):
    """One trunk, and two results that are returned together in a dictionary."""

    def __init__(self, num_classes, name='TwoHeads', **others):
        super(TwoHeads, self).__init__(num_classes=num_classes, name=name, **others)

    def layer_op(self, images, is_training=True, layer_id=-1, **unused):
        trunk = ConvolutionalLayer(4, kernel_size=3, acti_func='relu', name='trunk')
        flow = trunk(images, is_training)
        results = {}
        for name, channels in (('classes', self.num_classes), ('distance', 1)):
            before = ConvolutionalLayer(5, kernel_size=3, acti_func='relu', name=name + '_before')
            last = ConvolutionalLayer(
                channels,
                kernel_size=1,
                feature_normalization=None,
                with_bias=True,
                name=name + '_last',
            )
            results[name] = last(before(flow, is_training), is_training)
        return self.returned(results)

    def returned(self, results):
        """Give the network's return value; subclasses change its form."""
        return results


class TwoHeadsInAList(TwoHeads):
    """The same results in a list, whose first entry is None."""

    def __init__(self, num_classes, name='TwoHeads', **others):
        super(TwoHeadsInAList, self).__init__(num_classes=num_classes, name=name, **others)

    def returned(self, results):
        return [None, results['classes'], results['distance']]


class SmallSegmenter(BaseNet):
    """A convolution, one in a dilated block, one after pooling, and classes at full resolution."""

    def __init__(self, num_classes, name='SmallSegmenter', **others):
        super(SmallSegmenter, self).__init__(num_classes=num_classes, name=name, **others)

    def layer_op(self, images, is_training=True, layer_id=-1, **unused):
        def convolution(channels, name):
            return ConvolutionalLayer(channels, kernel_size=3, acti_func='relu', name=name)

        flow = convolution(4, 'first')(images, is_training)
        with DilatedTensor(flow, dilation_factor=2) as dilated:
            dilated.tensor = convolution(5, 'dilated')(dilated.tensor, is_training)
        pooled = DownSampleLayer('MAX', kernel_size=2, stride=2, name='pool')(dilated.tensor)
        deep = convolution(6, 'deep')(pooled, is_training)
        up = UpSampleLayer('REPLICATE', kernel_size=2, stride=2, name='up')(deep)
        decide = ConvolutionalLayer(
            self.num_classes,
            kernel_size=1,
            feature_normalization=None,
            with_bias=True,
            name='decide',
        )
        return decide(tf.concat([up, flow], -1), is_training)
