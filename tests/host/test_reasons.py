"""What NiftyNet said before it stopped, in one sentence."""

import pytest

from niftynet_activations.host.reasons import not_set, reason_of

LOGGED = '\x1b[1mCRITICAL:niftynet:\x1b[0m border is too wide\n'
USUAL = 'CRITICAL:niftynet: Optional Python module cv2 not found\n'


@pytest.mark.parametrize(
    'error, said, expected',
    [
        (ValueError('no such file\nmore'), LOGGED, 'no such file'),
        (AssertionError(), USUAL + LOGGED, 'border is too wide'),
        (AssertionError(), USUAL, 'NiftyNet stopped with an AssertionError and no word'),
    ],
)
def test_the_reason_is_found(error, said, expected):
    assert reason_of(error, said).startswith(expected)


def test_what_is_not_set_is_told():
    said = 'x\n  spatial_window_size not set in section NETWORK\n'
    expected = "config 'c.ini': spatial_window_size not set in section NETWORK"
    assert not_set('c.ini', said) == expected
    assert not_set('c.ini', '') == "config 'c.ini': NiftyNet could not start"
