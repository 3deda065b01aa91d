#!/usr/bin/env bash
# ANTs for Python makes 4294966296 of the -1000 of a CT array, without a word.
#
# One would expect from_numpy to keep the values of an int16 array, in another type if need be, as
# image_read does: it gives the same CT as float32.
# What happens: every integer type but uint8 becomes uint32, and what is below zero is counted from
# 2 to the power 32 downwards. Air is then the brightest part of the image, the file that is written
# holds it so, and a mean, a threshold or a resampled image is made of it. from_sitk and
# new_image_like do the same, from_nibabel_nifti does not. The float32 copy of the array is right.
# Versions: antspyx 0.6.3, SimpleITK 2.5.7, nibabel 5.4.2, NumPy 2.3.5.
# Who meets it: whoever hands Hounsfield units, a map of differences or labels that use -1 to ANTs
# from memory, as pydicom, SimpleITK and numpy hold them: in int16.

. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"
python_with 3.11 3.13 antspyx==0.6.3 SimpleITK==2.5.7 nibabel==5.4.2 numpy==2.3.5

"$RUN" -W ignore - <<'PYTHON'
import sys
from importlib.metadata import version

import ants
import nibabel as nib
import numpy as np
import SimpleITK as sitk

ct = np.full((4, 5, 6), -1000, np.int16)
ct[1:3, 1:4, 1:5] = 40
nib.save(nib.Nifti1Image(ct, np.eye(4)), 'ct.nii')
images = {
    'image_read': ants.image_read('ct.nii'),
    'from_numpy of float32': ants.from_numpy(ct.astype(np.float32)),
    'from_numpy': ants.from_numpy(ct),
    'from_sitk': ants.from_sitk(sitk.GetImageFromArray(ct)),
    'new_image_like': ants.image_read('ct.nii').new_image_like(ct),
}
ants.image_write(images['from_numpy'], 'written.nii')
print('antspyx {}: an int16 array with {}, mean {:.1f}'.format(version('antspyx'), np.unique(ct).tolist(), ct.mean()))
seen = {name: (np.unique(image.numpy()).tolist(), float(image.mean())) for name, image in images.items()}
for name, (values, mean) in seen.items():
    print('{:22s} {:14s} {}, mean {:.1f}'.format(name, images[name].pixeltype, values, mean))
stored = np.unique(nib.load('written.nii').dataobj).tolist()
print('written after from_numpy:            ', stored)
right, wrong = [-1000, 40], [40, 2**32 - 1000]
same = [values for values, _ in seen.values()] == [right] * 2 + [wrong] * 3 and stored == wrong
sys.exit(0 if same else 1)
PYTHON
