# -*- coding: utf-8 -*-
"""
Where a layer's samples lie and which voxels they see.

``axis`` holds one axis, ``transitions`` what an operation does to it, ``tensor`` what is known of
a whole layer; none of them needs TensorFlow. ``dimensions`` and ``trace`` follow an axis through
reshaping, ``spatial``, ``shaping`` and ``mixing`` know TensorFlow's operations, and ``graph``
walks the network with them.
"""
