# -*- coding: utf-8 -*-
"""What does not fit between a checkpoint and a network, and what usually causes it."""

import pytest

from niftynet_activations.host.checkpoint_fit import Wanted, misfit, unused

FIRST_W = 'Net/conv_0_relu/conv_/w'
LAST_W, LAST_B = 'Net/logits/conv_/w', 'Net/logits/conv_/b'
HELD = {
    FIRST_W: (3, 3, 3, 1, 6),
    'Net/conv_0_relu/conv_/b': (6,),
    LAST_W: (1, 1, 1, 6, 3),
    LAST_B: (3,),
    # an optimiser's, which is no part of the network
    'Net/logits/conv_/w/Adam': (1, 1, 1, 6, 3),
    'beta1_power': (),
}
NETWORK = {name: shape for name, shape in HELD.items() if name.endswith(('/w', '/b'))}


def wanted(variables, activation='relu', classes=3, modalities=1):
    return Wanted('my.Net', activation, classes, modalities, variables)


def changed(*names_and_shapes):
    return dict(NETWORK, **dict(names_and_shapes))


def renamed(old, new):
    return {name.replace(old, new): shape for name, shape in NETWORK.items()}


def test_what_fits():
    assert misfit(wanted(NETWORK), HELD) == ''


@pytest.mark.parametrize(
    'network, parts',
    [
        (
            wanted(changed((LAST_W, (1, 1, 1, 6, 5)), (LAST_B, (5,))), classes=5),
            [
                "'Net/logits/conv_/w' has the shape 1 x 1 x 1 x 6 x 3 there and the network "
                "'my.Net' wants 1 x 1 x 1 x 6 x 5",
                'nor does the shape fit of Net/logits/conv_/b',
                'set num_classes = 3 in [SEGMENTATION]',
            ],
        ),
        # the same sizes by another cause: not every last axis is that of the classes
        (wanted(changed((LAST_B, (5,))), classes=7), ['Usual causes: model_dir']),
        (
            wanted(changed((FIRST_W, (3, 3, 3, 2, 6))), modalities=2),
            ['trained on images with 1 channel and the input has 2 channels'],
        ),
        (
            wanted(changed((FIRST_W, (3, 3, 1, 6)))),
            ['has the shape 3 x 3 x 3 x 1 x 6 there', 'wants 3 x 3 x 1 x 6', 'Usual causes'],
        ),
        (
            wanted(renamed('Net/', 'ToyNet/')),
            [
                "it lacks 4 of 4 variables of the network 'my.Net': ToyNet/conv_0_relu/conv_/w, "
                'ToyNet/conv_0_relu/conv_/b, ToyNet/logits/conv_/w and 1 more. ',
                "whose variables begin with 'Net/'",
                'set name in [NETWORK]',
            ],
        ),
        (
            wanted(
                dict(renamed('_relu', '_prelu'), **{'Net/conv_0_prelu/prelu_acti_/alpha': (6,)}),
                activation='prelu',
            ),
            ['it lacks 3 of 5', 'set activation_function = relu in [NETWORK]'],
        ),
        (
            wanted(dict(NETWORK, **{'Net/new/conv_/w': (1, 1, 1, 6, 6)})),
            ['it lacks 1 of 5', ': Net/new/conv_/w. Usual causes'],
        ),
    ],
)
def test_what_does_not_fit_and_why(network, parts):
    said = misfit(network, HELD)
    assert '\n' not in said
    for part in parts:
        assert part in said


def test_what_the_network_has_no_place_for():
    assert unused(wanted(NETWORK), HELD) == []
    prelu = dict(HELD, **{'Net/conv_0_relu/prelu_acti_/alpha': (6,), 'Net/old/conv_/w': (6,)})
    assert unused(wanted(NETWORK), prelu) == [
        'Net/conv_0_relu/prelu_acti_/alpha',
        'Net/old/conv_/w',
    ]
