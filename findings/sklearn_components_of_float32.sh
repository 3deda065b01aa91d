#!/usr/bin/env bash
# scikit-learn's PCA gives wrong components of float32 data that lie far from zero, by default.
#
# One would expect PCA to take the mean away first, and an offset to make no difference.
# What happens: for many rows and few columns `svd_solver='auto'` takes the covariance from X'X minus
# the product of the means, in float32. With a mean of 1000 and standard deviations of 1 to 8
# the third component is half outside the true subspace, the variances are off by tens of
# percent, and the smallest is cut to 0. With a mean of 10 000 the first is thousands of times
# too large. Nothing is printed. svd_solver='full' and IncrementalPCA are right at 1000.
# Versions: scikit-learn 1.9.1, NumPy 2.3.5.
# Who meets it: whoever finds the main components of voxels: intensities of CT or MR and channels
# of a map are float32, all positive, many rows and few columns.

. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"
python_with 3.11 3.13 scikit-learn==1.9.1 numpy==2.3.5 scipy==1.15.3

"$RUN" - <<'PYTHON'
import sys

import numpy as np
import sklearn
from sklearn.decomposition import PCA, IncrementalPCA

print('scikit-learn', sklearn.__version__)
spread = np.random.default_rng(0).normal(size=(100000, 8)) * np.arange(1, 9)
worst = {}
for offset in (0, 1000, 10000):
    voxels = (spread + offset).astype(np.float32)
    true = np.linalg.eigvalsh(np.cov(voxels.astype(np.float64).T))[::-1]
    exact = PCA(3).fit(voxels.astype(np.float64)).components_
    print('offset {}: true variances {}'.format(offset, np.round(true, 2)))
    for name, one in (('default', PCA(8)), ('full', PCA(8, svd_solver='full')),
                      ('incremental', IncrementalPCA(8, batch_size=1000))):  # fmt: skip
        one.fit(voxels)
        variances = one.explained_variance_
        overlap = np.linalg.svd(one.components_[:3].astype(np.float64) @ exact.T)[1].min()
        worst[offset, name] = np.max(np.abs(variances / true - 1))
        print('  {:11s} {}, three components share {:.2f}'.format(name, np.round(variances, 2), overlap))
right = [worst[0, 'default'], worst[1000, 'full'], worst[1000, 'incremental']]
sys.exit(0 if max(right) < 0.02 and worst[1000, 'default'] > 0.1 and worst[10000, 'default'] > 10 else 1)
PYTHON
