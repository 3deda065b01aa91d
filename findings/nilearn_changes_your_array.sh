#!/usr/bin/env bash
# Drawing a map with nilearn, or taking its mean in regions, writes zeros into your own array.
#
# One would expect a function that draws an image or averages it to leave the image alone.
# What happens: plot_stat_map, plot_img, view_img, NiftiLabelsMasker and NiftiSpheresMasker put 0
# in the place of every NaN of the array that the image was made from, in place: the caller's
# NaNs are gone, and what is computed afterwards (a mean, a mask of missing voxels) is another.
# NiftiMasker, smooth_img, resample_img and threshold_img leave it as it was, and so does any of
# them an image that was loaded from a file.
# Versions: nilearn 0.14.1 with nibabel 5.4.2.
# Who meets it: whoever holds a map with NaN where nothing is known, looks at it, and then goes on.

. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"
python_with 3.11 3.13 nilearn==0.14.1 nibabel==5.4.2 numpy==2.3.5 scipy==1.15.3 matplotlib==3.11.2

MPLBACKEND=agg "$RUN" -W ignore - <<'PYTHON'
import sys

import nibabel as nib
import nilearn
import numpy as np
from nilearn import image, maskers, plotting

affine = np.diag([2.0, 2, 2, 1])
made = np.random.default_rng(0).normal(size=(12, 13, 14)).astype(np.float32) + 10
made[:, :, 7:] = np.nan
regions = nib.Nifti1Image((np.arange(12)[:, None, None] // 6 + np.ones(made.shape)).astype('i4'), affine)
inside = nib.Nifti1Image(np.ones(made.shape, np.uint8), affine)
uses = {
    'plot_stat_map': lambda one: plotting.plot_stat_map(one, bg_img=None),
    'view_img': lambda one: plotting.view_img(one, bg_img=None),
    'NiftiLabelsMasker': lambda one: maskers.NiftiLabelsMasker(
        regions, standardize=None
    ).fit_transform(one),
    'NiftiMasker': lambda one: maskers.NiftiMasker(inside, standardize=None).fit_transform(one),
    'smooth_img': lambda one: image.smooth_img(one, 4),
}
left = {}
print('nilearn', nilearn.__version__)
print('NaNs in the array before: {}, mean of the rest {:.3f}'.format(np.isnan(made).sum(), np.nanmean(made)))
for name, use in uses.items():
    array = made.copy()
    use(nib.Nifti1Image(array, affine))
    left[name] = int(np.isnan(array).sum())
    print('  after {:18s} {:5d}, mean {:.3f}'.format(name, left[name], np.nanmean(array)))
whole = int(np.isnan(made).sum())
sys.exit(0 if list(left.values()) == [0, 0, 0, whole, whole] else 1)
PYTHON
