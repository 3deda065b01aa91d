# -*- coding: utf-8 -*-
"""Where the windows of a subject lie."""

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

from niftynet_activations.errors import GeometryError  # noqa: E402
from niftynet_activations.host.subjects import Subject  # noqa: E402
from niftynet_activations.planning.run_settings import RunSettings  # noqa: E402
from niftynet_activations.planning.window_grids import Alignment, align, windows_of  # noqa: E402

SUBJECT = Subject(
    index=3, name='one', image=None, image_shape=(17, 19, 9), padded_shape=(21, 23, 9),
    padding=((2, 2), (3, 1), (0, 0)), window=(12, 14, 9),
)  # fmt: skip


def settings(sampling, border=(2, 2, 0)):
    values = dict.fromkeys(RunSettings._fields)
    return RunSettings(**dict(values, sampling=sampling, border=border))


def test_niftynets_own_windows():
    found = windows_of(settings('grid'), SUBJECT, None)
    # steps of 8 and 10, the last one pulled back; two on an axis get a third in their middle
    assert found.starts == [[0, 8, 9], [0, 4, 9], [0]]
    assert (found.size, found.volume) == ((12, 14, 9), (21, 23, 9))
    assert (list(found.image), list(found.padding)) == ([17, 19, 9], [2, 3, 0])


def test_one_resized_window():
    found = windows_of(settings('resize'), SUBJECT, None)
    assert found.starts == [[0], [0], [0]]
    assert (found.size, found.volume) == ((12, 14, 9), (12, 14, 9))
    # 21 voxels become 12, with the first and the last in place: 20 steps become 11
    assert found.image == pytest.approx([1 + 16 * 11 / 20, 1 + 18 * 13 / 22, 9])
    assert found.padding == pytest.approx([2 * 11 / 20, 3 * 13 / 22, 0])


def test_aligned_windows_run_over_the_reference_volume():
    asked = []

    def find_reference(volume, periods):
        asked.append((tuple(volume), tuple(periods)))
        return (24, 26, 9)

    alignments = align([SUBJECT], (2, 2, 0), (4, 6, 1), find_reference)
    assert asked == [((21, 23, 9), (4, 6, 1))]
    assert alignments == {3: Alignment((24, 26, 9), [[0, 8, 12], [0, 6, 12], [0]])}
    found = windows_of(settings('grid'), SUBJECT, alignments[3])
    assert (found.starts, found.volume) == ([[0, 8, 12], [0, 6, 12], [0]], (24, 26, 9))
    assert (list(found.image), list(found.padding)) == ([17, 19, 9], [2, 3, 0])


def test_a_network_that_takes_no_near_size_cannot_be_aligned():
    with pytest.raises(GeometryError, match="of subject 'one' \\(21 x 23 x 9 voxels\\)"):
        align([SUBJECT], (2, 2, 0), (4, 6, 1), lambda volume, periods: None)
