# -*- coding: utf-8 -*-
"""
Run the unmodified package niftynet 0.6.0, written for TensorFlow 1, on TensorFlow 2.

Importing this package only puts a finder on ``sys.meta_path``. It acts when ``niftynet`` is
about to run; ``NIFTYNET_TF2=0`` switches it off. See ``docs/tensorflow2.md``.
"""
# A .pth file imports this at every start of Python: keep it short, and free of other imports.

import sys

SWITCH = 'NIFTYNET_TF2'
HOST = 'niftynet'


class _PreparingLoader(object):
    def __init__(self, loader):
        self._loader = loader

    def exec_module(self, module):
        from niftynet_tf2.preparation import prepare

        prepare()
        module.__loader__ = module.__spec__.loader = self._loader
        self._loader.exec_module(module)

    def __getattr__(self, name):
        return getattr(self._loader, name)


class HostFinder(object):
    """Finds NiftyNet as the other finders do, with a loader that prepares for it first."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        if name != HOST:
            return None
        import os

        if os.environ.get(SWITCH) == '0':
            return None
        for finder in sys.meta_path:
            find = getattr(finder, 'find_spec', None)
            spec = find(name, path, target) if find and finder is not HostFinder else None
            if spec is not None:
                if spec.loader is not None:
                    spec.loader = _PreparingLoader(spec.loader)
                return spec
        return None


if HostFinder not in sys.meta_path:
    sys.meta_path.insert(0, HostFinder)
