#!/usr/bin/env bash
# HDF5's rounding filter turns NaN into a number, or makes the whole chunk unreadable, only later.
#
# One would expect `scaleoffset=2`, which keeps two decimal places, to keep NaN or to refuse it.
# What happens: a chunk whose first value is NaN is written without complaint and can never be read
# again. A chunk with a NaN anywhere else comes back with an ordinary number in its place. While
# the file is still open everything reads back exactly, NaN included and not even rounded, since
# the values then come from HDF5's cache: a check right after writing finds nothing.
# Versions: h5py 3.16.0 with its HDF5 2.0.0.
# Who meets it: whoever packs float maps into HDF5 to save space and marks missing voxels by NaN;
# the corner of a volume, where chunks begin, is where nothing was computed.

. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"
python_with 3.11 3.13 h5py==3.16.0 numpy==2.3.5

"$RUN" - <<'PYTHON'
import sys

import h5py
import numpy as np

made = np.random.default_rng(0).normal(size=4096).astype(np.float32)


def written(where):
    values = made.copy()
    if where is not None:
        values[where] = np.nan
    with h5py.File('map.h5', 'w') as stream:
        data = stream.create_dataset('map', data=values, chunks=values.shape, scaleoffset=2)
        at_once = data[:]
    try:
        with h5py.File('map.h5', 'r') as stream:
            later = stream['map'][:]
    except OSError as error:
        later = error
    return np.array_equal(at_once, values, equal_nan=True), later


print('h5py', h5py.__version__, 'HDF5', h5py.version.hdf5_version)
plain, later = written(None)
rounded = np.abs(later - made).max()
print('no NaN:           equal while open: {}; later off by at most {:.4f}'.format(plain, rounded))
middle, later = written(100)
print('NaN in the middle: equal while open: {}; later {}'.format(middle, later[100]))
first, error = written(0)
print('NaN at the start:  equal while open: {}; later {}'.format(first, error))
same = plain and middle and first and 0 < rounded < 0.011
same = same and not np.isnan(later).any() and isinstance(error, OSError)
sys.exit(0 if same else 1)
PYTHON
