# -*- coding: utf-8 -*-
"""
A user's own application that saves two outputs, and the same with activation maps in a few lines.
"""

from niftynet.application.segmentation_application import SegmentationApplication
from niftynet.engine.application_variables import NETWORK_OUTPUT
from niftynet.layer.post_processing import PostProcessingLayer
from random_checkpoint import tf

import niftynet_activations as na


class TwoResults(SegmentationApplication):
    """Saves labels and a distance map, from a network that returns both in a dictionary."""

    def connect_data_and_network(self, outputs_collector=None, gradients_collector=None):
        data = self.get_sampler()[0][0].pop_batch_op()
        image = tf.cast(data['image'], tf.float32)
        results = self.net(image, is_training=False, keep_prob=self.net_param.keep_prob)
        labels = PostProcessingLayer('ARGMAX', num_classes=self.segmentation_param.num_classes)
        fetched = {
            'labels': labels(results['classes']),
            'distance': results['distance'],
            'place': data['image_location'],
        }
        for name, tensor in fetched.items():
            outputs_collector.add_to_collection(
                var=tensor, name=name, average_over_devices=False, collection=NETWORK_OUTPUT
            )
        self.initialise_aggregator()

    def interpret_output(self, batch_output):
        windows = {'window_' + name: batch_output[name] for name in ('labels', 'distance')}
        return self.output_decoder.decode_batch(windows, batch_output['place'])


class App(na.ActivationMixin, TwoResults):
    """The application with activation maps: only the names of its outputs are given."""

    activation_results = 'labels', 'distance'
    activation_location = 'place'
