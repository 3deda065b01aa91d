# -*- coding: utf-8 -*-
"""
NiftyNet's classification application, which also saves activation maps.

A window is the whole image of a subject, resized. Maps lie on the voxels of that window. Layers
without spatial axes (pooled features, logits) become a table with one row for each subject.
"""

from typing import Optional

from niftynet.application.classification_application import ClassificationApplication

from niftynet_activations.application.classes import classes_of
from niftynet_activations.application.mixin import ActivationMixin
from niftynet_activations.hints import Parameters, Tensor


class ClassificationActivations(ActivationMixin, ClassificationApplication):
    """What ``net_run -a niftynet_activations.classification_app`` runs."""

    activation_pads = False

    @classmethod
    def activation_resizes(cls, net_param: Parameters) -> bool:
        return True

    def activation_result_file(self, subject: str) -> Optional[str]:
        return 'csv_{}_{}.csv'.format(subject, self.action_param.output_postfix)

    def activation_result(self, logits: Tensor) -> Tensor:
        return classes_of(logits, self.activation_task())
