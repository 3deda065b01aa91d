# -*- coding: utf-8 -*-
"""The order of operations, on objects that have names and inputs alone."""

from collections import namedtuple

import pytest

from niftynet_activations.geometry.order import BACK, in_order

Operation = namedtuple('Operation', 'name inputs type')
Tensor = namedtuple('Tensor', 'op')


def graph(**inputs):
    """
    :param inputs: name -> names of what it takes its inputs from, in the order of their making
    """
    made = {name: Operation(name, [], BACK if 'back' in name else 'Add') for name in inputs}
    for name, sources in inputs.items():
        made[name].inputs.extend(Tensor(made[each]) for each in sources.split())
    return list(made.values())


@pytest.mark.parametrize(
    'inputs, expected',
    [
        (dict(a='', b='a', c='', d='b c'), 'a b c d'),
        # b takes its input from what was made last
        (dict(a='', b='new', c='b', d='a', new='a'), 'a d new b c'),
        # nothing else moves
        (dict(a='', other='', b='x y', c='a', x='a', y='x'), 'a other c x y b'),
        # two loops, and what lies behind them, of which one took its input from what came later
        (
            dict(
                a='', b='a back_1', c='b', back_1='c', d='c new', e='d back_2', back_2='e', new='b'
            ),
            'a b c back_1 new d e back_2',
        ),
        # another circle and what lies behind it keep their places
        (dict(a='', b='a d', c='b', d='c', e='d', f='a'), 'a f b c d e'),
        (dict(a='', twice='a a', b='twice'), 'a twice b'),
        ({}, ''),
    ],
)
def test_each_stands_behind_its_inputs(inputs, expected):
    assert ' '.join(each.name for each in in_order(graph(**inputs))) == expected


def test_inputs_that_are_not_among_them_do_not_count():
    first, second, third = graph(z='', y='z', x='y')
    assert in_order([third, second]) == [second, third] and first not in in_order([third])
