# -*- coding: utf-8 -*-
"""
Objects of our own classes in the place of those that NiftyNet's application has made.

NiftyNet makes its readers, samplers and aggregators itself. One of ours *beside* such an object is
of a subclass and holds all that the object holds, without its being made a second time.
"""

from typing import Type, TypeVar

from niftynet.layer.base_layer import Layer

Kind = TypeVar('Kind')


def beside(kind: Type[Kind], original: object) -> Kind:
    """
    :param kind: a subclass of the original's class
    :param original: as NiftyNet has made it; left as it is
    :return: an object of that kind with the original's attributes
    """
    made = object.__new__(kind)
    vars(made).update(vars(original))
    return made


def layer_beside(kind: Type[Kind], original: Layer, name: str) -> Kind:
    """
    :param kind: a subclass of the original's class
    :param original: a layer as NiftyNet has made it; left as it is
    :param name: of the new layer
    :return: a layer of that kind with the original's attributes, whose calls go to the kind's own
        ``layer_op``
    """
    made = beside(kind, original)
    Layer.__init__(made, name=name)
    return made
