# -*- coding: utf-8 -*-
"""
What each type of TensorFlow operation does to the geometry of its input (where samples lie, and on
which voxels they depend): one function for a type, all in one table.
"""
