#!/usr/bin/env bash
# NiftyNet puts an oblique image elsewhere if its place is in the sform alone, unless it is 4-D.
#
# One would expect the place that nibabel finds in the file, since NiftyNet reads by nibabel.
# What happens: when it loads the header, NiftyNet compares the lengths of the affine's columns with
# the voxel sizes for equality to the last bit. Rounding makes them differ for nearly every
# oblique image; it then takes the sform for malformed and copies the qform over it, even one
# whose code says that it is unknown. All of 20 oblique images moved, by up to more than 100 mm.
# Where there is a good qform that says something else, it wins over the sform, which nibabel
# and NIfTI prefer. A 4-D file with the same forms is left alone.
# Versions: NiftyNet 0.6.0 on TensorFlow 1.15.5, nibabel 4.0.2.
# Who meets it: whoever registered images with a program that writes the sform, and lays a
# segmentation or a map over the input: it is shifted and turned, and nothing was said.

. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"
python_with 3.7 3.7 niftynet==0.6.0 tensorflow==1.15.5 protobuf==3.20.3 numpy==1.18.5 pandas==1.1.5 \
    scipy==1.7.3 nibabel==4.0.2
niftynet_home

"$RUN" -W ignore - 2> errors.txt <<'PYTHON' || { tail -n 5 errors.txt >&2; exit 1; }
import sys

import niftynet
import nibabel as nib
import numpy as np
from niftynet.io.image_type import ImageFactory
from scipy.spatial.transform import Rotation

draw = np.random.RandomState(0)


def moved(shape, qform):
    """How far the last voxel of an oblique image moves, in mm."""
    affine = np.eye(4)
    turn = Rotation.from_euler('xyz', draw.uniform(-20, 20, 3), degrees=True).as_matrix()
    affine[:3, :3] = turn.dot(np.diag([1, 1.2, 2.5]))
    affine[:3, 3] = -90, -120, -60
    header = nib.Nifti1Header()
    header.set_data_shape(shape)
    header.set_zooms((1, 1.2, 2.5) + (1,) * (len(shape) - 3))
    if qform:
        header.set_qform(affine.dot(np.array([[1, 0, 0, 20], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]])), 1)
    header.set_sform(affine, 1)
    nib.Nifti1Image(np.zeros(shape, np.float32), None, header).to_filename('image.nii')
    image = ImageFactory.create_instance(
        file_path='image.nii', name='image', interp_order=1, output_pixdim=None, output_axcodes=None, loader=None)
    corner = np.array([5, 6, 7, 1])
    return np.linalg.norm((nib.load('image.nii').affine - image.original_affine[0]).dot(corner)[:3])


distances = {
    (shape, qform): np.array([moved(shape, qform) for _ in range(20)])
    for shape in ((6, 7, 8), (6, 7, 8, 2)) for qform in (False, True)
}
print('\nNiftyNet 0.6.0, nibabel', nib.__version__)
for (shape, qform), far in distances.items():
    print('{}-D, {}: {} of 20 moved, by up to {:.0f} mm'.format(
        len(shape), 'qform 20 mm away' if qform else 'sform alone', (far > 0.01).sum(), far.max()))
alone, both = distances[(6, 7, 8), False], distances[(6, 7, 8), True]
four = np.concatenate([distances[(6, 7, 8, 2), q] for q in (False, True)])
same = (alone > 0.01).sum() > 15 and (both > 0.01).sum() > 10 and four.max() < 0.01
sys.exit(0 if same else 1)
PYTHON
