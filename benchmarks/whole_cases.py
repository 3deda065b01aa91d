# -*- coding: utf-8 -*-
"""
Benchmark cases of ``activation_pass = whole``, compared with NiftyNet's windows and with one direct
pass, which is the same command with more memory than the volume needs.

From the memory of each run that of a plain run on a volume of one small window is subtracted, which
is the memory of starting.
"""

import collections
from typing import Callable, Dict, List

from benchmarks.cases import Case, Figure, Medians, Variant
from benchmarks.workloads import GB, GIB, Workload
from niftynet_activations.hints import Value

ENOUGH = 1000  # GiB: the whole volume is computed as one window
LIMIT = 2  # GiB
SMALL = (160, 176, 160)  # 4.5 million voxels
SMALLER = (112, 128, 112)  # a direct pass over it needs more than the limits that are tried
# One window over this box needs more than the limit leaves for the network (1.7 GB are foreseen for
# it), and so do two and four boxes in a row: only then the limit bounds the memory of all three
# lengths. A box of 96 x 96 x 96 fits in one window, in half of the limit.
LENGTH_CUT = (96, 96, 184)
LENGTHS = (1, 2, 4)
MEMORY_LIMITS = (1, 2, 4)  # GiB
# A window size that each network accepts. The whole pass learns from it which sizes are valid.
WINDOWS = collections.OrderedDict(
    [
        ('deepmedic', 57),
        ('dense_vnet', 64),
        ('highres3dnet', 64),
        ('highres3dnet_large', 64),
        ('highres3dnet_small', 64),
        ('holisticnet', 64),
        ('nonewnet', 64),
        ('scalenet', 64),
        ('toynet', 64),
        ('unet', 96),
        ('vnet', 64),
    ]
)
FLAT_WINDOWS = {'unet_2d': 188}
MODALITIES = {'scalenet': 2}  # of networks that refuse a single image
LIMITED = list(WINDOWS) + list(FLAT_WINDOWS)
SMALL_NETWORKS = ('dense_vnet', 'unet', 'vnet', 'nonewnet', 'deepmedic')
START = 'start'
FIRST_LAYER = 'conv_0_bn_relu'

WORKLOADS: Dict[str, Workload] = {
    'whole highres3dnet': Workload('highres3dnet', None, 1, 96, 0),
    START: Workload('toynet', (30, 34, 26), 1, 24, 0),
}
WORKLOADS.update(
    ('whole ' + name, Workload(name, SMALL, 1, WINDOWS[name], 0)) for name in SMALL_NETWORKS
)
WORKLOADS.update(
    ('limits ' + name, Workload(name, SMALLER, 1, window, 0, modalities=MODALITIES.get(name, 1)))
    for name, window in WINDOWS.items()
)
WORKLOADS.update(
    ('limits ' + name, Workload(name, (189, 221, 40), 1, window, 0, 2))
    for name, window in FLAT_WINDOWS.items()
)
WORKLOADS.update(
    ('whole length {}'.format(each), Workload('highres3dnet', LENGTH_CUT, each, 96, 0))
    for each in LENGTHS
)


def _whole(workload: str, memory: float, layer: str = 'penultimate', **options: Value) -> Variant:
    options = dict(options, layers=layer, memory=memory, reduce='mean')
    options['pass'] = 'whole'
    return Variant(workload, 'b', None, options, 1)


def _plain(workload: str) -> Variant:
    return Variant(workload, 'a', None, {}, 0)


GROUPS: Dict[str, Dict[str, Variant]] = {
    'whole': collections.OrderedDict(
        [
            ('a', _plain('whole highres3dnet')),
            ('b', _whole('whole highres3dnet', LIMIT)),
            ('direct', _whole('whole highres3dnet', ENOUGH)),
            ('first', _whole('whole highres3dnet', LIMIT, FIRST_LAYER, segmentation='none')),
            ('start', _plain(START)),
        ]
    ),
    'whole length': collections.OrderedDict(
        [('x{}'.format(each), _whole('whole length {}'.format(each), LIMIT)) for each in LENGTHS]
        + [('start', _plain(START))]
    ),
}
GROUPS.update(
    (
        'whole ' + name,
        collections.OrderedDict(
            [
                ('b', _whole('whole ' + name, LIMIT)),
                ('direct', _whole('whole ' + name, ENOUGH)),
            ]
        ),
    )
    for name in SMALL_NETWORKS
)
GROUPS.update(
    (
        'limits ' + name,
        collections.OrderedDict(
            [('{} GiB'.format(each), _whole('limits ' + name, each)) for each in MEMORY_LIMITS]
            + [('start', _plain(START))]
        ),
    )
    for name in LIMITED
)


def _times(ours: str, other: str) -> Callable[[Medians], Figure]:
    def figure(found: Medians) -> Figure:
        one, two = found[ours].seconds, found[other].seconds
        return Figure(one / two, '{:.1f} s / {:.1f} s'.format(one, two))

    return figure


def _memory(found: Medians) -> Figure:
    start = found['start'].bytes
    ours, direct = found['b'].bytes - start, found['direct'].bytes - start
    return Figure(ours / direct, '{:.2f} GB / {:.2f} GB'.format(ours / GB, direct / GB))


def _of_limits(found: Medians) -> Figure:
    start = found['start'].bytes
    parts = {
        each: (found['{} GiB'.format(each)].bytes - start) / (each * GIB) for each in MEMORY_LIMITS
    }
    note = ', '.join('{:.2f} of {} GiB'.format(part * each, each) for each, part in parts.items())
    return Figure(max(parts.values()), note)


def _time_of_lengths(found: Medians) -> Figure:
    start = found['start'].seconds
    costs = [(found['x{}'.format(each)].seconds - start) / each for each in LENGTHS]
    return Figure(max(costs) / costs[0], ', '.join('{:.1f} s'.format(each) for each in costs))


def _memory_of_lengths(found: Medians) -> Figure:
    held = [found['x{}'.format(each)].bytes for each in LENGTHS]
    note = ', '.join('{:.2f}'.format(each / GB) for each in held) + ' GB'
    return Figure(max(held) / held[0], note)


CASES: List[Case] = [
    Case(
        'whole-time',
        'highres3dnet, penultimate and segmentation of the whole pass: wall over net_segment',
        'whole',
        _times('b', 'a'),
        0.65,
    ),
    Case(
        'whole-direct-time',
        'the same: wall over one direct pass',
        'whole',
        _times('b', 'direct'),
        1.4,
    ),
    Case(
        'whole-direct-memory',
        'the same: memory over that of a direct pass, above the start',
        'whole',
        _memory,
        0.35,
    ),
    Case(
        'whole-first-layer',
        'highres3dnet, {} without segmentation: wall over net_segment'.format(FIRST_LAYER),
        'whole',
        _times('first', 'a'),
        0.15,
    ),
    Case(
        'whole-length-time',
        'length x1, x2, x4: seconds a voxel above the start, largest over that of x1',
        'whole length',
        _time_of_lengths,
        1.1,
    ),
    Case(
        'whole-length-memory',
        'length x1, x2, x4: memory, largest over that of x1',
        'whole length',
        _memory_of_lengths,
        1.1,
    ),
]
CASES += [
    Case(
        'whole-' + name,
        '{}, 4.5 million voxels: wall over one direct pass'.format(name),
        'whole ' + name,
        _times('b', 'direct'),
        1.5,
    )
    for name in SMALL_NETWORKS
]
CASES += [
    Case(
        'limits-' + name,
        '{}: memory above the start, largest part of its limit'.format(name),
        'limits ' + name,
        _of_limits,
        1.0,
    )
    for name in LIMITED
]
