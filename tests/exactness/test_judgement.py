# -*- coding: utf-8 -*-
"""A verdict is worked out once, waited for, and may be given up."""

import threading

import pytest

from niftynet_activations.errors import GeometryError
from niftynet_activations.exactness.judgement import Judgement, MapVerdict, always

VERDICT = MapVerdict(True, None, [5, 7, 11])


def test_the_result_waits_for_the_verdict():
    judgement = Judgement(lambda wanted: VERDICT)
    threading.Timer(0.05, judgement.work_out).start()
    assert judgement.result() == VERDICT
    assert judgement.future.done()


def test_what_goes_wrong_is_raised_to_who_asks():
    def judge(wanted):
        raise MemoryError('too large a network')

    judgement = Judgement(judge)
    judgement.work_out()
    with pytest.raises(MemoryError, match='too large'):
        judgement.result()


def test_what_is_given_up_before_it_began_is_not_begun():
    asked = []
    judgement = Judgement(asked.append)
    judgement.give_up()
    judgement.work_out()
    assert asked == []
    with pytest.raises(GeometryError, match='given up'):
        judgement.result()


def test_what_is_given_up_on_the_way_learns_of_it():
    begun, go_on = threading.Event(), threading.Event()

    def judge(wanted):
        assert wanted()
        begun.set()
        assert go_on.wait(5)
        if not wanted():
            raise GeometryError('no longer looked for')
        return VERDICT

    judgement = Judgement(judge)
    thread = threading.Thread(target=judgement.work_out)
    thread.start()
    assert begun.wait(5)
    judgement.give_up()
    go_on.set()
    thread.join(5)
    with pytest.raises(GeometryError, match='no longer looked for'):
        judgement.result()


def test_giving_up_what_is_done_changes_nothing():
    judgement = Judgement(lambda wanted: VERDICT)
    judgement.work_out()
    judgement.give_up()
    assert judgement.result() == VERDICT
    assert always()
