# -*- coding: utf-8 -*-
"""
Stands in for ``distutils.version.LooseVersion``, gone since Python 3.12, with which NiftyNet
compares versions of TensorFlow.
"""

from importlib.util import find_spec

from niftynet_tf2.modules import add_module


def supply() -> None:
    """Add ``distutils.version`` where neither Python nor setuptools has it."""
    if find_spec('distutils') is None:
        from packaging.version import Version

        add_module('distutils')
        add_module('distutils.version', LooseVersion=Version)
