# -*- coding: utf-8 -*-
"""
NiftyNet's autoencoder application, which also saves activation maps.

A window is the whole image of a subject, resized. Layers of the encoder and the decoder become maps
in the world of that image; codes (embeddings) become tables. Where the network starts from random
numbers or from stored codes there is no image, so that a map would have no place in the world, and
no map is made.
"""

from typing import Dict, Tuple

from niftynet.application.autoencoder_application import AutoencoderApplication

from niftynet_activations.application.mixin import ActivationMixin
from niftynet_activations.hints import Outputs, Parameters, Tensor

# names of what NiftyNet's `vae` returns, in its order
RESULTS = (
    'posterior_means',
    'posterior_logvars',
    'data_means',
    'data_logvars',
    'images',
    'data_variances',
    'posterior_variances',
    'sample',
)
MAIN = {'encode': 'sample', 'encode-decode': 'data_means'}  # inference_type -> what NiftyNet writes
FETCHED = {'encode': 'embedded', 'encode-decode': 'generated_image'}  # the name it fetches it under


class AutoencoderActivations(ActivationMixin, AutoencoderApplication):
    """What ``net_run -a niftynet_activations.autoencoder_app`` runs."""

    autoencoder_param: Parameters  # NiftyNet's

    activation_pads = False
    activation_tells_results = False

    @property
    def activation_results(self) -> Tuple[str, ...]:  # type: ignore[override]
        """The one name under which NiftyNet fetches its result."""
        return (FETCHED[self.autoencoder_param.inference_type],)

    @classmethod
    def activation_resizes(cls, net_param: Parameters) -> bool:
        return True

    def activation_prevented(self, task_param: Parameters) -> str:
        if task_param.inference_type in MAIN:
            return ''
        return (
            'inference_type = {} in [AUTOENCODER] reads no image, so that there is no world for a '
            'map to lie in; {} do'.format(task_param.inference_type, ' and '.join(MAIN))
        )

    def activation_named(self, returned: Outputs) -> Dict[str, Tensor]:
        if len(returned) != len(RESULTS):
            return super(AutoencoderActivations, self).activation_named(returned)
        named = dict(zip(RESULTS, returned))
        main = MAIN.get(self.autoencoder_param.inference_type, 'data_means')
        return dict({main: named.pop(main)}, **named)

    def activation_call(self, image: Tensor) -> Outputs:
        return self.net(image, is_training=False)
