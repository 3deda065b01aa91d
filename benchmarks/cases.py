# -*- coding: utf-8 -*-
"""
The runs of the benchmark, and the figures that are computed from them.

A *workload* is a network, a volume and a window size; a *variant* is one way to run a workload:
kind ``a`` (plain ``net_segment``), ``b`` (this package) or ``c`` (the plain way, NiftyNet's own
aggregator with one more output). The variants of a *group* are run in turn. A *case* is a figure
computed from the medians of a group's variants, and its *target*, the largest value that passes.
"""

import collections
from typing import Callable, Dict, Mapping, NamedTuple, Optional, Sequence

from benchmarks.workloads import (
    CHANNELS,
    FIRST_LAYER,
    FLOAT_BYTES,
    GB,
    GIB,
    LAST_LAYER,
    LENGTHS,
    LIMIT,
    TOY_CHANNELS,
    TOY_LAYER,
    WIDE_LAYER,
    ZARR,
    Workload,
)
from niftynet_activations.hints import Value


class Variant(NamedTuple):
    """One run on one workload."""

    workload: str
    kind: str  # 'a', 'b' or 'c'
    layer: Optional[str]
    options: Dict[str, Value]  # of this package, without the prefix ``activation_``
    channels: int  # how many channels are saved


class Figure(NamedTuple):
    """The value of a case, and the numbers it was computed from."""

    value: float
    note: str


class Median(NamedTuple):
    """The medians of one variant's runs."""

    seconds: float
    bytes: float  # peak memory
    step: int  # bytes of the layer's output in one batch
    raw: int  # bytes of the map before compression


Medians = Mapping[str, Median]  # by the name of the variant


class Case(NamedTuple):
    """A figure and its target."""

    name: str
    text: str
    group: str
    figure: Callable[[Medians], Figure]
    target: float  # the largest value that passes


def _ours(workload: str, layer: str, kept: int, file_format: str, **options: Value) -> Variant:
    options = dict(options, layers=layer, format=file_format, memory=LIMIT)
    return Variant(workload, 'b', layer, options, kept)


def _plain(workload: str) -> Variant:
    return Variant(workload, 'a', None, {}, 0)


def _plain_way(workload: str, layer: str, channels: int) -> Variant:
    return Variant(workload, 'c', layer, {}, channels)


GROUPS: Dict[str, Dict[str, Variant]] = {
    'light': {
        'a': _plain('light'),
        'b nii': _ours('light', TOY_LAYER, TOY_CHANNELS, 'nii'),
        'b nii.gz': _ours('light', TOY_LAYER, TOY_CHANNELS, 'nii.gz'),
        'c': _plain_way('light', TOY_LAYER, TOY_CHANNELS),
    },
    'heavy': {
        'a': _plain('heavy'),
        'b': _ours('heavy', FIRST_LAYER, 16, 'nii.gz'),
        'b mean': _ours('heavy', LAST_LAYER, 1, 'nii.gz', reduce='mean'),
    },
    'wide': {
        'a': _plain('wide'),
        'b': _ours('wide', WIDE_LAYER, 80, 'nii.gz'),
        'c': _plain_way('wide', WIDE_LAYER, 80),
    },
    'channels': collections.OrderedDict(
        ('{} {}'.format(kind, each), variant)
        for each in CHANNELS
        for kind, variant in (
            ('a', _plain('{} channels'.format(each))),
            ('b', _ours('{} channels'.format(each), WIDE_LAYER, each, 'zarr')),
        )
    ),
    'zarr': collections.OrderedDict(
        ('{} {}'.format(kind, workload), variant)
        for workload, each in ZARR.items()
        for kind, variant in (
            ('a', _plain(workload)),
            ('b', _ours(workload, WIDE_LAYER, each, 'zarr')),
        )
    ),
    'length': collections.OrderedDict(
        ('{} x{}'.format(kind, each), variant)
        for each in LENGTHS
        for kind, variant in (
            ('a', _plain('length {}'.format(each))),
            ('b', _ours('length {}'.format(each), WIDE_LAYER, 80, 'nii.gz')),
        )
    ),
}


def step_bytes(variant: Variant, workload: Workload) -> int:
    """
    :param variant: a variant
    :param workload: its workload
    :return: bytes of the layer's output in one batch
    """
    return variant.channels * workload.window**3 * FLOAT_BYTES


def _wall_ratio(ours: str) -> Callable[[Medians], Figure]:
    def figure(found: Medians) -> Figure:
        value = found[ours].seconds / found['a'].seconds
        return Figure(value, '{:.1f} s / {:.1f} s'.format(found[ours].seconds, found['a'].seconds))

    return figure


def _added_time(ours: str) -> Callable[[Medians], Figure]:
    def figure(found: Medians) -> Figure:
        added = found[ours].seconds - found['a'].seconds
        plain = found['c'].seconds - found['a'].seconds
        return Figure(added / plain, '{:.1f} s / {:.1f} s'.format(added, plain))

    return figure


def _added_memory(found: Medians) -> Figure:
    ours = found['b'].bytes - found['a'].bytes
    plain = found['c'].bytes - found['a'].bytes
    allowed = LIMIT * GIB + found['b'].step
    note = '{:.2f} GB of {:.2f} allowed; the plain way adds {:.2f} GB'.format(
        ours / GB, allowed / GB, plain / GB
    )
    return Figure(ours / allowed, note)


def _memory_of_channels(found: Medians) -> Figure:
    names = [str(each) for each in CHANNELS]
    return _flatness(found, names, [found['b ' + each].step for each in names])


def _memory_of_lengths(found: Medians) -> Figure:
    return _flatness(found, ['x{}'.format(each) for each in LENGTHS], [0] * len(LENGTHS))


def _flatness(found: Medians, names: Sequence[str], taken_off: Sequence[int]) -> Figure:
    # The plain run's memory is reported, not subtracted: it peaks at another time.
    held = [found['b ' + name].bytes - size for name, size in zip(names, taken_off)]
    plain = [found['a ' + name].bytes for name in names]
    ours, alone = (
        ', '.join('{:.2f}'.format(each / GB) for each in sizes) for sizes in (held, plain)
    )
    return Figure(max(held) / min(held), '{} GB; (a) alone {} GB'.format(ours, alone))


def _rate(found: Medians, name: str) -> float:
    ours = found['b ' + name]
    return (ours.seconds - found['a ' + name].seconds) / (ours.raw / GB)


def _zarr_rates(found: Medians) -> Figure:
    rates = [_rate(found, name) for name in ZARR]
    notes = [
        '{:.2f} s/GB of {:.1f} ({})'.format(rate, found['b ' + name].raw / GB, name)
        for rate, name in zip(rates, ZARR)
    ]
    return Figure(max(rates[1:]), '; '.join(notes))


def _linearity(found: Medians) -> Figure:
    costs = [_rate(found, str(each)) for each in CHANNELS[1:]]
    note = '{:.2f} s/GB at {}, {:.2f} s/GB at {}'.format(
        costs[1], CHANNELS[2], costs[0], CHANNELS[1]
    )
    return Figure(costs[1] / costs[0], note)


CASES = (
    Case(
        'heavy',
        'highres3dnet, 16 channels, nii.gz: wall (b)/(a)',
        'heavy',
        _wall_ratio('b'),
        1.05,
    ),
    Case(
        'light-nii', 'toynet, 10 channels, nii: wall (b)/(a)', 'light', _wall_ratio('b nii'), 1.15
    ),
    Case(
        'light-gz',
        'toynet, 10 channels, nii.gz: added time ((b)-(a))/((c)-(a))',
        'light',
        _added_time('b nii.gz'),
        0.33,
    ),
    Case(
        'wide-memory',
        '80 channels, nii.gz: added memory (b)-(a), share of 1 GiB and one step',
        'wide',
        _added_memory,
        1.0,
    ),
    Case(
        'wide-time',
        '80 channels, nii.gz: added time ((b)-(a))/((c)-(a))',
        'wide',
        _added_time('b'),
        0.33,
    ),
    Case(
        'channels-memory',
        '8, 80, 400 channels, zarr: memory less one step, largest/smallest',
        'channels',
        _memory_of_channels,
        1.1,
    ),
    Case(
        'length-memory',
        'length x1, x2, x4: memory, largest/smallest',
        'length',
        _memory_of_lengths,
        1.1,
    ),
    Case(
        'zarr-time',
        'added seconds per GB, zarr: maps of 2.8 GB (80 channels) and 4.2 GB (400), the larger',
        'zarr',
        _zarr_rates,
        1.5,
    ),
    Case(
        'channels-time',
        'added seconds per GB of maps, zarr: 400 channels / 80 channels',
        'channels',
        _linearity,
        1.2,
    ),
    Case(
        'mean',
        'highres3dnet, mean of 80 channels, nii.gz: wall (b)/(a)',
        'heavy',
        _wall_ratio('b mean'),
        1.03,
    ),
)
