# -*- coding: utf-8 -*-
"""
The application that a user names: one of this package's, or ``module.Class`` of the user's.
"""

import inspect
from typing import Optional, Type

from niftynet.application.base_application import BaseApplication
from niftynet.engine.application_factory import SUPPORTED_APP

from niftynet_activations.errors import OptionError
from niftynet_activations.hints import Application
from niftynet_activations.host.application_names import APPLICATIONS
from niftynet_activations.host.networks import did_you_mean, file_of, imported

MIXIN = 'ActivationMixin'
MARK = 'activation_field'  # an attribute that only applications which make maps have


def find_application(name: str) -> Type[Application]:
    """
    :param name: of an application, as behind ``net_run -a``
    :return: its class, which makes activation maps
    :raises OptionError: if there is none of that name, or one without maps
    """
    module_name, _, class_name = SUPPORTED_APP.get(name, name).rpartition('.')
    if not module_name:
        raise OptionError(
            "application '{}': expected {}, or 'module.Class' of your own".format(
                name, ', '.join(ours for _, ours in APPLICATIONS.values() if ours)
            )
        )
    module = imported("application '{}'".format(name), module_name)
    kind = getattr(module, class_name, None)
    if kind is None:
        raise OptionError(
            "application '{}': there is no '{}' in '{}'{}".format(
                name, class_name, file_of(module), did_you_mean(class_name, dir(module))
            )
        )
    fault = application_fault(kind) or _without_maps(name, kind)
    if fault:
        raise OptionError("application '{}': {}".format(name, fault))
    return kind


def name_of(kind: Type[Application]) -> str:
    """
    :param kind: a class
    :return: its name, as behind ``net_run -a``
    """
    return '{}.{}'.format(kind.__module__, kind.__qualname__)


def application_fault(kind: object) -> str:
    """
    :param kind: the object that the name of an application stands for
    :return: why NiftyNet cannot run it; empty where it can
    """
    if not inspect.isclass(kind):
        return 'it is no class; expected {}'.format(_EXPECTED)
    if not issubclass(kind, BaseApplication):
        lacking = ': it lacks the second base class' if hasattr(kind, MARK) else ''
        return "'{}' is no application of NiftyNet's{}; expected {}".format(
            kind.__name__, lacking, _EXPECTED
        )
    if hasattr(kind, MARK):
        names = [each.__name__ for each in kind.__mro__]
        plain = [
            each.__name__
            for each in kind.__mro__
            if issubclass(each, BaseApplication) and not hasattr(each, MARK)
        ]
        # the mixin's methods have to come before NiftyNet's own methods of the same names
        if names.index(MIXIN) > names.index(plain[0]):
            return (
                "the base classes of '{}' stand in the wrong order: expected class {}(niftynet_"
                'activations.{}, {})'.format(kind.__name__, kind.__name__, MIXIN, plain[0])
            )
    return ''


_EXPECTED = (
    'a class derived from one of its applications, as in class App(niftynet_activations.'
    'ActivationMixin, TheirApplication)'
)


def _without_maps(name: str, kind: Type[Application]) -> str:
    if hasattr(kind, MARK):
        return ''
    ours = ours_for(getattr(kind, 'REQUIRED_CONFIG_SECTION', None))
    if name in SUPPORTED_APP and ours:
        return "it is NiftyNet's own and knows of no maps: use {}".format(ours)
    return (
        'it knows of no maps: expected class App(niftynet_activations.ActivationMixin, {})'.format(
            kind.__name__
        )
    )


def ours_for(section: Optional[str]) -> Optional[str]:
    """
    :param section: name of the config's section that an application needs, such as SEGMENTATION
    :return: the name of this package's application for it; None where there is none
    """
    return APPLICATIONS.get(str(section), ('', None))[1]
