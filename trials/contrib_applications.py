# -*- coding: utf-8 -*-
"""
Applications of ``niftynet.contrib`` that run in NiftyNet 0.6.0, with activation maps added.
"""

from niftynet.contrib.csv_reader.applications_maybe import (
    autoencoder_application,
    gan_application,
    segmentation_application,
)
from niftynet.contrib.deep_boosted_regression.regression_rec_application import (
    RegressionRecApplication,
)
from niftynet.contrib.multi_output.multi_output_test import MultiOutputApplication
from niftynet.contrib.regression_weighted_sampler.isample_regression import ISampleRegression
from niftynet.contrib.segmentation_bf_aug.segmentation_application_bfaug import (
    SegmentationApplicationBFAug,
)
from random_checkpoint import tf

import niftynet_activations as na
from niftynet_activations.application.autoencoder import AutoencoderActivations
from niftynet_activations.application.gan import GANActivations


class MultiOutput(na.ActivationMixin, MultiOutputApplication):
    """Fetches four results of one network."""

    activation_results = 'window_argmax', 'window_softmax', 'csv_sum', 'csv_min'


class Boosted(na.ActivationMixin, RegressionRecApplication):
    """Has two networks; maps are those of the first one."""

    def activation_call(self, image):
        # calls both networks, so that the variables of both are created
        first = self.net(image, False)
        return self.net2(tf.concat([image, first], 4), False)


class Sampled(na.ActivationMixin, ISampleRegression):
    """Differs from regression in training."""


class Augmented(na.ActivationMixin, SegmentationApplicationBFAug):
    """Differs from segmentation in training."""

    activation_labels = True


class CsvSegmentation(na.ActivationMixin, segmentation_application.SegmentationApplication):
    """An older copy of NiftyNet's segmentation application."""

    activation_labels = True


class CsvAutoencoder(na.ActivationMixin, autoencoder_application.AutoencoderApplication):
    """An older copy of NiftyNet's autoencoder application, with the same settings of the mixin."""

    activation_pads = False
    activation_results = AutoencoderActivations.activation_results
    activation_resizes = classmethod(lambda cls, net_param: True)
    activation_call = AutoencoderActivations.activation_call


class CsvGAN(na.ActivationMixin, gan_application.GANApplication):
    """An older copy of NiftyNet's GAN application, with the same settings of the mixin."""

    activation_field = 'conditioning'
    activation_results = ('image',)
    activation_image_alone = False
    activation_pads = False
    activation_resizes = classmethod(lambda cls, net_param: True)
    activation_sampler = GANActivations.activation_sampler
    activation_image = GANActivations.activation_image
    activation_call = GANActivations.activation_call
