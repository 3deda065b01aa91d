# -*- coding: utf-8 -*-
"""
What differs between NiftyNet's applications, with defaults that fit most of them.

Each attribute and method here is a *hook*: an application whose input, parameters or results are
others than those of NiftyNet's segmentation gives its own. All names begin with ``activation_``,
so that they meet no name of the application's.
"""

from typing import Dict, List, Optional, Tuple

from niftynet_activations.hints import Network, Outputs, Parameters, Sampler, Tensor
from niftynet_activations.planning.kept_subjects import result_state

# of NiftyNet's `..._param`: those that no application has alone
SHARED_PARAMETERS = ('net_param', 'action_param', 'data_param', 'eval_param')
TASK_ENDING = '_param'


class ApplicationDifferences(object):
    """
    The hooks of :class:`niftynet_activations.ActivationMixin`.

    :cvar activation_field: the input that windows are cut from, and whose first file gives the
        world: a name among NiftyNet's ``SUPPORTED_INPUT`` of the application
    :cvar activation_results: names under which the application fetches its own result (the
        ``name`` of ``outputs_collector.add_to_collection``)
    :cvar activation_location: the name under which it fetches where a window lies
    """

    activation_field: str = 'image'
    activation_results: Tuple[str, ...] = ('window',)
    activation_location: str = 'location'

    # NiftyNet's, of the application beside which this class stands
    net_param: Parameters
    action_param: Parameters
    sampler: List[List[Sampler]]
    net: Network

    @classmethod
    def activation_resizes(cls, net_param: Parameters) -> bool:
        """
        :param net_param: values of [NETWORK]
        :return: whether a window is the whole image of a subject, resized
        """
        return bool(net_param.window_sampling == 'resize')

    def activation_sampler(self) -> Sampler:
        """
        :return: NiftyNet's sampler of the windows that maps are made of
        """
        return self.sampler[0][0]

    def activation_tasks(self) -> List[str]:
        """
        :return: names of the attributes that hold the values of the application's own section, such
            as ``segmentation_param``
        """
        return [
            name
            for name in vars(self)
            if name.endswith(TASK_ENDING) and name not in SHARED_PARAMETERS
        ]

    def activation_task(self) -> Parameters:
        """
        :return: values of the application's own section of the config, such as [SEGMENTATION];
            None before it has them
        """
        return next((getattr(self, name) for name in self.activation_tasks()), None)

    def activation_classes(self) -> Optional[int]:
        """
        :return: ``num_classes`` of the network; None where the application has no such number
        """
        return getattr(self.activation_task(), 'num_classes', None)

    def activation_result_file(self, subject: str) -> Optional[str]:
        """
        :param subject: NiftyNet's id of the subject
        :return: name of the file that NiftyNet writes as the subject's result; None where there is
            no one file, so that ``activation_existing = skip`` computes every subject again
        """
        return None

    def activation_state(self) -> Dict[str, str]:
        """
        :return: options of the config that NiftyNet's own result depends on, name -> value
        """
        return result_state(self.action_param, self.activation_task())

    def activation_result(self, logits: Tensor) -> Tensor:
        """
        Make NiftyNet's own result of what the network returns, for ``activation_pass = whole``.

        :param logits: what the network returns, or its first output
        :return: tensor of the result, without a change where the application makes none
        """
        return logits

    def activation_call(self, image: Tensor) -> Outputs:
        """
        Call the network as the application does in inference.

        :param image: tensor (batch, x, y[, z], modality)
        :return: what the network returns
        """
        return self.net(image, is_training=False, keep_prob=self.net_param.keep_prob)
