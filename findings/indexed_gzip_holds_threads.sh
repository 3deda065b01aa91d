#!/usr/bin/env bash
# indexed_gzip stops all other threads of Python while it makes its index.
#
# An index makes any place of a large .nii.gz quick to reach, and build_full_index makes it, once.
# One would expect that a thread can do so behind a running server or window, as zlib and gzip let
# other threads run while they unpack.
# What happens: no other thread runs until the index is there, which takes as long as unpacking the
# file: seconds for a volume, a minute for a map. Where the file is read to its end block by block
# instead, which leaves the same index behind, other threads go on.
# Versions: indexed_gzip 1.10.3.
# Who meets it: viewers and servers that open large images and make the index in the background.

. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"
python_with 3.9 3.13 indexed_gzip==1.10.3 numpy==2.2.6

"$RUN" - <<'PYTHON'
import gzip
import sys
import threading
import time

import indexed_gzip
import numpy as np

values = np.random.RandomState(0).normal(size=(16 << 20,)).astype(np.float32)
with gzip.open('volume.gz', 'wb', compresslevel=1) as stream:
    stream.write(values)


def longest_pause(work):
    """The longest time in which a thread that sleeps 2 ms got no turn, as a part of all the time."""
    done, times = threading.Event(), [time.perf_counter()]

    def count():
        while not done.is_set():
            time.sleep(0.002)
            times.append(time.perf_counter())

    thread = threading.Thread(target=count)
    thread.start()
    work()
    done.set()
    thread.join()
    return np.diff(times).max() / (times[-1] - times[0])


def build():
    with indexed_gzip.IndexedGzipFile('volume.gz') as stream:
        stream.build_full_index()


def read():
    with indexed_gzip.IndexedGzipFile('volume.gz') as stream:
        while stream.read(1 << 20):
            pass


parts = {'build_full_index': longest_pause(build), 'read block by block': longest_pause(read)}
print('indexed_gzip', indexed_gzip.__version__)
for name, part in parts.items():
    print('{:20s} longest time without a turn for another thread: {:.0%} of all'.format(name, part))
sys.exit(0 if parts['build_full_index'] > 0.8 and parts['read block by block'] < 0.3 else 1)
PYTHON
