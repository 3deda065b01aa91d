#!/usr/bin/env bash
# The median of a label can lie far above the label's largest value, in SimpleITK.
#
# One would expect the median of a region to depend on the region's own voxels only.
# What happens: LabelIntensityStatisticsImageFilter and LabelStatisticsImageFilter take it from a
# histogram whose bins are spread over the range of the whole image. One bright voxel elsewhere
# makes the bins wide: a region with values between 0 and 1 gets a median of 390 and 195. Mean,
# minimum, maximum and standard deviation stay right, so that nothing looks suspicious.
# Versions: SimpleITK 2.5.7 (ITK 5.4).
# Who meets it: whoever summarises a map over an atlas or a lesion, where some artefact, vessel or
# implant elsewhere is much brighter.

. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"
python_with 3.11 3.13 SimpleITK==2.5.7 numpy==2.3.5

"$RUN" - <<'PYTHON'
import sys

import numpy as np
import SimpleITK as sitk

values = np.random.default_rng(0).random((20, 20, 20)).astype(np.float32)
label = np.zeros(values.shape, np.uint8)
label[5:15, 5:15, 5:15] = 1


def medians():
    image, labels = sitk.GetImageFromArray(values), sitk.GetImageFromArray(label)
    intensity = sitk.LabelIntensityStatisticsImageFilter()
    intensity.Execute(labels, image)
    plain = sitk.LabelStatisticsImageFilter()
    plain.Execute(image, labels)
    return intensity.GetMedian(1), plain.GetMedian(1), intensity.GetMaximum(1)


print('SimpleITK', sitk.Version.VersionString())
print('true median of the label', np.median(values[label == 1]))
before = medians()
values[0, 0, 0] = 1e5  # a voxel that does not belong to the label
after = medians()
print('median by LabelIntensityStatistics, by LabelStatistics; maximum:')
print('  before                           ', before)
print('  with a voxel of 1e5 outside of it', after)
same = max(abs(m - 0.5) for m in before[:2]) < 0.01 and min(after[:2]) > 100 * after[2]
sys.exit(0 if same else 1)
PYTHON
