# -*- coding: utf-8 -*-
"""
Names of applications, as behind ``net_run -a``.

Nothing is imported here, so that a command's ``--help`` does not wait for NiftyNet and TensorFlow.
"""

from typing import Dict, Optional, Tuple

APPLICATION = 'niftynet_activations.app'  # segmentation, the default
# section of the config -> NiftyNet's command for that application, and the name of this package's
# application; None where this package has none
APPLICATIONS: Dict[str, Tuple[str, Optional[str]]] = {
    'SEGMENTATION': ('net_segment', APPLICATION),
    'REGRESSION': ('net_regress', 'niftynet_activations.regression_app'),
    'CLASSIFICATION': ('net_classify', 'niftynet_activations.classification_app'),
    'AUTOENCODER': ('net_autoencoder', 'niftynet_activations.autoencoder_app'),
    'GAN': ('net_gan', 'niftynet_activations.gan_app'),
    'REGISTRATION': (
        'net_run -a niftynet.application.label_driven_registration.RegApp',
        None,
    ),
}
