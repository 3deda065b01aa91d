# -*- coding: utf-8 -*-
"""
Segmentation with a guide: an image of the same size, such as a distance map or a coarse mask, which
the network gets as a second channel.

``GuidedSegmentation`` is plain NiftyNet. ``App`` is the same with activation maps: two attributes
say what differs.
"""

import tensorflow as tf
from niftynet.application.segmentation_application import (
    SUPPORTED_INPUT,
    SegmentationApplication,
)
from niftynet.engine.application_variables import NETWORK_OUTPUT
from niftynet.io.image_reader import ImageReader
from niftynet.layer.post_processing import PostProcessingLayer
from niftynet.utilities import user_parameters_custom, user_parameters_parser
from niftynet.utilities.user_parameters_helper import add_input_name_args

import niftynet_activations as na

SECTION = 'GUIDED'


def _add_guided_args(parser):
    """The options of [GUIDED]: those of [SEGMENTATION], and the input ``guide``."""
    parser = user_parameters_custom.SUPPORTED_ARG_SECTIONS['SEGMENTATION'](parser)
    return add_input_name_args(parser, {'guide'})


user_parameters_custom.SUPPORTED_ARG_SECTIONS[SECTION] = _add_guided_args
user_parameters_parser.KEYWORDS.append('guide')


class GuidedSegmentation(SegmentationApplication):
    """Inference only, to keep the example short; training would read the guide in the same way."""

    REQUIRED_CONFIG_SECTION = SECTION

    def initialise_dataset_loader(self, data_param=None, task_param=None, data_partitioner=None):
        super(GuidedSegmentation, self).initialise_dataset_loader(
            data_param, task_param, data_partitioner
        )
        phase = getattr(self.action_param, 'dataset_to_infer', None)
        files = data_partitioner.get_file_lists_by(phase=phase, action=self.action)
        layers = self.readers[0].preprocessors
        for layer in layers:
            if getattr(layer, 'image_name', None) == SUPPORTED_INPUT:
                layer.image_name = SUPPORTED_INPUT | {'guide'}  # padded like the image
        self.readers = [
            ImageReader(('image', 'guide')).initialise(data_param, task_param, each)
            for each in files
        ]
        for reader in self.readers:
            reader.add_preprocessing_layers(layers)

    def connect_data_and_network(self, outputs_collector=None, gradients_collector=None):
        data = self.get_sampler()[0][0].pop_batch_op()
        joined = tf.concat([tf.cast(data[name], tf.float32) for name in ('image', 'guide')], -1)
        logits = self.net(joined, is_training=False, keep_prob=self.net_param.keep_prob)
        labels = PostProcessingLayer('ARGMAX', num_classes=self.segmentation_param.num_classes)
        for name, tensor in (('window', labels(logits)), ('location', data['image_location'])):
            outputs_collector.add_to_collection(
                var=tensor, name=name, average_over_devices=False, collection=NETWORK_OUTPUT
            )
        self.initialise_aggregator()


class App(na.ActivationMixin, GuidedSegmentation):
    """``net_run inference -a extensions.guided_segmentation.application.App``"""

    activation_joined = ('guide',)
    activation_labels = True
