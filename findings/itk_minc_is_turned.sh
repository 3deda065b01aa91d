#!/usr/bin/env bash
# A MINC file and a NIfTI file that SimpleITK writes from one image lie half a turn apart.
#
# One would expect two formats that both hold a place in the world to hold the same place.
# What happens: nibabel finds the NIfTI copy where the image is, and the MINC copy with x and y
# negated: turned by 180 degrees about the z axis. SimpleITK reads its own MINC file back where
# the image was, so that nobody who stays inside it can notice.
# Versions: SimpleITK 2.5.7 (ITK 5.4), nibabel 5.4.2.
# Who meets it: whoever moves volumes between the MNI tools (their templates come as .mnc) and
# programs built on ITK, and compares maps at the coordinates of a template.

. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"
python_with 3.11 3.13 SimpleITK==2.5.7 nibabel==5.4.2 numpy==2.3.5 h5py==3.16.0

"$RUN" - <<'PYTHON'
import sys

import nibabel as nib
import numpy as np
import SimpleITK as sitk

values = np.random.default_rng(0).random((7, 6, 5)).astype(np.float32)  # z, y, x
image = sitk.GetImageFromArray(values)
image.SetOrigin((10, 20, 30))
image.SetSpacing((1, 2, 3))
voxel = (4, 1, 5)
image[voxel] = 9.0  # the brightest voxel marks a place


def place(path):
    found = nib.load(path)
    data = np.asarray(found.dataobj)
    return found.affine[:3] @ np.append(np.unravel_index(data.argmax(), data.shape), 1)


sitk.WriteImage(image, 'image.nii')
sitk.WriteImage(image, 'image.mnc')
nifti, minc = place('image.nii'), place('image.mnc')
again = np.array(sitk.ReadImage('image.mnc').TransformIndexToPhysicalPoint(voxel))
print('SimpleITK', sitk.Version.VersionString(), 'nibabel', nib.__version__)
print('the brightest voxel, in mm to the right, to the front, upwards:')
print('  in the image   ', np.array(image.TransformIndexToPhysicalPoint(voxel)) * (-1, -1, 1))
print('  in image.nii   ', nifti)
print('  in image.mnc   ', minc)
print('  image.mnc read by SimpleITK', again * (-1, -1, 1))
same = np.allclose(minc, nifti * (-1, -1, 1)) and np.allclose(again * (-1, -1, 1), nifti)
sys.exit(0 if same and np.allclose(nifti, [-14, -22, 45]) else 1)
PYTHON
