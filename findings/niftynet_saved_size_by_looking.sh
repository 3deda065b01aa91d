#!/usr/bin/env bash
# What NiftyNet saves has another size if nobody has looked at the image's `shape` before.
#
# One would expect save_data_array to bring an array back onto the grid of the image that it is
# given, and to fail if it can't.
# What happens: `original_shape` of an image is None until its `shape` has been read (`get_data`
# reads it too), and save_data_array then takes another way, without an error. With `pixdim`, the
# file of a 23 x 20 x 25 image is 23 x 20 x 24, on the affine of the original, so that it ends a
# slice early. With `axcodes` too, the voxel sizes are mistaken for those of other axes: 12 x 38 x 24.
# One line that reads the shape, and throws it away, makes both right.
# Versions: NiftyNet 0.6.0 on TensorFlow 1.15.5.
# Who meets it: whoever writes results by NiftyNet's own function in a separate step, with the image
# from a reader but the array from a file; in the run that read the voxels all is well.

. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"
python_with 3.7 3.7 niftynet==0.6.0 tensorflow==1.15.5 protobuf==3.20.3 numpy==1.18.5 pandas==1.1.5 \
    scipy==1.7.3 nibabel==4.0.2
niftynet_home

"$RUN" -W ignore - 2> errors.txt <<'PYTHON' || { tail -n 5 errors.txt >&2; exit 1; }
import os
import sys

import nibabel as nib
import niftynet
import numpy as np
from niftynet.io import misc_io
from niftynet.io.image_reader import ImageReader
from niftynet.io.image_sets_partitioner import ImageSetsPartitioner
from niftynet.utilities.util_common import ParserNamespace

os.mkdir('images')
made = np.random.RandomState(0).rand(23, 20, 25).astype(np.float32)
nib.save(nib.Nifti1Image(made, np.diag([1.1, 2.1, 0.9, 1])), 'images/image_1.nii.gz')


def image(axcodes):
    section = ParserNamespace(
        csv_file='', path_to_search='images', filename_contains=('image',), filename_not_contains=(),
        filename_removefromid='', csv_data_file='', interp_order=1, loader=None, to_ohe=False,
        pixdim=(1.0, 1.0, 1.0), axcodes=axcodes, spatial_window_size=(),
    )  # fmt: skip
    files = ImageSetsPartitioner().initialise({'T1': section}, data_split_file='none.csv').get_file_list()
    reader = ImageReader(['image']).initialise({'T1': section}, ParserNamespace(image=('T1',)), files)
    return reader.output_list[0]['image']


def saved(axcodes, look):
    array, target = image(axcodes).get_data(), image(axcodes)
    if look:
        target.shape
    misc_io.save_data_array('.', 'result.nii.gz', array, target, interp_order=1)
    result = nib.load('result.nii.gz')
    assert np.allclose(result.affine, np.diag([1.1, 2.1, 0.9, 1]))
    return result.shape


names = {'pixdim alone': (), 'with axcodes A, R, S': ('A', 'R', 'S')}
sizes = {name: [saved(axcodes, look) for look in (True, False)] for name, axcodes in names.items()}
print('\nNiftyNet 0.6.0: sizes of what is saved for an image of', made.shape)
for name, (after, before) in sizes.items():
    print('{:21s} shape read before: {}; not read: {}'.format(name, after, before))
expected = [[(23, 20, 25), (23, 20, 24)], [(23, 20, 25), (12, 38, 24)]]
sys.exit(0 if list(sizes.values()) == expected else 1)
PYTHON
