# -*- coding: utf-8 -*-
"""
Small networks made of NiftyNet's layers in a random order.

- *recipe*: a list of steps, (name, number, ...) each, which are applied to the image in turn; drawn
  from a seed, and the same for every size that the network is built for.

The logits are a convolution of the image itself, not of the last step, so that the segmentation has
the window's size whatever the recipe does to the size.
"""

import niftynet  # noqa: F401  before tensorflow, so that it is what NiftyNet sees
import tensorflow as tf
from niftynet.layer.convolution import ConvLayer, ConvolutionalLayer
from niftynet.layer.crop import CropLayer
from niftynet.layer.deconvolution import DeconvLayer
from niftynet.layer.dilatedcontext import DilatedTensor
from niftynet.layer.downsample import DownSampleLayer
from niftynet.layer.elementwise import ElementwiseLayer
from niftynet.layer.gn import GNLayer
from niftynet.layer.linear_resize import LinearResizeLayer
from niftynet.layer.subpixel import SubPixelLayer
from niftynet.layer.upsample import UpSampleLayer
from niftynet.network.base_net import BaseNet

from niftynet_activations.capturing.point import ActivationPoint

FEATURES = 2


class RandomNet(BaseNet):
    """
    A network that applies the steps of :attr:`recipe`.

    :cvar recipe: set before a run, because NiftyNet makes the network from its class only
    """

    recipe = ()

    def __init__(self, num_classes, name='RandomNet', **options):
        super(RandomNet, self).__init__(num_classes=num_classes, name=name)

    def layer_op(self, images, is_training=True, **unused):
        follow(images, self.recipe, '')
        return ConvLayer(self.num_classes, 1, name='classes')(images)


def follow(flow, recipe, prefix):
    """
    :param flow: (batch, spatial axes ..., channels)
    :param recipe: list of steps
    :param prefix: beginning of the layers' names
    :return: the output of the last step
    """
    for number, (kind, *numbers) in enumerate(recipe):
        name = '{}{}_{}'.format(prefix, kind, number)
        flow = STEPS[kind](flow, name, *numbers)
    return flow


def _conv(flow, name, kernel, stride, dilation, padding):
    layer = ConvLayer(FEATURES, kernel, stride, dilation=dilation, padding=padding, name=name)
    return layer(flow)


def _conv_bn(flow, name, kernel):
    return ConvolutionalLayer(FEATURES, kernel, acti_func='leakyrelu', name=name)(flow, False)


def _pool(flow, name, function, kernel, stride, padding):
    return DownSampleLayer(function, kernel, stride, padding, name=name)(flow)


def _dilated(flow, name, factor, kernel):
    with DilatedTensor(flow, dilation_factor=factor) as block:
        block.tensor = ConvLayer(FEATURES, kernel, name=name + '_a')(block.tensor)
        block.tensor = ConvLayer(FEATURES, kernel, name=name + '_b')(block.tensor)
    return block.tensor


def _down_and_up(flow, name, factor, way, meeting, inner):
    """A U-Net level: a part at lower resolution, joined with a skip connection."""
    skip = ConvLayer(FEATURES, 3, name=name + '_skip')(flow)
    deep = DownSampleLayer('MAX', factor, factor, name=name + '_down')(skip)
    deep = follow(deep, inner, name + '_inner_')
    deep = _up(deep, name + '_up', way, factor)
    return ElementwiseLayer(meeting, name=name + '_met')(deep, skip)


def _up(flow, name, way, factor):
    if way == 'linear':
        sizes = [factor * size for size in flow.shape.as_list()[1:-1]]
        return LinearResizeLayer(sizes, name=name)(flow)
    if way == 'repeat':
        return UpSampleLayer('REPLICATE', factor, factor, name=name)(flow)
    if way == 'subpixel':
        return SubPixelLayer(factor, ((3, -1),), name=name)(flow)
    return DeconvLayer(FEATURES, {'even': factor, 'wide': factor + 1}[way], factor, name=name)(flow)


def _crop(flow, name, border):
    return CropLayer(border, name=name)(flow)


def _branches(flow, name, kernels, meeting):
    parts = [
        ConvLayer(FEATURES, kernel, name='{}_{}'.format(name, number))(flow)
        for number, kernel in enumerate(kernels)
    ]
    return ElementwiseLayer(meeting, name=name)(*parts)


def _shift(flow, name, low, high):
    """Padding that is not the same on both sides, and a slice that takes its width away again."""
    rank = flow.shape.ndims - 2
    padded = tf.pad(flow, [[0, 0]] + [[low, high]] * rank + [[0, 0]])
    cut = [slice(None)] + [slice(high, -low if low else None)] * rank
    return ActivationPoint(name)(padded[tuple(cut)])


def _norm(flow, name):
    return GNLayer(FEATURES, name=name)(flow)


STEPS = {
    'conv': _conv,
    'conv_bn': _conv_bn,
    'pool': _pool,
    'dilated': _dilated,
    'u': _down_and_up,
    'up': _up,
    'crop': _crop,
    'branches': _branches,
    'shift': _shift,
    'norm': _norm,
}


def draw_recipe(rng, depth=0):
    """
    :param rng: :class:`random.Random`
    :param depth: number of skip connections around this recipe
    :return: list of steps
    """
    steps = []
    for _ in range(rng.randint(1, 4 if depth == 0 else 2)):
        kind = rng.choice(INNER if depth else INNER + OUTER)
        steps.append((kind,) + DRAWS[kind](rng, depth))
    return steps


def _padding(rng):
    return rng.choice(('SAME', 'SAME', 'SAME', 'VALID'))


# Steps that keep the size; only these may stand inside a part that is upsampled again.
INNER = ('conv_bn', 'conv_bn', 'dilated', 'branches', 'u')
OUTER = ('conv', 'conv', 'pool', 'pool', 'up', 'crop', 'shift', 'conv') + ('norm',)
DRAWS = {
    'conv': lambda rng, depth: rng.choice(
        (
            (rng.randint(1, 5), rng.randint(1, 3), 1, _padding(rng)),
            (rng.randint(2, 4), 1, rng.randint(1, 3), _padding(rng)),
        )
    ),
    'conv_bn': lambda rng, depth: (rng.randint(1, 5),),
    'pool': lambda rng, depth: (
        rng.choice(('AVG', 'MAX')),
        *rng.choice(((2, 1), (2, 2), (3, 1), (3, 2), (3, 3))),
        _padding(rng),
    ),
    'dilated': lambda rng, depth: (2, rng.randint(2, 3)),
    'u': lambda rng, depth: (
        rng.randint(2, 3) if depth == 0 else 2,
        rng.choice(('linear', 'repeat', 'even', 'wide', 'subpixel')),
        rng.choice(('SUM', 'CONCAT')),
        draw_recipe(rng, depth + 1) if depth < 2 else [],
    ),
    'up': lambda rng, depth: (rng.choice(('linear', 'repeat', 'even', 'wide', 'subpixel')), 2),
    'crop': lambda rng, depth: (rng.randint(1, 2),),
    'branches': lambda rng, depth: (
        [rng.randint(1, 4) for _ in range(2)],
        rng.choice(('SUM', 'CONCAT')),
    ),
    'shift': lambda rng, depth: (rng.randint(0, 2), rng.randint(0, 3)),
    'norm': lambda rng, depth: (),
}
