# -*- coding: utf-8 -*-
"""
What differs between NiftyNet's applications, with defaults that fit most of them.

Each attribute and method here is a *hook*: an application whose input, parameters or results differ
from those of NiftyNet's segmentation overrides it. All names begin with ``activation_``, so that
they cannot clash with names of the application.
"""

from typing import Dict, List, Optional, Tuple

import numpy as np

from niftynet_activations.capturing.returned import named_results
from niftynet_activations.hints import Network, Outputs, Parameters, Sampler, Tensor
from niftynet_activations.planning.kept_subjects import result_state

# NiftyNet's attributes `..._param` that do not hold the application's own section
SHARED_PARAMETERS = ('data_param', 'eval_param')
TASK_ENDING = '_param'


class ApplicationDifferences(object):
    """
    The hooks of :class:`niftynet_activations.ActivationMixin`.

    :cvar activation_field: the input that windows are cut from, and whose first file gives the
        world: a name among NiftyNet's ``SUPPORTED_INPUT`` of the application
    :cvar activation_joined: further inputs of the same size, which the application joins to the
        image along the channels before it calls the network, in this order
    :cvar activation_image_alone: whether what the network computes is determined by the image and
        what is joined to it; if not, ``activation_pass = whole`` and ``verify`` are refused
    :cvar activation_results: names under which the application fetches its own result (the
        ``name`` of ``outputs_collector.add_to_collection``)
    :cvar activation_location: the name under which it fetches the windows' locations
    :cvar activation_pads: whether its readers use ``volume_padding_size`` of [NETWORK]
    :cvar activation_tells_results: whether a run knows for each subject when NiftyNet's own result
        is complete, as it does where NiftyNet's aggregator for the grid or resize sampler saves it;
        a cohort needs that
    :cvar activation_labels: whether its result is an image of labels or of class probabilities
    """

    activation_field: str = 'image'
    activation_joined: Tuple[str, ...] = ()
    activation_image_alone: bool = True
    activation_results: Tuple[str, ...] = ('window',)
    activation_location: str = 'location'
    activation_pads: bool = True
    activation_tells_results: bool = True
    activation_labels: bool = False

    # names of attributes `..._param` that had values before the application's section was read
    _own_parameters: Tuple[str, ...] = ()
    # attributes of NiftyNet's application, the other base class
    net_param: Parameters
    action_param: Parameters
    sampler: Sampler
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
            if name.endswith(TASK_ENDING) and name not in self._own_parameters
        ]

    def activation_task(self) -> Parameters:
        """
        :return: values of the application's own section of the config, such as [SEGMENTATION];
            None before it has them
        """
        return next((getattr(self, name) for name in self.activation_tasks()), None)

    def activation_take_task(self, values: Parameters) -> None:
        """
        Set the values of the application's own section, which NiftyNet sets when it makes readers;
        for building a network without readers.

        :param values: of the application's own section of the config
        """
        for name in self.activation_tasks():
            setattr(self, name, values)

    def activation_prevented(self, task_param: Parameters) -> str:
        """
        :param task_param: values of the application's own section
        :return: why inference with these values makes no maps, so that only NiftyNet's own result
            is made; empty where it makes maps
        """
        return ''

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

        :param logits: the network's main result
        :return: tensor of NiftyNet's own result; by default the logits unchanged
        """
        return logits

    def activation_volume(self, data: Dict[str, np.ndarray]) -> np.ndarray:
        """
        :param data: of one subject, input -> (x, y, z, time, channel), as the reader gives it
        :return: the volume that the network's windows are cut from, with the same axes
        """
        fields = (self.activation_field,) + self.activation_joined
        return np.concatenate([data[name] for name in fields], axis=-1)

    def activation_image(self, inputs: Tuple[Tensor, ...]) -> Tensor:
        """
        :param inputs: the positional arguments that the application calls its network with
        :return: the argument that is the image, (batch, x, y[, z], modality)
        """
        return inputs[0]

    def activation_named(self, returned: Outputs) -> Dict[str, Tensor]:
        """
        :param returned: what the network returned
        :return: name -> tensor of each result; first the one that NiftyNet's own output is made of.
            The selector ``penultimate:NAME`` uses these names
        """
        return named_results(returned)

    def activation_call(self, image: Tensor) -> Outputs:
        """
        Call the network as the application does in inference.

        :param image: tensor (batch, x, y[, z], modality)
        :return: what the network returns
        """
        return self.net(image, is_training=False, keep_prob=self.net_param.keep_prob)
