# -*- coding: utf-8 -*-
"""
Reference volumes are as small as the network and the layer allow, found by few builds.

The network of these tests refuses sizes as NiftyNet's do, with other numbers on each axis; what
it accepts is worked out here by trying every size.
"""

import argparse
import logging
import threading

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

import tensorflow as tf  # noqa: E402
from niftynet.network.base_net import BaseNet  # noqa: E402

from niftynet_activations.application.differences import ApplicationDifferences  # noqa: E402
from niftynet_activations.capturing.recording import record_layers  # noqa: E402
from niftynet_activations.errors import GeometryError  # noqa: E402
from niftynet_activations.exactness import reference_volume  # noqa: E402
from niftynet_activations.exactness.reference_volume import (  # noqa: E402
    MOST_BUILDS,
    ReferenceShapes,
)

WINDOW = (35, 54, 48)


class ChoosyNet(BaseNet):
    """Takes sizes that leave ``rests`` when divided by ``divisors``, from ``least`` on."""

    divisors, rests, least = (1, 1, 1), (0, 0, 0), 5

    def __init__(self, num_classes, name='ChoosyNet', **options):
        super(ChoosyNet, self).__init__(num_classes=num_classes, name=name)

    def layer_op(self, images, is_training=True, **unused):
        for size, divisor, rest in zip(images.shape.as_list()[1:-1], self.divisors, self.rests):
            assert size % divisor == rest and size >= self.least, 'a size that does not suit'
        return tf.identity(images)


class Application(ApplicationDifferences):
    """The part of NiftyNet's application that makes the network."""

    def __init__(self, divisors, rests):
        self.net_param = argparse.Namespace(name='choosy', keep_prob=1.0)
        self.net = 'the one of the run'
        self._kind = type('Choosy', (ChoosyNet,), dict(divisors=divisors, rests=rests))
        self.sizes = []  # of the networks that were built; a copy of this holds the same list

    def initialise_network(self):
        self.sizes.append(None)
        self.net = self._kind(3)

    @property
    def built(self):
        return len(self.sizes)


def smallest(volume, periods, divisors, rests):
    return tuple(
        next(
            size
            for size in range(start, start + 1000)
            if (size - window) % period == 0 and size % divisor == rest
        )
        for start, window, period, divisor, rest in zip(volume, WINDOW, periods, divisors, rests)
    )


@pytest.mark.parametrize('periods', [(1, 1, 1), (2, 1, 4), (3, 2, 1), (8, 8, 8), (5, 7, 11)])
@pytest.mark.parametrize(
    'divisors',
    [(1, 1, 1), (8, 8, 8), (16, 6, 4), (3, 2, 32), (9, 18, 12), (5, 5, 5), (4, 14, 3), (10, 21, 1)],
)
@pytest.mark.parametrize('volume', [(35, 54, 48), (41, 55, 67), (100, 77, 119)])
def test_the_smallest_that_suits(volume, divisors, periods):
    rests = tuple(window % divisor for window, divisor in zip(WINDOW, divisors))
    application = Application(divisors, rests)
    references = ReferenceShapes(application, WINDOW, (0, 1, 2), 1)
    expected = smallest(volume, periods, divisors, rests)
    assert references.find(volume, periods) == expected
    assert application.built <= MOST_BUILDS
    assert application.net == 'the one of the run'
    built = application.built
    assert references.find(volume, periods) == expected
    assert application.built == built


def test_where_the_nearest_suits_one_build_is_enough():
    application = Application((8, 8, 8), (3, 6, 0))
    references = ReferenceShapes(application, WINDOW, (0, 1, 2), 1)
    assert references.find((42, 61, 56), (8, 8, 8)) == (43, 62, 56)
    assert application.built == 1


def test_an_axis_that_the_network_does_not_see_stays():
    application = Application((8, 2), (3, 0))
    references = ReferenceShapes(application, (35, 54, 1), (0, 1), 1)
    assert references.find((36, 55, 7), (1, 1, 1)) == (43, 56, 7)


def test_sizes_that_no_modulus_finds_end_the_search():
    application = Application((101, 1, 1), (35, 0, 0))
    references = ReferenceShapes(application, WINDOW, (0, 1, 2), 1)
    assert references.find((36, 54, 48), (1, 1, 1)) is None
    assert application.built <= MOST_BUILDS


def test_a_long_search_is_told(monkeypatch, caplog):
    monkeypatch.setattr(reference_volume, 'LONG', -1)
    references = ReferenceShapes(Application((8, 8, 8), (3, 6, 0)), WINDOW, (0, 1, 2), 1)
    with caplog.at_level(logging.INFO, logger='tensorflow'):
        references.find((36, 55, 49), (1, 1, 1))
    said = [each.getMessage() for each in caplog.records]
    assert any('the network was built on' in line for line in said)


def test_a_search_that_is_given_up_goes_on_where_it_was():
    application = Application((8, 8, 8), (3, 6, 0))
    references = ReferenceShapes(application, WINDOW, (0, 1, 2), 1)
    with pytest.raises(GeometryError, match='no longer looked for'):
        references.find((36, 55, 49), (1, 1, 1), lambda: application.built < 3)
    assert application.built == 3
    assert references.find((36, 55, 49), (1, 1, 1)) == (43, 62, 56)
    built = application.built
    undisturbed = Application((8, 8, 8), (3, 6, 0))
    ReferenceShapes(undisturbed, WINDOW, (0, 1, 2), 1).find((36, 55, 49), (1, 1, 1))
    assert undisturbed.built == built


def test_an_error_of_any_kind_refuses_a_size(monkeypatch):
    def layer_op(self, images, is_training=True, **unused):
        return [tf.identity(images)][images.shape.as_list()[1] % 8 - 3]

    monkeypatch.setattr(ChoosyNet, 'layer_op', layer_op)
    references = ReferenceShapes(Application((1, 1, 1), (0, 0, 0)), WINDOW, (0, 1, 2), 1)
    assert references.find((36, 54, 48), (1, 1, 1)) == (43, 54, 48)


def test_layers_of_other_threads_are_not_recorded():
    """NiftyNet's preprocessing goes on while a network is built, and consists of layers too."""
    inside, called = threading.Event(), threading.Event()

    def call_another_layer():
        inside.wait(10)
        with tf.Graph().as_default():
            ChoosyNet(3)(tf.zeros((1, 8, 8, 8, 1)))
        called.set()

    class WaitingNet(ChoosyNet):
        def layer_op(self, images, is_training=True, **unused):
            inside.set()
            assert called.wait(10)
            return ChoosyNet(3, name='inner')(images)

    other = threading.Thread(target=call_another_layer)
    other.start()
    with tf.Graph().as_default():
        network = WaitingNet(3)
        with record_layers(network) as record:
            network(tf.zeros((1, 8, 8, 8, 1)), is_training=False)
    other.join()
    assert [call.name for call in record.calls] == ['inner']
