# -*- coding: utf-8 -*-
"""
Activation maps of NiftyNet segmentation networks, as whole volumes beside the segmentation.

``net_run inference -a niftynet_activations.app -c CONFIG`` loads the attribute ``app``. In
Python::

    import niftynet_activations as na

    na.layers(config)                       # what the network calls
    maps = na.extract(config, layers=...)   # run inference; maps[subject, layer]
    maps = na.open_activations(folder)      # the same object, from files
    extract = na.Extractor(config)          # extract({'T1': image}): maps in memory
    na.ablate(config, layers=...)           # what each channel does to the segmentation
    maps = na.attribute(config, layers, label=1)  # Grad-CAM over whole volumes
    na.register_forward_hook(selector, function)
    na.register_intervention(selector, function)
    na.ActivationPoint(name)
    na.ActivationMixin                      # class App(na.ActivationMixin, TheirApplication)

Each name is imported when it is first used, so that ``open_activations``, ``register_forward_hook``
and ``register_intervention`` work without importing TensorFlow.
"""

from importlib import import_module
from typing import List

__version__ = '0.2.0'

_HOME = {
    'ActivationPoint': 'capturing.point',
    'ablate': 'ablation.from_python',
    'Extractor': 'extractor',
    'attribute': 'attribution.attribute',
    'extract': 'extraction',
    'layers': 'extraction',
    'open_activations': 'looking.opened',
    'register_forward_hook': 'capturing.hooks',
    'register_intervention': 'capturing.interventions',
}
_APPLICATIONS = {
    'ActivationMixin': 'mixin.ActivationMixin',
    'app': 'application.ActivationApplication',
    'autoencoder_app': 'autoencoder.AutoencoderActivations',
    'classification_app': 'classification.ClassificationActivations',
    'gan_app': 'gan.GANActivations',
    'regression_app': 'regression.RegressionActivations',
}
__all__ = list(_APPLICATIONS) + list(_HOME)


def __getattr__(name: str) -> object:
    if name in _APPLICATIONS:
        from niftynet_activations.application.option_registration import register_options

        register_options()
        module, _, kind = _APPLICATIONS[name].partition('.')
        return getattr(import_module('{}.application.{}'.format(__name__, module)), kind)
    if name in _HOME:
        return getattr(import_module('{}.{}'.format(__name__, _HOME[name])), name)
    raise AttributeError("module '{}' has no attribute '{}'".format(__name__, name))


def __dir__() -> List[str]:
    return sorted(set(globals()) | set(__all__))
