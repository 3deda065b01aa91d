# -*- coding: utf-8 -*-
"""
The question whether a map is exact, which may take long to answer.
"""

from typing import Any, Callable, Dict, Optional

from niftynet_activations.stitching.crop import CropPlan

Wanted = Callable[[], bool]  # whether what takes long is to go on


def always() -> bool:
    """
    :return: True
    """
    return True


class Verdict(object):
    """
    Whether a map is exact: worked out when first asked for, since it may take long.

    :param judge: gives ``exact``, ``inexact_because`` and ``reference_shape`` of a plan
    :param crop: the plan
    """

    def __init__(self, judge: Callable[[CropPlan, Wanted], Dict[str, Any]], crop: CropPlan) -> None:
        self._judge, self._crop = judge, crop
        self._found: Optional[Dict[str, Any]] = None

    def __call__(self, wanted: Wanted = always) -> Dict[str, Any]:
        """
        :param wanted: whether to go on; True where not given
        :return: the sidecar's keys
        :raises GeometryError: if it was given up, being wanted no longer
        """
        if self._found is None:
            self._found = self._judge(self._crop, wanted)
        return self._found
