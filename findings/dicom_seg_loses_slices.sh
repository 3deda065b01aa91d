#!/usr/bin/env bash
# A DICOM segmentation read by SimpleITK has fewer slices than the images, and unit spacing.
#
# One would expect the segmentation of a 6 x 8 x 10 volume to come back as 6 x 8 x 10.
# What happens: highdicom leaves out slices without a labelled pixel, as the standard allows and
# as it does unless asked otherwise. SimpleITK stacks the slices that are there as neighbours: the
# volume has three slices (those at heights 28, 12 and 8 mm), a spacing of 1 x 1 x 1 mm instead of
# 3 x 2 x 4, and 255 for 1, without a warning. Written with omit_empty_frames=False the size and
# the spacing are right.
# Versions: highdicom 0.28.2, SimpleITK 2.5.7 (its GDCM).
# Who meets it: whoever takes regions for a map from a DICOM SEG by the ordinary ReadImage call;
# nothing fails until sizes are compared, and with a lesion in every slice of a crop not even then.

. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"
python_with 3.11 3.13 highdicom==0.28.2 pydicom==3.0.2 numpy==2.3.5 SimpleITK==2.5.7

PYTHONPATH=$FINDINGS "$RUN" -W ignore - <<'PYTHON'
import sys

import highdicom as hd
import numpy as np
import SimpleITK as sitk
from ct_slices import slices
from pydicom.sr.codedict import codes
from pydicom.uid import generate_uid

source = slices()
mask = np.zeros((10, 8, 6), np.uint8)
mask[2, 2:4, 2:4] = mask[3, 2:4] = mask[7, 5] = 1
segment = hd.seg.SegmentDescription(
    1, 'part', codes.SCT.Tissue, codes.SCT.Tissue, hd.seg.SegmentAlgorithmTypeValues.MANUAL
)


def read(**options):
    hd.seg.Segmentation(
        source, mask, hd.seg.SegmentationTypeValues.BINARY, [segment], generate_uid(), 1,
        generate_uid(), 1, 'none', 'none', '1', '1', **options,
    ).save_as('seg.dcm')  # fmt: skip
    image = sitk.ReadImage('seg.dcm')
    array = sitk.GetArrayFromImage(image)
    return image.GetSize(), image.GetSpacing(), np.unique(array).tolist(), (array > 0).sum((1, 2)).tolist()


print('highdicom', hd.__version__, 'SimpleITK', sitk.Version.VersionString())
print('given: size (6, 8, 10), spacing (3, 2, 4), pixels a slice', mask.sum((1, 2)).tolist())
usual, all_frames = read(), read(omit_empty_frames=False)
print('read (size, spacing, values, pixels a slice):')
print('  as written by default     ', usual)
print('  with omit_empty_frames off', all_frames)
same = usual == ((6, 8, 3), (1, 1, 1), [0, 255], [6, 12, 4]) and all_frames[:2] == ((6, 8, 10), (3, 2, 4))
sys.exit(0 if same else 1)
PYTHON
