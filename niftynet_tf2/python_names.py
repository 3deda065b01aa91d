# -*- coding: utf-8 -*-
"""
Stands in for ``distutils.version.LooseVersion``, gone from Python 3.12, which NiftyNet compares
TensorFlow's versions with.
"""

from importlib.util import find_spec

from niftynet_tf2.modules import add_module


def supply() -> None:
    """Add ``distutils.version`` where neither Python nor setuptools has it."""
    if find_spec('distutils') is None:
        from packaging.version import Version

        add_module('distutils')
        add_module('distutils.version', LooseVersion=Version)
