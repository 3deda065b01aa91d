# -*- coding: utf-8 -*-
"""
NiftyNet's segmentation application, which also saves activation maps.
"""

from typing import Optional

from niftynet.application.segmentation_application import SegmentationApplication

from niftynet_activations.application.classes import classes_of
from niftynet_activations.application.mixin import ActivationMixin
from niftynet_activations.hints import Tensor
from niftynet_activations.host.segmentation_files import segmentation_name


class ActivationApplication(ActivationMixin, SegmentationApplication):
    """
    What ``net_run -a niftynet_activations.app`` runs.

    :param net_param: values of [NETWORK]
    :param action_param: values of [INFERENCE] (or [TRAINING], [EVALUATION])
    :param action: NiftyNet's name of the action
    :raises OptionError: if one of this package's options has a value that is not allowed
    """

    activation_labels = True

    def activation_result_file(self, subject: str) -> Optional[str]:
        return segmentation_name(subject, self.action_param.output_postfix)

    def activation_result(self, logits: Tensor) -> Tensor:
        return classes_of(logits, self.activation_task())
