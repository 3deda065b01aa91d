# -*- coding: utf-8 -*-
"""The network on reference volumes: built once on each size, with what is wanted of it."""

import argparse
import types

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

import niftynet_activations  # noqa: E402

niftynet_activations.app  # noqa: B018  registers the options

import tensorflow as tf  # noqa: E402
from niftynet.layer.convolution import ConvLayer  # noqa: E402
from niftynet.network.base_net import BaseNet  # noqa: E402

from niftynet_activations.application.differences import ApplicationDifferences  # noqa: E402
from niftynet_activations.application.volume_networks import VolumeNetworks  # noqa: E402
from niftynet_activations.options import parse_options  # noqa: E402
from niftynet_activations.planning.subject_plans import OWN_RESULT  # noqa: E402

SIZE = (9, 4, 11)


class TwoLayers(BaseNet):
    """A convolution without padding, dropout where it is asked for, and a second convolution."""

    def __init__(self, dropout):
        super(TwoLayers, self).__init__(num_classes=2, name='TwoLayers')
        self._dropout = dropout

    def layer_op(self, images, is_training=False, **unused):
        found = ConvLayer(4, 3, padding='VALID', name='first')(images)
        if self._dropout:
            found = tf.nn.dropout(found, keep_prob=0.5)
        return ConvLayer(2, 1, name='second')(found)


class Application(ApplicationDifferences):
    """The part of NiftyNet's application that makes the network."""

    def __init__(self, dropout=False):
        self.net_param = argparse.Namespace(name='two', keep_prob=1.0)
        self.net = 'the one of the run'
        self.built, self._dropout = [], dropout  # a copy of this holds the same list

    def initialise_network(self):
        self.built.append(None)
        self.net = TwoLayers(self._dropout)

    def activation_result(self, logits):
        return tf.argmax(logits, -1, name='result')


def networks(application, **options):
    given = {'activation_' + name: value for name, value in options.items()}
    settings = types.SimpleNamespace(options=parse_options(dict(activation_pass='whole', **given)))
    references = types.SimpleNamespace(window=(8, 1, 8))
    return VolumeNetworks(application, settings, references, (0, 2), 3)


def test_once_on_each_size():
    application = Application()
    found = networks(application, layers='first,logits')
    one = found.on(SIZE)
    assert found.on(SIZE) is one and found.on((10, 4, 12)) is not one
    assert len(application.built) == 2 and application.net == 'the one of the run'
    assert one.size == SIZE and one.place.corner == (1, 1)
    assert one.result == 7 * 9 * 8  # numbers of 64 bits
    assert networks(application, layers='first', segmentation='none').on(SIZE).result == 0
    assert [layer.name for layer in one.layers] == ['first', 'second']
    assert one.layers[0].fetched.shape.as_list() == [1, 7, 9, 4]
    assert set(one.computed) == {each.fetched.name for each in one.layers} | {OWN_RESULT}


@pytest.mark.parametrize('dropout, exact', [(False, True), (True, False)])
def test_a_map_is_exact_but_for_random_numbers(dropout, exact):
    one = networks(Application(dropout), layers='logits').on(SIZE)
    verdict = one.geometries.judge_map(one.layers[0], SIZE, True, None)
    assert verdict.exact is exact and verdict.reference_shape == list(SIZE)
    assert ('random numbers' in (verdict.inexact_because or '')) is dropout
    assert one.geometries.judge_row(one.layers[0])['exact'] is exact


@pytest.mark.parametrize(
    'segmentation, keys, expected',
    [
        ('whole', None, ['first', 'second', 'result']),
        ('whole', [], ['result']),
        ('windows', None, ['first', 'second']),
        ('none', ['first'], ['first']),
    ],
)
def test_what_is_wanted_of_it(segmentation, keys, expected):
    found = networks(Application(), layers='first,logits', segmentation=segmentation)
    by_name = {layer.name: layer.key for layer in found.on(SIZE).layers}
    wanted = None if keys is None else [by_name[name] for name in keys]
    image, targets = found.targets([8, 9], wanted)
    assert image.shape.as_list() == [1, 8, 9, 3]
    assert all(target.graph is image.graph for target in targets)
    parts = [[part for part in expected if part in target.name] for target in targets]
    assert parts == [[part] for part in expected]
