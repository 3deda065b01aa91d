# -*- coding: utf-8 -*-
"""
TensorFlow as NiftyNet sees it.

Under TensorFlow 2 the import of NiftyNet puts a facade of version 1 in TensorFlow's place, so that
it has to come first. Modules that use TensorFlow take it from here, in any order::

    from niftynet_activations.host.tensorflow import tf
"""

import niftynet  # noqa: F401  it prepares TensorFlow 2
import tensorflow as tf

__all__ = ['tf']
