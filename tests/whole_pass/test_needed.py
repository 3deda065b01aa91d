"""Windows that are needed, found backwards from what is used."""

from niftynet_activations.whole_pass.needed import StageWindow, needed_windows

NOTHING = (slice(0, 0),)


def box(first, last):
    return (slice(first, last),)


# three windows of ten samples each make `mid`; each of the second stage reads two more beside
FIRST = [
    StageWindow({'image': box(n - 1, n + 11)}, {'mid': (NOTHING, box(n, n + 10))})
    for n in (0, 10, 20)
]
SECOND = [
    StageWindow({'mid': box(max(n - 2, 0), n + 12)}, {'end': (NOTHING, box(n, n + 10))})
    for n in (0, 10, 20)
]


def needed(used, reducing=(False, False), targets=('end',)):
    return needed_windows([FIRST, SECOND], reducing, targets, used)


def test_what_a_needed_window_reads_is_needed():
    last = needed(lambda name, place: place[0].start == 0)
    assert last == [[True, True, False], [True, False, False]]
    middle = needed(lambda name, place: place[0].start == 10)
    assert middle == [[True, True, True], [False, True, False]]


def test_a_target_of_an_early_stage():
    found = needed(lambda name, place: name == 'mid' and place[0].start == 20, targets=('mid',))
    assert found == [[False, False, True], [False, False, False]]


def test_a_value_of_the_whole_volume_needs_all():
    assert needed(lambda name, place: False, (True, False)) == [[True] * 3, [False] * 3]
    assert needed(lambda name, place: False, (False, True)) == [[True] * 3, [True] * 3]


def test_nothing_used_nothing_needed():
    assert needed(lambda name, place: False) == [[False] * 3, [False] * 3]
