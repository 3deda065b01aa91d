# -*- coding: utf-8 -*-
"""Signals that end a cohort."""

import os
import signal
import threading

import pytest

from niftynet_activations.cohort.stopping import stopping


@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_body_and_handlers_come_back(number):
    before = signal.getsignal(number)
    with pytest.raises(SystemExit) as ended:
        with stopping():
            os.kill(os.getpid(), number)
    assert ended.value.code == 128 + number
    assert signal.getsignal(number) == before


def test_nothing_changes_in_another_thread():
    found = []

    def look():
        with stopping():
            found.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert found == [signal.getsignal(signal.SIGTERM)]
