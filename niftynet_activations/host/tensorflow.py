# -*- coding: utf-8 -*-
"""
TensorFlow as NiftyNet sees it.

Under TensorFlow 2 importing NiftyNet replaces ``tensorflow`` by a facade that offers the names of
TensorFlow 1 (package ``niftynet_tf2``), so NiftyNet has to be imported first. Modules that use
TensorFlow import it from here, in any order::

    from niftynet_activations.host.tensorflow import tf
"""

import niftynet  # noqa: F401  it prepares TensorFlow 2
import tensorflow as tf

__all__ = ['tf']
