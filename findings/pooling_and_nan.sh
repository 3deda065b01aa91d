#!/usr/bin/env bash
# Max pooling hides NaN in TensorFlow; in ONNX Runtime it hides it in some voxels of a row.
#
# One would expect the largest of a window that holds NaN to be NaN, as tf.reduce_max, NumPy and
# PyTorch have it, or at least one rule everywhere.
# What happens, on a CPU: tf.nn.max_pool3d leaves NaN out, and a window of nothing but NaN becomes
# -3.4e38, an ordinary finite number. onnxruntime's MaxPool drops a NaN unless it comes last in
# its window, and passes that one on in the samples that fill a vector register but not in what
# is left of the row: three equal windows in a row give nan, nan, 1. Afterwards tf.argmax takes
# the largest of the other classes, and onnxruntime and NumPy each another one.
# Versions: TensorFlow 2.21.0, onnxruntime 1.32.0, all for x86-64.
# Who meets it: whoever feeds a volume with NaN outside the head to a network with pooling: the
# NaNs vanish after the first pooling, the segmentation looks whole, and a map near the edge
# depends on the program that ran the network.

. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"
python_with 3.11 3.13 tensorflow==2.21.0 onnxruntime==1.32.0 onnx==1.23.2 numpy==2.3.5

TF_CPP_MIN_LOG_LEVEL=3 CUDA_VISIBLE_DEVICES= "$RUN" - 2> errors.txt <<'PYTHON' || { tail -n 5 errors.txt >&2; exit 1; }
import sys

import numpy as np
import onnxruntime
import tensorflow as tf
from onnx import TensorProto, helper


def run_onnx(operation, values, kind=TensorProto.FLOAT, **attributes):
    node = helper.make_node(operation, ['x'], ['y'], **attributes)
    x = helper.make_tensor_value_info('x', TensorProto.FLOAT, values.shape)
    graph = helper.make_graph([node], 'graph', [x], [helper.make_tensor_value_info('y', kind, None)])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid('', 17)], ir_version=9)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=['CPUExecutionProvider'])
    return session.run(None, {'x': values})[0]


def pooled(row):
    in_tf = tf.nn.max_pool3d(row[None, ..., None], 2, 2, 'VALID').numpy().ravel()
    in_onnx = run_onnx('MaxPool', row[None, None], kernel_shape=[2] * 3, strides=[2] * 3).ravel()
    return in_tf, in_onnx


print('tensorflow', tf.__version__, 'onnxruntime', onnxruntime.__version__)
first, last, whole = np.ones((3, 2, 2, 6), np.float32)  # three windows of 2 x 2 x 2 each
first[0, 0, ::2] = last[1, 1, 1::2] = whole[:] = np.nan
found = {name: pooled(one) for name, one in (('first', first), ('last', last), ('all', whole))}
for name, (in_tf, in_onnx) in found.items():
    print('three windows of ones, {:5s} NaN: TensorFlow {}, onnxruntime {}'.format(name, in_tf, in_onnx))
print('tf.reduce_max of the first row:', tf.reduce_max(first).numpy())
scores = np.array([[0.5, np.nan, 0.3], [np.nan, 0.2, 0.3], [0.5, 0.2, np.nan]], np.float32)
classes = [
    tf.argmax(scores, 1).numpy().tolist(),
    run_onnx('ArgMax', scores, TensorProto.INT64, axis=1).ravel().tolist(),
    np.argmax(scores, 1).tolist(),
]
print('class of', scores.tolist(), 'by TensorFlow, onnxruntime, NumPy:', classes)
same = (found['first'][0] == 1).all() and (found['last'][0] == 1).all() and (found['all'][0] < -3e38).all()
same = same and (found['first'][1] == 1).all() and len(set(np.isnan(found['last'][1]))) == 2
sys.exit(0 if same and classes[0] != classes[2] else 1)
PYTHON
