#!/usr/bin/env bash
# Asked for map.nii.gz, SimpleITK gives the voxels of map.nii if that lies in the same folder.
#
# One would expect a reader to read the file whose name it is given.
# What happens: the header (size, spacing, place in the world) comes from map.nii.gz and the
# voxels come from map.nii, without a warning, even where map.nii holds other numbers of another
# type, whose bytes are then read as if they were of the first. Without the neighbour the same
# call gives the right voxels.
# Versions: SimpleITK 2.5.7 (ITK 5.4).
# Who meets it: whoever unpacks an image with `gunzip -k` to look at it and later writes a new
# compressed one beside it, or has a program that writes .nii.gz and one that writes .nii.

. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"
python_with 3.11 3.13 SimpleITK==2.5.7 nibabel==5.4.2 numpy==2.3.5

"$RUN" - <<'PYTHON'
import os
import sys

import nibabel as nib
import numpy as np
import SimpleITK as sitk

ones = np.ones((5, 6, 7), np.float32)
nib.save(nib.Nifti1Image(ones, np.diag([1.0, 1, 2, 1])), 'map.nii.gz')


def read():
    image = sitk.ReadImage('map.nii.gz')
    return np.unique(sitk.GetArrayFromImage(image)), image.GetSpacing()


alone, _ = read()
nib.save(nib.Nifti1Image(2 * ones, np.diag([3.0, 3, 3, 1])), 'map.nii')
beside, spacing = read()
nib.save(nib.Nifti1Image((3 * ones).astype(np.int32), np.diag([3.0, 3, 3, 1])), 'map.nii')
other_type, _ = read()
print('SimpleITK', sitk.Version.VersionString())
print('map.nii.gz holds ones. Values read from map.nii.gz:')
print('  alone in its folder          ', alone)
print('  beside a map.nii of twos     ', beside, 'with spacing', spacing)
print('  beside a map.nii of int32 3  ', other_type)
print('  nibabel, in the same folder  ', np.unique(nib.load('map.nii.gz').get_fdata()))
same = alone.tolist() == [1] and beside.tolist() == [2] and spacing == (1, 1, 2)
sys.exit(0 if same and other_type[0] != 1 else 1)
PYTHON
