#!/usr/bin/env bash
# NiftyNet's histogram normalisation turns an image over where `cutoff` is narrow.
#
# One would expect `cutoff = (0.25, 0.75)` to normalise by the middle half of the intensities, and a
# normalised image to keep the order of its intensities.
# What happens: the landmarks of a training set are taken at the cutoff as given, mixed with fixed
# ones from 10 to 90 percent that are not sorted among them; when an image is normalised, the
# cutoff is first widened to at most 9 and at least 91 percent. With (0.1, 0.9) the darkest and the
# brightest tenth of the voxels become one value each. With (0.25, 0.75) the result no longer
# rises with the intensity, and is negatively correlated with the image itself, though it is the
# image that the landmarks were learnt from. (0.01, 0.99) and (0.05, 0.95) are in order.
# Versions: NiftyNet 0.6.0 on TensorFlow 1.15.5.
# Who meets it: whoever narrows the cutoff against outliers, then looks at the maps of the first
# layers and finds bright tissue dark.

. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"
python_with 3.7 3.7 niftynet==0.6.0 tensorflow==1.15.5 protobuf==3.20.3 numpy==1.18.5 pandas==1.1.5 \
    scipy==1.7.3 nibabel==4.0.2
niftynet_home

"$RUN" -W ignore - 2> errors.txt <<'PYTHON' || { tail -n 5 errors.txt >&2; exit 1; }
import os
import sys

import niftynet
import numpy as np
from niftynet.layer.histogram_normalisation import HistogramNormalisationLayer


class Image:
    def __init__(self, values):
        self.get_data = values.copy


values = np.random.RandomState(0).gamma(2.0, 50.0, (20, 21, 22, 1, 1)).astype(np.float32)
rows = {}
for cutoff in ((0.01, 0.99), (0.05, 0.95), (0.1, 0.9), (0.25, 0.75)):
    if os.path.exists('landmarks.txt'):
        os.remove('landmarks.txt')
    layer = HistogramNormalisationLayer('image', ('T1',), 'landmarks.txt', None, 'percentile', cutoff)
    layer.train([{'image': Image(values)}])
    normalised = layer({'image': values.copy()})[0]['image'].ravel()
    rising = bool((np.diff(normalised[values.ravel().argsort()]) >= 0).all())
    commonest = np.unique(normalised, return_counts=True)[1].max() / normalised.size
    rows[cutoff] = rising, commonest, np.corrcoef(values.ravel(), normalised)[0, 1]
print('\nNiftyNet 0.6.0')
for cutoff, (rising, commonest, correlation) in rows.items():
    print('cutoff {}: rises with the intensity: {}, share of the commonest value {:.3f}, correlation {:.2f}'.format(
        cutoff, rising, commonest, correlation))
same = all(rows[c][0] and rows[c][1] < 0.01 and rows[c][2] > 0.99 for c in ((0.01, 0.99), (0.05, 0.95)))
same = same and rows[0.1, 0.9][1] > 0.09 and not rows[0.25, 0.75][0] and rows[0.25, 0.75][2] < 0
sys.exit(0 if same else 1)
PYTHON
