#!/usr/bin/env bash
# NaN and infinity in a NIfTI file are 0 when SimpleITK reads it, and stay what they are in NRRD.
#
# One would expect that an image which a library has written comes back as it was.
# What happens: SimpleITK writes NaN and infinity into a .nii.gz (nibabel finds them there) and
# gives 0 for each when it reads the same file. The same image written as .nrrd or .mha comes back
# whole. Nothing is printed. A mean over the volume, which would be NaN, is a number too small.
# Versions: SimpleITK 2.5.7 (ITK 5.4).
# Who meets it: whoever marks "no value here" by NaN, as activation maps and statistical maps do,
# and opens the file in a program built on ITK: zero is also what a rectifier gives.

. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"
python_with 3.11 3.13 SimpleITK==2.5.7 nibabel==5.4.2 numpy==2.3.5

"$RUN" - <<'PYTHON'
import sys

import nibabel as nib
import numpy as np
import SimpleITK as sitk

values = np.ones((4, 5, 6), np.float32)
values[1], values[2] = np.nan, np.inf
read = {}
for ending in ('nii.gz', 'nrrd', 'mha'):
    sitk.WriteImage(sitk.GetImageFromArray(values.T), 'map.' + ending)
    read[ending] = sitk.GetArrayFromImage(sitk.ReadImage('map.' + ending)).T[:, 0, 0]
in_file = nib.load('map.nii.gz').get_fdata()[:, 0, 0]
print('SimpleITK', sitk.Version.VersionString())
print('written                  ', values[:, 0, 0])
print('in map.nii.gz by nibabel ', in_file)
for ending, found in read.items():
    print('read again from {:9s}'.format(ending), found)
whole = values[:, 0, 0]
same = (
    np.array_equal(in_file, whole, equal_nan=True)
    and np.array_equal(read['nii.gz'], [1, 0, 0, 1])
    and all(np.array_equal(read[e], whole, equal_nan=True) for e in ('nrrd', 'mha'))
)
sys.exit(0 if same else 1)
PYTHON
