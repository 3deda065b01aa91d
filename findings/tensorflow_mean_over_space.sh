#!/usr/bin/env bash
# The mean of ones over a large volume is 0.62 with 2 to 4 channels and 1 with 1 or with 8.
#
# One would expect a mean over the spatial axes to be right to the last digits, and not to depend
# on how many channels stand beside it.
# What happens, on a CPU: tf.reduce_mean, tf.nn.moments and Keras' GlobalAveragePooling3D add float32
# values of a channels-last tensor one after the other. From 2 ** 24 voxels on (256 cubed) a sum
# of ones no longer grows. NumPy does the same for .mean(axis=(0, 1, 2)) and gives 1 for the same
# array in Fortran order, in which nibabel loads it. In float16 tf.reduce_mean fails much earlier:
# its sum of ones stops at 2048, so that an image of 200 x 200 has the mean 0.05, and one of
# 256 x 256 or more the mean 0. Keras' layer gives 1 there.
# Versions: TensorFlow 2.21.0 with Keras 3.15.1, NumPy 2.3.5, all for x86-64.
# Who meets it: instance normalisation, squeeze and excite, global pooling and feature tables over
# a whole volume in one pass: results shift with the size of the image, without a warning.

. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"
python_with 3.11 3.13 tensorflow==2.21.0 keras==3.15.1 numpy==2.3.5

TF_CPP_MIN_LOG_LEVEL=3 CUDA_VISIBLE_DEVICES= "$RUN" - 2> errors.txt <<'PYTHON' || { tail -n 5 errors.txt >&2; exit 1; }
import sys

import keras
import numpy as np
import tensorflow as tf

print('tensorflow', tf.__version__, 'keras', keras.__version__, 'numpy', np.__version__)
shape, found = (1, 300, 300, 300), {}
for channels in (1, 2, 4, 8):
    ones = tf.ones(shape + (channels,))
    found[channels] = float(tf.reduce_mean(ones, [1, 2, 3])[0, 0])
    print('{} channels: reduce_mean {:.6f}, moments {:.6f}, GlobalAveragePooling3D {:.6f}'.format(
        channels, found[channels], float(tf.nn.moments(ones, [1, 2, 3])[0][0, 0]),
        float(keras.layers.GlobalAveragePooling3D()(ones)[0, 0])))
    del ones
array = np.ones(shape[1:] + (2,), np.float32)
in_c = array.mean(axis=(0, 1, 2))[0]
in_fortran = np.asfortranarray(array).mean(axis=(0, 1, 2))[0]
print('numpy, 2 channels: C order {:.6f}, Fortran order {:.6f}'.format(in_c, in_fortran))
half = {}
for side in (40, 200, 256):
    ones = tf.ones((1, side, side, 2), tf.float16)
    half[side] = float(tf.reduce_mean(ones, [1, 2])[0, 0])
    print('float16, {0} x {0}: reduce_mean {1:.4f}, GlobalAveragePooling2D {2:.4f}'.format(
        side, half[side], float(keras.layers.GlobalAveragePooling2D(dtype='float16')(ones)[0, 0])))
off = [found[2], found[4], float(in_c)]
right = [found[1], found[8], float(in_fortran)]
same = all(abs(value - 2**24 / 300**3) < 1e-3 for value in off) and all(abs(value - 1) < 1e-3 for value in right)
sys.exit(0 if same and half[40] == 1 and half[200] < 0.1 and half[256] == 0 else 1)
PYTHON
