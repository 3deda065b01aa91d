#!/usr/bin/env bash
# Half of a SimpleITK image is zero, and "above 0.5" holds for 0, if its voxels are integers.
#
# One would expect `image * 0.5` of an integer image to be the half of each voxel, cut to an
# integer at worst, and a threshold of 0.5 to part 0 from 1. `image / 2` gives the exact halves, as float64.
# What happens: the number is cut to the image's own type first, and used then. `image * 0.5` is 0
# everywhere, `image * 1.5` and `image + 0.9` are the image itself, `image ** 0.5` is 1 everywhere.
# `image >= 0.5` and BinaryThreshold from 0.5 to 10 hold for every 0 too, so that the background is
# part of the mask. A number beyond the type's range becomes another one: in uint8 `labels == 257`
# picks label 1 and `labels < 300` is wrong from 44 on; in int16 `ct < 40000` holds nowhere (on
# x86-64 processors). Nothing is said. Images of float are right.
# Versions: SimpleITK 2.5.7 (ITK 5.4).
# Who meets it: whoever scales a CT or a mask as with numpy, or thresholds labels half-way between
# two of them; and whoever picks one label out of many thousands in a part that was stored as uint8.

. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"
python_with 3.11 3.13 SimpleITK==2.5.7 numpy==2.3.5

"$RUN" - <<'PYTHON'
import platform
import sys

import numpy as np
import SimpleITK as sitk

same = True


def show(kind, values, table):
    global same
    image = sitk.GetImageFromArray(np.array([values], kind))
    print('SimpleITK {}, {} {}'.format(sitk.Version.VersionString(), kind, values))
    for text, (work, expected) in table.items():
        seen = sitk.GetArrayFromImage(work(image))[0].tolist()
        print('  {:24s} {}'.format(text, seen))
        same = same and seen == expected


ct = [-1000, 0, 1, 2, 10, 44]
show('int16', ct, {
    'image / 2': (lambda image: image / 2, [-500, 0, 0.5, 1, 5, 22]),
    'image * 0.5': (lambda image: image * 0.5, [0] * 6),
    'image * 1.5': (lambda image: image * 1.5, ct),
    'image + 0.9': (lambda image: image + 0.9, ct),
    'image ** 0.5': (lambda image: image**0.5, [1] * 6),
    'image >= 0.5': (lambda image: image >= 0.5, [0, 1, 1, 1, 1, 1]),
    'threshold 0.5 to 10': (lambda image: sitk.BinaryThreshold(image, 0.5, 10.0), [0, 1, 1, 1, 1, 0]),
})  # fmt: skip
show('float32', ct, {
    'image * 0.5': (lambda image: image * 0.5, [-500, 0, 0.5, 1, 5, 22]),
    'threshold 0.5 to 10': (lambda image: sitk.BinaryThreshold(image, 0.5, 10.0), [0, 0, 1, 1, 1, 0]),
})  # fmt: skip
if platform.machine() == 'x86_64':
    show('int16', ct, {'image < 40000': (lambda image: image < 40000, [0] * 6)})
    show('uint8', [0, 1, 2, 44, 200], {
        'image == 257': (lambda image: image == 257, [0, 1, 0, 0, 0]),
        'image < 300': (lambda image: image < 300, [1, 1, 1, 0, 0]),
    })  # fmt: skip
sys.exit(0 if same else 1)
PYTHON
