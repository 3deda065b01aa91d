# -*- coding: utf-8 -*-
"""
Activation maps of NiftyNet segmentation networks, as whole volumes beside the segmentation.

``net_run inference -a niftynet_activations.app -c CONFIG`` loads the attribute ``app``. It
is made when asked for, so that the package's pure modules import without TensorFlow.
"""

__version__ = '0.1.0'
__all__ = ['app']


def __getattr__(name: str):
    if name == 'app':
        from niftynet_activations.application import ActivationApplication
        from niftynet_activations.registration import register_options

        register_options()
        return ActivationApplication
    raise AttributeError("module '{}' has no attribute '{}'".format(__name__, name))
