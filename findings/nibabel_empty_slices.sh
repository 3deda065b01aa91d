#!/usr/bin/env bash
# nibabel gives an empty slice of a file's array for one axis, and an error of the system for another.
#
# One would expect `image.dataobj[...]` to give what numpy gives for the same slices of the loaded
# array: an empty array for an empty range, whatever the axis.
# What happens: of an image of four axes an empty range of the first, the second or the fourth axis
# gives an empty array. One of the third axis raises `OSError: [Errno 22] Invalid argument`, which names
# neither file nor slice, for compressed files too.
# Versions: nibabel 5.4.2 and NumPy 2.3.5, Linux.
# Who meets it: whoever reads a volume slab by slab, where a box that was cut to the volume, or a
# mask without voxels, leaves a slab of a 4-D file empty.

. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"
cat > slices.py <<'PYTHON'
import sys

import nibabel as nib
import numpy as np

values = np.arange(5 * 7 * 9 * 2, dtype=np.float32).reshape(5, 7, 9, 2)
ASKED = {'first': np.s_[2:2], 'second': np.s_[:, 2:2], 'third': np.s_[:, :, 4:4], 'fourth': np.s_[..., 1:1]}
found = []
print('nibabel', nib.__version__)
for name in ('map.nii', 'map.nii.gz'):
    nib.save(nib.Nifti1Image(values, np.eye(4)), name)
    for axis, index in ASKED.items():
        try:
            what = nib.load(name).dataobj[index].shape
            as_numpy = what == values[index].shape
        except OSError as error:
            what, as_numpy = repr(error), False
        print('{}, empty range of the {} axis: {}'.format(name, axis, what))
        found.append(as_numpy)
sys.exit(0 if found == 2 * [True, True, False, True] else 1)
PYTHON
python_with 3.11 3.13 nibabel==5.4.2 numpy==2.3.5
"$RUN" slices.py
