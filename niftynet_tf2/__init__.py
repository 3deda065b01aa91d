"""
Run the unmodified package niftynet 0.6.0, written for TensorFlow 1, on TensorFlow 2.

Importing this package only adds an import hook (a finder on ``sys.meta_path``), which acts when
``niftynet`` is imported. See ``docs/tensorflow2.md``.
"""
# A .pth file imports this module at every start of Python, so it imports next to nothing.

import sys

TYPE_CHECKING = False  # not from typing, whose import would take its time at every start
if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec
    from types import ModuleType
    from typing import Optional, Sequence


class HostFinder(object):
    @classmethod
    def find_spec(
        cls,
        name: str,
        path: 'Optional[Sequence[str]]' = None,
        target: 'Optional[ModuleType]' = None,
    ) -> 'Optional[ModuleSpec]':
        if name == 'niftynet':
            from niftynet_tf2 import switch

            return switch.find_spec(name, path, target, cls)
        return None


if HostFinder not in sys.meta_path:
    sys.meta_path.insert(0, HostFinder)
