# -*- coding: utf-8 -*-
"""
Whether a checkpoint holds the variables of a network, and if not, what usually causes it.

This module works on names and shapes, without TensorFlow. Both the network and the checkpoint are
given as a dictionary from the variable's name to its shape. A variable is *lacking* if the
checkpoint does not hold its name.
"""

import difflib
from typing import List, Mapping, NamedTuple, Optional, Sequence, Tuple

from niftynet_activations.space.sizes import as_product

Shape = Tuple[int, ...]
Shapes = Mapping[str, Shape]
# NiftyNet's names for `activation_function`
ACTIVATIONS = (
    'relu',
    'prelu',
    'leakyrelu',
    'elu',
    'selu',
    'relu6',
    'softplus',
    'softsign',
    'sigmoid',
    'tanh',
    'dropout',
)
NAMED = 3  # so many variables are named in a message


class Wanted(NamedTuple):
    """What the config says about the network that was built."""

    network: str  # `name` in [NETWORK]
    activation: str  # `activation_function` in [NETWORK]
    classes: Optional[int]  # `num_classes`; None where the application has none
    modalities: Optional[int]  # channels of the image; None where they are not known
    variables: Shapes


def misfit(wanted: Wanted, held: Shapes) -> str:
    """
    :param wanted: what the network wants
    :param held: the checkpoint's variables
    :return: what does not fit and what usually causes it, without the file's name; empty if all
        fits
    """
    variables = wanted.variables
    lacking = [name for name in variables if name not in held]
    unequal = [name for name in variables if name in held and held[name] != variables[name]]
    if not lacking and not unequal:
        return ''
    said = []
    if unequal:
        first = unequal[0]
        said.append(
            "'{}' has the shape {} there and the network '{}' wants {}{}".format(
                first,
                _text(held[first]),
                wanted.network,
                _text(variables[first]),
                _more(unequal[1:]),
            )
        )
    if lacking:
        said.append(
            "it lacks {} of {} variables of the network '{}': {}".format(
                len(lacking), len(variables), wanted.network, _names(lacking)
            )
        )
    return '{}. {}'.format('; '.join(said), _cause(wanted, held, lacking, unequal))


def _names(names: Sequence[str]) -> str:
    more = ' and {} more'.format(len(names) - NAMED) if len(names) > NAMED else ''
    return ', '.join(names[:NAMED]) + more


def _more(names: Sequence[str]) -> str:
    return ', nor does the shape fit of {}'.format(_names(names)) if names else ''


def _text(shape: Shape) -> str:
    return as_product(shape) or 'of a single number'


def _cause(wanted: Wanted, held: Shapes, lacking: Sequence[str], unequal: Sequence[str]) -> str:
    variables = wanted.variables
    scopes = {name.partition('/')[0] for name in variables}
    theirs = sorted({name.partition('/')[0] for name in held if '/' in name} - {'worker_0'})
    if not unequal and theirs and not scopes & set(theirs):
        return (
            "The checkpoint is of another network, whose variables begin with '{}/': set name in "
            '[NETWORK] to the network that it was trained with'.format(
                _nearest(theirs, sorted(scopes))
            )
        )
    trained = _only_difference(variables, held, unequal, -1)
    if trained and not lacking and trained[1] == wanted.classes:
        return (
            'The checkpoint was trained with another num_classes: set num_classes = {} in '
            '[SEGMENTATION]'.format(trained[0])
        )
    trained = _only_difference(variables, held, unequal, -2)
    if trained and not lacking and trained[1] == wanted.modalities:
        return (
            'The checkpoint was trained on images with {} and the input has {}: name the same '
            'input sections in image, and give files with as many channels'.format(
                *(_channels(size) for size in trained)
            )
        )
    function = _other_activation(wanted, held, lacking)
    if function:
        return (
            'The checkpoint was trained with another activation_function: set activation_function '
            '= {} in [NETWORK]'.format(function)
        )
    return (
        'Usual causes: model_dir in [SYSTEM] or inference_iter in [INFERENCE] names the checkpoint '
        'of another training, or name and activation_function in [NETWORK] or the code of the '
        'network have changed since'
    )


def _channels(size: int) -> str:
    return '{} channel{}'.format(size, 's' if size > 1 else '')


def _other_activation(wanted: Wanted, held: Shapes, lacking: Sequence[str]) -> str:
    """
    The activation function that the checkpoint was trained with; empty where it cannot be told.
    Names of NiftyNet's layers end in the function's name: ``conv_0_bn_relu``.
    """
    own = '_{}/'.format(wanted.activation)
    named = [name for name in lacking if own in name and not name.endswith('/alpha')]
    for function in ACTIVATIONS:
        theirs = [name.replace(own, '_{}/'.format(function)) for name in named]
        if named and all(name in held for name in theirs):
            return function
    return ''


def _nearest(theirs: Sequence[str], scopes: Sequence[str]) -> str:
    near = difflib.get_close_matches(scopes[0], theirs, n=1, cutoff=0.0)
    return near[0]


def _only_difference(
    variables: Shapes, held: Shapes, unequal: Sequence[str], axis: int
) -> Optional[Tuple[int, int]]:
    """The checkpoint's and the network's size of this axis, if it is the only difference of all."""
    sizes = set()
    for name in unequal:
        ours, theirs = list(variables[name]), list(held[name])
        if len(ours) != len(theirs) or len(ours) < -axis:
            return None
        sizes.add((theirs[axis], ours[axis]))
        ours[axis] = theirs[axis]
        if ours != theirs:
            return None
    return sizes.pop() if len(sizes) == 1 else None


def unused(wanted: Wanted, held: Shapes) -> List[str]:
    """
    Find variables of the checkpoint that the network does not have.

    Variables of an optimiser (``w/Adam``), whose names begin with that of another variable, do not
    count, nor do variables outside the network's scopes.

    :param wanted: what the network wants
    :param held: the checkpoint's variables
    :return: names of variables that would not be used, so that the network computes something else
        than in training
    """
    scopes = {name.partition('/')[0] for name in wanted.variables}
    return [
        name
        for name in sorted(held)
        if name not in wanted.variables
        and name.partition('/')[0] in scopes
        and not any(name.startswith(known + '/') for known in _parents(name, held))
    ]


def _parents(name: str, held: Shapes) -> List[str]:
    parts = name.split('/')
    above = ['/'.join(parts[:depth]) for depth in range(1, len(parts))]
    return [each for each in above if each in held]
