# -*- coding: utf-8 -*-
"""
Networks that take few sizes of volume. Each returns twice the image and what was asked of its size,
so that maps can be worked out by hand.
"""

from niftynet.layer.convolution import ConvLayer
from niftynet.network.base_net import BaseNet
from random_checkpoint import tf

from niftynet_activations import ActivationPoint


class Doubling(BaseNet):
    """Twice the image, in a layer that is called ``doubled``, and a convolution of it."""

    def __init__(self, num_classes, name='Doubling', **others):
        super(Doubling, self).__init__(num_classes=num_classes, name=name, **others)

    def layer_op(self, images, is_training=True, layer_id=-1, **unused):
        doubled = ActivationPoint('doubled')(self.changed(2 * images))
        return ConvLayer(self.num_classes, 1, name='last')(doubled)

    def changed(self, tensor):
        """Give the tensor; subclasses refuse sizes."""
        return tensor


class Placed(Doubling):
    """A weight for each voxel of the window."""

    def changed(self, tensor):
        return tensor + tf.get_variable('place', tensor.shape.as_list()[1:])


class OneSize(Doubling):
    """A reshaping that was written for one size."""

    def changed(self, tensor):
        flat = tf.reshape(tensor, [1, 12 * 14 * 16, 1])
        return tf.reshape(flat, [1, 12, 14, 16, 1])


class Cube(Doubling):
    """An assertion that all sides are equal."""

    def changed(self, tensor):
        sizes = tensor.shape.as_list()[1:-1]
        assert len(set(sizes)) == 1, 'cubes alone'
        return tensor


class Mirrored(Doubling):
    """A padding that mirrors eight voxels."""

    def changed(self, tensor):
        padded = tf.pad(tensor, [[0, 0]] + [[8, 8]] * 3 + [[0, 0]], 'REFLECT')
        return padded[:, 8:-8, 8:-8, 8:-8]
