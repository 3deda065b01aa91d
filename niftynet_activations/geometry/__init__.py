# -*- coding: utf-8 -*-
"""
Geometry of a network's layers, read from TensorFlow's graph: where the samples of a layer lie in a
window (stride, offset), and on which voxels each of them depends (its receptive field).
"""
