# -*- coding: utf-8 -*-
"""
Replacing objects that NiftyNet's application has made by objects of this package's subclasses.

NiftyNet makes its readers, samplers and aggregators itself. An object made *beside* such an object
is of a subclass of its class and has the same attributes; its constructor is not run again.
"""

from typing import Type, TypeVar

from niftynet.layer.base_layer import Layer

Kind = TypeVar('Kind')


def beside(kind: Type[Kind], original: object) -> Kind:
    """
    :param kind: a subclass of the original's class
    :param original: the object that NiftyNet has made; it is not changed
    :return: an object of that kind with the original's attributes
    """
    made = object.__new__(kind)
    vars(made).update(vars(original))
    return made


def layer_beside(kind: Type[Kind], original: Layer, name: str) -> Kind:
    """
    :param kind: a subclass of the original's class
    :param original: the layer that NiftyNet has made; it is not changed
    :param name: of the new layer
    :return: a layer of that kind with the original's attributes, whose calls go to the kind's own
        ``layer_op``
    """
    made = beside(kind, original)
    Layer.__init__(made, name=name)
    return made
