# -*- coding: utf-8 -*-
"""
What NiftyNet makes of the numbers that a network gives for each class: the largest one's label, or
probabilities.
"""

from niftynet.layer.post_processing import PostProcessingLayer

from niftynet_activations.hints import Parameters, Tensor


def classes_of(logits: Tensor, parameters: Parameters) -> Tensor:
    """
    :param logits: tensor (batch, ..., class)
    :param parameters: values of [SEGMENTATION] or [CLASSIFICATION]
    :return: tensor (batch, ..., 1) of labels, or of probabilities with a channel for each class
    """
    function = 'SOFTMAX' if parameters.output_prob else 'ARGMAX'
    function = function if parameters.num_classes > 1 else 'IDENTITY'
    return PostProcessingLayer(function, num_classes=parameters.num_classes)(logits)
