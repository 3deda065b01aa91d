# -*- coding: utf-8 -*-
"""
NiftyNet's regression application, which also saves activation maps.
"""

from typing import Optional

from niftynet.application.regression_application import RegressionApplication

from niftynet_activations.application.mixin import ActivationMixin


class RegressionActivations(ActivationMixin, RegressionApplication):
    """What ``net_run -a niftynet_activations.regression_app`` runs."""

    def activation_classes(self) -> Optional[int]:
        return 1  # NiftyNet makes the network for one value a voxel

    def activation_result_file(self, subject: str) -> Optional[str]:
        if self.net_param.force_output_identity_resizing:
            return None
        return 'window_reg_{}_{}.nii.gz'.format(subject, self.action_param.output_postfix)
