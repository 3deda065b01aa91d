# -*- coding: utf-8 -*-
"""
The import hook for ``niftynet``: Python's other finders find it, and its loader is wrapped so that
the process is prepared first. ``NIFTYNET_TF2=0`` in the environment switches this off.
"""

import os
import sys
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import TYPE_CHECKING, Optional, Sequence

if TYPE_CHECKING:
    from importlib.abc import Loader

SWITCH = 'NIFTYNET_TF2'


class PreparingLoader(object):
    """
    NiftyNet's own loader, which first prepares the process. Only looking for NiftyNet (as
    ``importlib.util.find_spec`` does) changes nothing.
    """

    def __init__(self, loader: 'Loader') -> None:
        self._loader = loader

    def exec_module(self, module: ModuleType) -> None:
        from niftynet_tf2.deferral import put_back
        from niftynet_tf2.preparation import prepare
        from niftynet_tf2.quiet_start import quiet_start

        with quiet_start():
            prepare()
            put_back(module, self._loader)
            self._loader.exec_module(module)

    def __getattr__(self, name: str) -> object:
        return getattr(self._loader, name)


def find_spec(
    name: str, path: Optional[Sequence[str]], target: Optional[ModuleType], asking: type
) -> Optional[ModuleSpec]:
    """
    :param name: of the module, here ``niftynet``
    :param path: as finders get it
    :param target: as finders get it
    :param asking: the finder that calls this function, which is left out of the search
    :return: the spec from another finder, with a :class:`PreparingLoader`; None where switched
        off, or where no finder finds the module
    """
    if os.environ.get(SWITCH) == '0':
        return None
    for finder in sys.meta_path:
        find = getattr(finder, 'find_spec', None)
        if find is None or finder is asking:
            continue
        spec = find(name, path, target)
        if spec is not None:
            if spec.loader is not None:
                spec.loader = PreparingLoader(spec.loader)
            return spec
    return None
