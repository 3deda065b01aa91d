# -*- coding: utf-8 -*-
"""
NiftyNet's logger. Lines of a run are logged to it too, so that they stand among NiftyNet's own.
"""

import logging

LOGGER = logging.getLogger('tensorflow')  # NiftyNet logs through TensorFlow's
