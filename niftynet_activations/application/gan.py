# -*- coding: utf-8 -*-
"""
NiftyNet's application for generative adversarial networks, which also saves activation maps.

Maps lie in the world of the conditioning image, which is resized to the window. NiftyNet draws a
random vector for each window, and makes ``n_interpolations`` windows of each image.
"""

from typing import Dict, Tuple

from niftynet.application.gan_application import GANApplication

from niftynet_activations.application.mixin import ActivationMixin
from niftynet_activations.hints import Outputs, Parameters, Sampler, Tensor
from niftynet_activations.host.tensorflow import tf

RESULTS = ('image', 'real_logits', 'fake_logits')  # names of what NiftyNet's networks return


class GANActivations(ActivationMixin, GANApplication):
    """What ``net_run -a niftynet_activations.gan_app`` runs."""

    activation_field = 'conditioning'
    activation_results = ('image',)
    activation_image_alone = False

    gan_param: Parameters  # NiftyNet's

    activation_pads = False
    activation_tells_results = False

    @classmethod
    def activation_resizes(cls, net_param: Parameters) -> bool:
        return True

    def activation_sampler(self) -> Sampler:
        return self.sampler[1][0]  # the first one gives random vectors

    def activation_image(self, inputs: Tuple[Tensor, ...]) -> Tensor:
        return inputs[2]

    def activation_named(self, returned: Outputs) -> Dict[str, Tensor]:
        if len(returned) != len(RESULTS):
            return super(GANActivations, self).activation_named(returned)
        return dict(zip(RESULTS, returned))

    def activation_call(self, image: Tensor) -> Outputs:
        sizes = image.shape.as_list()
        noise = tf.zeros([sizes[0] or 1, self.gan_param.noise_size])
        return self.net(noise, tf.zeros(sizes[:-1] + [1]), image, False)
