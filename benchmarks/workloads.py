# -*- coding: utf-8 -*-
"""
What the benchmark's runs work on.

The light workload is NiftyNet's toynet, the heavy one its highres3dnet. Cases about memory, and
about time against channels, use networks of one wide 1x1x1 convolution, in which the maps are
nearly all of the work.
"""

from typing import NamedTuple, Optional, Tuple

GIB = 1 << 30
GB = 1e9
FLOAT_BYTES = 4
LIMIT = 1.0  # GiB, activation_memory of every run


class Workload(NamedTuple):
    """A network, a volume and a window."""

    network: str
    cut: Optional[Tuple[int, int, int]]  # size of a box in the template's middle; None: all of it
    repeats: int  # how often the box is put behind itself along z
    window: int  # voxels, on each axis that the network sees
    border: int  # NiftyNet's option border, voxels on each of these axes
    axes: int = 3  # how many axes the network sees; 2: x and y, slice by slice
    modalities: int = 1  # how many images a subject has, each of its own content


WIDE = 'benchmarks.networks.Wide{}'  # to be filled with the number of channels
WIDE_LAYER = 'wide_relu'
TOY_LAYER, TOY_CHANNELS = 'conv_input_bn_relu', 10
FIRST_LAYER, LAST_LAYER = 'conv_0_bn_relu', 'conv_1_bn_relu'
LENGTHS = (1, 2, 4)
CHANNELS = (8, 80, 400)
# 0.8, 2.8 and 4.2 GB; at the first, what any map adds counts as much as its size
ZARR = {'80 channels': 80, 'whole 80 channels': 80, '400 channels': 400}

WORKLOADS = {
    'light': Workload('toynet', None, 1, 96, 4),
    'heavy': Workload('highres3dnet', (120, 144, 120), 1, 72, 8),
    'wide': Workload(WIDE.format(80), None, 1, 64, 4),
}
WORKLOADS.update(
    # windows step by 24 voxels, so that none of their ends (27, 51, ...) meets one of zarr's chunks
    ('{} channels'.format(each), Workload(WIDE.format(each), (128, 160, 128), 1, 30, 3))
    for each in CHANNELS
)
WORKLOADS['whole 80 channels'] = Workload(WIDE.format(80), None, 1, 30, 3)
WORKLOADS.update(
    ('length {}'.format(each), Workload(WIDE.format(80), (96, 96, 96), each, 40, 4))
    for each in LENGTHS
)
QUICK_CUT, QUICK_WINDOW, QUICK_BORDER = (30, 34, 26), 24, 2


def quick(workload: Workload) -> Workload:
    """
    :param workload: a workload
    :return: the same with a small volume, for trying the benchmark out
    """
    return workload._replace(cut=QUICK_CUT, window=QUICK_WINDOW, border=QUICK_BORDER)
