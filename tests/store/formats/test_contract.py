# -*- coding: utf-8 -*-
"""What a format has without saying so."""

import pytest

from niftynet_activations.store.formats.contract import Format, Sink
from tests.store.maps import make_spec


class Plain(Format):
    name = 'raw'


class Split(Plain):
    splits = True


def test_names_are_the_stem_and_the_formats_name():
    stem = 'activation_res.conv-1_s_1_out'
    assert Plain().file_names(make_spec()) == [stem + '.raw']
    assert Plain().file_names(make_spec(layout='split')) == [stem + '.raw']
    assert Split().file_names(make_spec(layout='split')) == [
        '{}_c{}.raw'.format(stem, number) for number in (2, 4, 9)
    ]


def test_nothing_waits_and_no_place_is_told_unless_a_format_says_so():
    assert Plain().scratch_samples(make_spec()) == 0
    assert Plain().place('a.raw') is None
    assert Plain().holds_volumes and not Plain().keeps_parts


def test_what_a_format_has_to_do_is_asked_of_it():
    for call in (
        lambda: Plain().open(['a.raw']),
        lambda: Plain().is_whole('a.raw', make_spec()),
        lambda: Sink().finish(),
        lambda: Sink().abandon(),
    ):
        with pytest.raises(NotImplementedError):
            call()
    Sink().stop()
