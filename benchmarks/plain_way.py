# -*- coding: utf-8 -*-
"""
The plain way to save a map, for comparison: NiftyNet's own aggregator.

A tensor is fetched together with the segmentation, under a name that begins with ``window_``, and
NiftyNet's aggregator stitches and saves it in the same way as the segmentation.
"""

import os
from typing import Dict

import numpy as np
import tensorflow as tf
from niftynet.application.segmentation_application import SegmentationApplication
from niftynet.engine.application_variables import NETWORK_OUTPUT

from benchmarks.runs import PLAIN_WAY_TENSOR
from niftynet_activations.hints import Collector

# The tensor is named by an environment variable: NiftyNet takes no option that it does not know.
OUTPUT = 'window_map'


class PlainWay(SegmentationApplication):
    """
    A segmentation application that saves one more output; for inference with the grid sampler.
    """

    def connect_data_and_network(
        self, outputs_collector: Collector = None, gradients_collector: Collector = None
    ) -> None:
        """
        :param outputs_collector: NiftyNet's
        :param gradients_collector: NiftyNet's
        """
        super(PlainWay, self).connect_data_and_network(outputs_collector, gradients_collector)
        outputs_collector.add_to_collection(
            var=tf.get_default_graph().get_tensor_by_name(os.environ[PLAIN_WAY_TENSOR]),
            name=OUTPUT,
            average_over_devices=False,
            collection=NETWORK_OUTPUT,
        )

    def interpret_output(self, batch_output: Dict[str, np.ndarray]) -> bool:
        """
        :param batch_output: NiftyNet's network outputs of one step, and the tensor
        :return: whether more windows are expected
        """
        windows = {'window_seg': batch_output['window'], OUTPUT: batch_output[OUTPUT]}
        return self.output_decoder.decode_batch(windows, batch_output['location'])
