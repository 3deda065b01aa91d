# -*- coding: utf-8 -*-
"""
The tables of stitch modes: the values of ``activation_stitch``, and those of sums. No other place
knows them.

A new mode is a :class:`niftynet_activations.stitching.contract.Stitcher` of its own and one line
here.
"""

from typing import Dict, Sequence, Type

from niftynet_activations.errors import OptionError
from niftynet_activations.stitching.blend import Average, Gaussian
from niftynet_activations.stitching.contract import Stitcher, Task
from niftynet_activations.stitching.crop import Crop
from niftynet_activations.stitching.gather import Gathered
from niftynet_activations.stitching.summing import Magnitude, Sum

MODES: Dict[str, Type[Stitcher]] = {'crop': Crop, 'average': Average, 'gaussian': Gaussian}
# for gradients, which add up over windows (net_activations attribute); no value of the option
ADDING: Dict[str, Type[Stitcher]] = {'sum': Sum, 'magnitude': Magnitude}


def mode_of(name: str) -> Type[Stitcher]:
    """
    :param name: value of ``activation_stitch``
    :return: the stitcher's class
    :raises OptionError: if there is no such mode
    """
    found = MODES.get(name) or ADDING.get(name)
    if found is None:
        raise OptionError(
            "activation_stitch is '{}'; allowed are {}".format(name, ', '.join(MODES))
        )
    return found


def make_stitcher(name: str, task: Task) -> Stitcher:
    """
    :param name: of the mode
    :param task: the map to be made
    :return: a stitcher that is ready to take windows
    :raises OptionError: if there is no such mode
    :raises OSError: the disk has no room for the scratch files
    """
    kind = mode_of(name)
    if task.grid is None or kind.gathers:
        return kind(task)
    return Gathered(task, kind)


def waits(name: str, on_another_grid: bool) -> bool:
    """
    :param name: of the mode
    :param on_another_grid: whether the map is written on another grid than its own
    :return: whether nothing is written before the last window has come
    :raises OptionError: if there is no such mode
    """
    return on_another_grid or mode_of(name).gathers


def scratch_samples(name: str, shape: Sequence[int], channels: int, on_another_grid: bool) -> int:
    """
    :param name: of the mode
    :param shape: (x, y, z) of the map on its own lattice, in samples
    :param channels: of the map
    :param on_another_grid: whether it is written on another grid
    :return: how many float32 numbers wait in scratch files until the last window has come
    :raises OptionError: if there is no such mode
    """
    kind = mode_of(name)
    if on_another_grid and not kind.gathers:
        return Gathered.scratch_samples(shape, channels)
    return kind.scratch_samples(shape, channels)
