# -*- coding: utf-8 -*-
"""
NiftyNet's logger, which the lines of a run go to as well, so that they stand among NiftyNet's own.
"""

import logging

LOGGER = logging.getLogger('tensorflow')  # NiftyNet logs through TensorFlow's
