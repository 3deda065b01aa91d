# -*- coding: utf-8 -*-
"""What is spared from garbage collection, and for how long."""

import gc
import subprocess
import sys
import weakref

from niftynet_activations.host import collector


class Circle(object):
    def __init__(self):
        self.itself = self


def spared():
    """
    :return: weak reference to an object in a circle that was there when objects were spared, and
        that is let go now
    """
    circle = Circle()
    collector.spare.__wrapped__()  # another test of this process may have called it
    return weakref.ref(circle)


def test_what_was_there_is_collected_later():
    gc.collect()
    earlier = spared()
    try:
        later = weakref.ref(Circle())
        gc.collect()
        assert earlier() is not None and later() is None
    finally:
        collector.collect_all()
    gc.collect()
    assert earlier() is None


def test_later_runs_spare_nothing():
    collector.spare()
    collector.collect_all()
    collector.spare()
    assert gc.get_freeze_count() == 0


# the file is closed by the last collection, when the interpreter ends
LEFT_OPEN = """
import sys
from niftynet_activations.host import collector

class Log(object):
    pass

log = Log()
log.itself, log.stream = log, open(sys.argv[1], 'w')
log.stream.write('all of it')
collector.spare()
"""


def test_the_process_ends_as_always(tmp_path):
    path = tmp_path / 'log.txt'
    subprocess.run([sys.executable, '-c', LEFT_OPEN, str(path)], check=True)
    assert path.read_text() == 'all of it'
