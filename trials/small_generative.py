# -*- coding: utf-8 -*-
"""
A small autoencoder and a small GAN, as a user might write them: they have the interface that
NiftyNet's applications need, and are built quickly.
"""

from niftynet.layer.base_layer import TrainableLayer
from niftynet.layer.convolution import ConvolutionalLayer
from niftynet.layer.fully_connected import FullyConnectedLayer
from niftynet.layer.gan_blocks import BaseDiscriminator, BaseGenerator, GANImageBlock
from random_checkpoint import tf

CODE = 3  # length of the latent vector


def connected(outputs, name):
    """
    :param outputs: number of outputs
    :param name: of the layer
    :return: a fully connected layer without normalisation
    """
    return FullyConnectedLayer(outputs, feature_normalization=None, with_bias=True, name=name)


class SmallVAE(TrainableLayer):
    """A variational autoencoder: returns the eight tensors that NiftyNet's own returns."""

    def __init__(self, w_regularizer=None, b_regularizer=None, name='SmallVAE'):
        super(SmallVAE, self).__init__(name=name)
        self.regularizers = {'w': w_regularizer, 'b': b_regularizer}

    def layer_op(self, images, is_training=True, **unused):
        shape = [-1] + images.shape.as_list()[1:]
        first = ConvolutionalLayer(4, kernel_size=3, stride=2, acti_func='relu', name='first')
        flow = first(images, is_training)
        means, logvars = connected(CODE, 'means')(flow), connected(CODE, 'logvars')(flow)
        noise = tf.random_normal(tf.shape(means), 0.0, 1.0)
        code = means + noise * tf.exp(0.5 * logvars)
        size = images.shape[1:].num_elements()
        decoded = tf.reshape(connected(size, 'decoded')(code), shape)
        spread = tf.reshape(connected(size, 'spread')(code), shape)
        return [
            means,
            logvars,
            decoded,
            spread,
            images,
            tf.exp(spread),
            tf.exp(logvars),
            code,
        ]


class SmallGenerator(BaseGenerator):
    """Makes an image from a random vector and the conditioning image."""

    def layer_op(self, random_source, image_size, conditioning, is_training):
        sizes = image_size[:-1] + [1]
        flow = connected(conditioning.shape[1:].num_elements(), 'begin')(random_source)
        flow = tf.concat([tf.reshape(flow, [-1] + sizes), conditioning], axis=-1)
        last = ConvolutionalLayer(1, 3, feature_normalization=None, acti_func='tanh', name='last')
        return last(flow, is_training)


class SmallDiscriminator(BaseDiscriminator):
    """Decides whether an image is real or generated."""

    def layer_op(self, image, conditioning, is_training):
        first = ConvolutionalLayer(
            3, kernel_size=3, stride=2, feature_normalization=None, acti_func='relu', name='first'
        )
        flow = first(tf.concat([image, conditioning], axis=-1), is_training)
        return connected(1, 'decide')(flow)


class SmallGAN(GANImageBlock):
    """The generator and the discriminator, joined as NiftyNet does."""

    def __init__(self, name='SmallGAN'):
        generator = SmallGenerator(name='generator')
        discriminator = SmallDiscriminator(name='discriminator')
        super(SmallGAN, self).__init__(generator, discriminator, name=name)
