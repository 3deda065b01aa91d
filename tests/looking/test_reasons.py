# -*- coding: utf-8 -*-
"""Whether a map is exact, in one short sentence."""

import pytest

from niftynet_activations.exactness import verdict
from niftynet_activations.looking import reasons

NO = {'exact': False}


@pytest.mark.parametrize(
    'info, word, sentence, kind',
    [
        ({'exact': True}, 'yes', 'Exact: every sample equals', ''),
        (
            {'exact': False, 'inexact_because': 'it is odd; and more'},
            'no',
            'Not exact: it is odd.',
            reasons.OTHER,
        ),
        ({'exact': None}, 'unknown', 'Not known whether exact.', ''),
        (
            {'exact': None, 'inexact_because': 'op Foo'},
            'unknown',
            'Not known whether exact: op Foo.',
            reasons.OTHER,
        ),
        ({'exact': False}, 'no', 'Not exact: no reason is given.', ''),
        (
            {
                'exact': False,
                'inexact_because': 'along x windows do not start on multiples of 2 (the first of '
                'them at voxel 3); along z samples depend on up to 5 voxels beyond their window: '
                'raise border',
            },
            'no',
            'Not exact: some samples need voxels that their window does not hold, and 1 reason',
            'reason-2',
        ),
    ],
)
def test_one_short_sentence(info, word, sentence, kind):
    found = reasons.exactness(info)
    assert found[0] == word and found[1].startswith(sentence) and found[2] == kind
    assert len(found[1]) < 120


def test_the_kinds_are_those_that_a_verdict_tells():
    with open(verdict.__file__, encoding='utf-8') as stream:
        source = stream.read()
    for kind in reasons.KINDS:
        assert kind.words in source, kind
    assert [name for name, _, _ in reasons.meanings()][:2] == ['reason-1', 'reason-2']


def test_a_changed_network_is_told():
    changed = [{'layer': 'conv', 'selector': 'conv', 'function': 'my.zero'}]
    word, sentence, kind = reasons.exactness({'exact': True, 'interventions': changed})
    assert (word, kind) == ('yes', '')
    assert sentence.endswith("volume. INTERVENTION: the network was changed, 'conv' by my.zero.")
