#!/usr/bin/env bash
# A map saved slice by slice as a DICOM parametric map holds its slices in the opposite order.
#
# One would expect frame k of the object to be slice k of the array that was given with its source
# images, which are listed from the feet upwards as scanners and file names have them.
# What happens: highdicom sorts the frames by its own rule, so that frame 0 is the last slice. The
# object says where each frame lies and is right; but pixel_array of pydicom, and get_volume() of
# highdicom itself, give an array turned over along its first axis. Giving the slices the other
# way round gives the very same order.
# Versions: highdicom 0.28.2, pydicom 3.0.2.
# Who meets it: whoever stores an activation map or probabilities in DICOM and reads the array
# back to compare it with the one in memory, or lays it over the images by index.

. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"
python_with 3.11 3.13 highdicom==0.28.2 pydicom==3.0.2 numpy==2.3.5

PYTHONPATH=$FINDINGS "$RUN" -W ignore - <<'PYTHON'
import sys

import highdicom as hd
import numpy as np
import pydicom
from highdicom.pm import ParametricMap, RealWorldValueMapping
from pydicom.sr.codedict import codes
from pydicom.uid import generate_uid
from ct_slices import slices

source = slices()
given = np.random.default_rng(0).normal(size=(10, 8, 6)).astype(np.float32)


def stored(images, array):
    mapping = RealWorldValueMapping('1', 'map', codes.UCUM.NoUnits, [-10.0, 10.0], slope=1, intercept=0)
    one = ParametricMap(
        images, array, generate_uid(), 1, generate_uid(), 1, 'none', 'none', '1', '1',
        contains_recognizable_visual_features=False, real_world_value_mappings=[mapping],
        window_center=0, window_width=1,
    )  # fmt: skip
    one.save_as('map.dcm')
    read = pydicom.dcmread('map.dcm')
    heights = [
        float(frame.PlanePositionSequence[0].ImagePositionPatient[2])
        for frame in read.PerFrameFunctionalGroupsSequence
    ]
    return heights, read.pixel_array, hd.imread('map.dcm').get_volume()


print('highdicom', hd.__version__, 'pydicom', pydicom.__version__)
print('slices given at heights', [float(one.ImagePositionPatient[2]) for one in source])
same = True
for name, images, array in (('as given', source, given), ('turned', source[::-1], given[::-1])):
    heights, pixels, volume = stored(images, array)
    upwards = np.array_equal(pixels, given), np.array_equal(volume.array, given)
    downwards = np.array_equal(pixels, given[::-1]), np.array_equal(volume.array, given[::-1])
    print('{:9s} frames at {}; arrays equal: {}, turned over: {}'.format(name, heights, upwards, downwards))
    same = same and heights[0] == 36 and downwards == (True, True)
sys.exit(0 if same else 1)
PYTHON
