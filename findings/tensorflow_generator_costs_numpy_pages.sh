#!/usr/bin/env bash
# After the first tf.data.Dataset.from_generator, larger NumPy arrays of threads are new memory each time.
#
# One would expect that a data pipeline leaves the speed of NumPy alone. The C library (glibc) keeps the
# memory of arrays up to 32 MB that were let go, and gives it to the next one.
# What happens: once a dataset of a Python generator has given its first element, arrays of 128 KiB or
# more that a thread makes come page by page from the system each time, until the process ends: 245
# page faults for an array of 1 MB, none before, and filling one takes many times as long. Other datasets
# (from_tensor_slices) change nothing. TensorFlow then sets the C library's threshold for such
# mappings (mallopt, M_MMAP_THRESHOLD) to its initial value of 128 KiB, and the library no longer
# adapts it. (The main thread can be spared, where its heap has a free piece of the size.)
# Versions: TensorFlow 2.21.0 and NumPy 2.3.5 on Python 3.11 and 3.13, Linux with glibc, x86-64.
# Who meets it: whoever works on windows or slices with NumPy in threads beside such a pipeline, as
# NiftyNet's samplers are. Arrays that are filled again and again in place are not concerned.

. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"
[ "$(uname -sm)" = "Linux x86_64" ] || fail "counts page faults of 4 KiB, on Linux for x86-64"
python_with 3.11 3.13 tensorflow==2.21.0 numpy==2.3.5
export TF_CPP_MIN_LOG_LEVEL=3 CUDA_VISIBLE_DEVICES=

"$RUN" - <<'PYTHON'
import resource
import sys
import threading
import time

import numpy as np
import tensorflow as tf

SIZE, TIMES = 1000000, 200


def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt


def measure(name):
    def fill():
        for _ in range(10):  # the C library has seen arrays of this size
            np.ones(SIZE, np.uint8)
        before, began = faults(), time.perf_counter()
        for _ in range(TIMES):
            np.ones(SIZE, np.uint8)
        took = (time.perf_counter() - began) / TIMES
        found.append((faults() - before) / TIMES)
        print('{:24s} {:6.1f} page faults and {:4.0f} microseconds for an array of 1 MB'.format(
            name, found[-1], took * 1e6))

    found = []
    for _ in range(2):
        thread = threading.Thread(target=fill)
        thread.start()
        thread.join()
    return found


print('TensorFlow', tf.__version__, 'NumPy', np.__version__)
fresh = measure('imported')
for _ in tf.data.Dataset.from_tensor_slices(np.arange(3)):
    pass
sliced = measure('from_tensor_slices')
for _ in tf.data.Dataset.from_generator(lambda: iter([1, 2, 3]), tf.int64):
    pass
generated = measure('from_generator')
same = max(fresh + sliced) < 20 and min(generated) > 200
sys.exit(0 if same else 1)
PYTHON
