# -*- coding: utf-8 -*-
"""A network that passes its input on: as it is, averaged with strides 2, 3 and 4, and cropped."""

import niftynet  # noqa: F401  before tensorflow, so that it is what NiftyNet sees
import tensorflow as tf
from niftynet.layer.crop import CropLayer
from niftynet.layer.downsample import DownSampleLayer
from niftynet.network.base_net import BaseNet

from niftynet_activations.capturing.point import ActivationPoint


class RampNet(BaseNet):
    """Logits are the image's own modalities."""

    def __init__(self, num_classes, name='RampNet', **options):
        super(RampNet, self).__init__(num_classes=num_classes, name=name)

    def layer_op(self, images, is_training=True, **unused):
        tf.get_variable('unused', [1])  # NiftyNet's saver wants a variable
        passed = ActivationPoint('passed')(images)
        for factor in (2, 3, 4):
            DownSampleLayer('AVG', factor, factor, padding='VALID', name='by_{}'.format(factor))(
                images
            )
        CropLayer(border=2, name='cropped')(images)
        return passed
