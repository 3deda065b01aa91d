#!/usr/bin/env bash
# VTK reverses the slices of the most common NIfTI images, and gives stored integers unscaled.
#
# One would expect voxel (i, j, k) to be the one that every NIfTI library calls so, and its value.
# What happens: where the first axis runs to the left (the usual order of radiological images,
# and of anything whose axes form a left-handed frame) vtkNIFTIImageReader turns the third axis
# over and changes its matrix to fit, while origin and direction of the image stay those of no
# place at all. The values are the stored integers: slope and intercept can be asked of the
# reader, but are not applied.
# Versions: vtk 9.6.1, nibabel 5.4.2; the same with vtk 9.7.2. PyVista reads with the same class.
# Who meets it: whoever draws a map in VTK or PyVista and carries an index back to the array (it
# is in the mirrored slice), or draws a map that was stored as int16 beside one in float32.

. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"
python_with 3.11 3.13 vtk==9.6.1 nibabel==5.4.2 numpy==2.3.5

"$RUN" - <<'PYTHON'
import sys

import nibabel as nib
import numpy as np
import vtk
from vtk.util.numpy_support import vtk_to_numpy


def read():
    reader = vtk.vtkNIFTIImageReader()
    reader.SetFileName('map.nii')
    reader.Update()
    image = reader.GetOutput()
    values = vtk_to_numpy(image.GetPointData().GetScalars()).reshape(image.GetDimensions(), order='F')
    return values, image.GetOrigin(), reader.GetRescaleSlope(), reader.GetRescaleIntercept()


made = np.random.default_rng(0).random((5, 6, 7)).astype(np.float32)
print('vtk', vtk.VTK_VERSION)
orders = []
for step in (2.0, -2.0):
    affine = np.diag([step, 3, 4, 1])
    affine[:3, 3] = 10, 20, 30
    nib.save(nib.Nifti1Image(made, affine), 'map.nii')
    values, origin, _, _ = read()
    orders.append((np.array_equal(values, made), np.array_equal(values, made[:, :, ::-1])))
    print('first axis {:+.0f} mm: as stored {}, slices reversed {}, origin {}'.format(step, *orders[-1], origin))
stored = nib.Nifti1Image(made, np.diag([2.0, 3, 4, 1]))
stored.set_data_dtype(np.int16)
nib.save(stored, 'map.nii')
values, _, slope, intercept = read()
print('int16 with a slope: VTK gives {} to {}, the map is {:.3f} to {:.3f}'.format(
    values.min(), values.max(), made.min(), made.max()))
scaled = np.allclose(values * slope + intercept, made, atol=1e-4)
same = orders == [(True, False), (False, True)] and values.max() > 1000 and scaled
sys.exit(0 if same else 1)
PYTHON
