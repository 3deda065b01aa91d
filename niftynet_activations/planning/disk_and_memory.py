# -*- coding: utf-8 -*-
"""
Disk space and memory of a run, worked out before its first window.

*Raw* bytes are those of the stored numbers before compression; a file is taken to need no more.
*Scratch* files hold samples until a map is complete. A *step* is one run of the network over a
batch of windows; TensorFlow holds its tensors in any case, so they are counted apart from the
memory for stitching and writing.
"""

import collections
import math
import os
import shutil
from typing import Counter, Dict, List, NamedTuple, Optional, Sequence

from niftynet_activations.errors import OptionError, WriteError
from niftynet_activations.planning.outline import MapOutline, amount
from niftynet_activations.planning.plan import Plan
from niftynet_activations.space.sizes import as_product
from niftynet_activations.store import memory_order
from niftynet_activations.store.files import WAYS_TO_SHRINK
from niftynet_activations.store.formats.table import format_named
from niftynet_activations.store.spec import MapSpec

MEBI = 1 << 20
# Bytes of windows that wait to be written. A longer queue makes no run faster, since the slower of
# network and writers sets the pace. It must hold some windows (QUEUE_STEPS steps) even if they are
# large; otherwise network and writers wait for each other in turn.
QUEUE_BYTES = 96 * MEBI
QUEUE_STEPS = 3
# the same where all maps are zarr: writing them has no long work at the end of a subject, so that
# one window is written while the next one is computed; it is at least one step
STORE_QUEUE_BYTES = 32 * MEBI
# memory of one thread that writes: pieces in file order, slabs (some in float64), compressed bytes
THREAD_BYTES = 128 * MEBI
MAPS_PER_THREAD = 8  # a thread holds no more than so many times the largest map
# unfinished chunks of all zarr maps that wait in memory; more of them wait in the stores' files,
# which costs little as long as the system has memory to cache them
CACHE_BYTES = 8 * MEBI
# a subject's uncompressed files up to this size are filled with zeros first
FILL_BYTES = 512 * MEBI
GROUP_BYTES = 32 * MEBI  # the chunks of zarr that one thread transposes and compresses at a time
SPOOL_SAMPLE_BYTES = 4


class MemoryPlan(NamedTuple):
    """How the memory is shared out, in bytes."""

    queue: int  # the limit for the Pipeline
    cache: int  # ``cache_bytes`` for each map whose parts wait in memory
    total: int  # all memory for stitching and writing
    step: int  # the tensors of one step


def size_lines(plans: Sequence[Plan]) -> List[str]:
    """
    Say what will be written.

    :param plans: of all subjects and layers
    :return: list of lines for the log, one for each layer and one for all
    """
    lines = [
        "layer '{}': {} channels of {}, {} subjects, {} before compression".format(
            each.layer,
            each.channels,
            as_product(each.shape),
            each.subjects,
            amount(each.bytes),
        )
        for each in map_outlines(plans)
    ]
    lines.append(
        'activation maps in all: {} before compression, and up to {} of scratch'.format(
            amount(output_bytes(plans)), amount(scratch_bytes(plans))
        )
    )
    return lines


def map_outlines(plans: Sequence[Plan]) -> List[MapOutline]:
    """
    :param plans: of all subjects and layers
    :return: size and number of each layer's maps, for log and outline
    """
    layers: Dict[str, List[MapSpec]] = collections.OrderedDict()
    for plan in plans:
        layers.setdefault(plan.spec.layer, []).append(plan.spec)
    return [
        MapOutline(
            layer,
            len(maps[0].channels),
            [int(size) for size in maps[0].shape_xyz],
            len(maps),
            sum(each.raw_bytes for each in maps),
        )
        for layer, maps in layers.items()
    ]


def output_bytes(plans: Sequence[Plan]) -> int:
    """
    :param plans: of all subjects and layers
    :return: raw bytes of all maps together
    """
    return sum(plan.spec.raw_bytes for plan in plans)


def scratch_bytes(plans: Sequence[Plan]) -> int:
    """
    Bound the size of scratch files at a time.

    One subject's maps may still be compressed while the next one's windows come.

    :param plans: of all subjects and layers
    :return: bytes of the two largest subjects' spools and gathered samples together
    """
    subjects: Counter[str] = collections.Counter()
    for plan in plans:
        waiting = format_named(plan.spec.format).scratch_samples(plan.spec)
        subjects[plan.spec.subject] += (plan.gathered_samples + waiting) * SPOOL_SAMPLE_BYTES
    return sum(size for _, size in subjects.most_common(2))


def check_disk(path: str, plans: Sequence[Plan], scratch_dir: Optional[str] = None) -> None:
    """
    Refuse a run for which the disk has no room.

    :param path: the output folder, which need not exist
    :param plans: of all subjects and layers
    :param scratch_dir: folder of the large scratch files; None: the output folder
    :raises WriteError: with the figures and the ways to shrink the output
    """
    scratch = scratch_bytes(plans)
    needs = collections.OrderedDict([(path, output_bytes(plans))])
    if scratch_dir is None or _device(scratch_dir) == _device(path):
        needs[path] += scratch
    else:
        needs[scratch_dir] = scratch
    for place, needed in needs.items():
        free = free_bytes(place)
        if needed > free:
            raise WriteError(
                "the maps take up to {} in '{}' ({} of maps before compression, {} of scratch), "
                'and {} are free: {}'.format(
                    amount(needed),
                    place,
                    amount(output_bytes(plans)),
                    amount(scratch),
                    amount(free),
                    WAYS_TO_SHRINK,
                )
            )


def least_bytes(plans: Sequence[Plan], workers: int = 2, block_bytes: int = 0) -> int:
    """
    :param plans: of all subjects and layers
    :param workers: threads of the Pipeline
    :param block_bytes: one channel of the largest block
    :return: least bytes that the threads which write need
    """
    stores = any(format_named(plan.spec.format).keeps_parts for plan in plans)
    threads = workers * (THREAD_BYTES + 2 * max(0, block_bytes - memory_order.PIECE_BYTES))
    # for small maps a thread needs less
    largest = max([max(plan.spec.samples, plan.gathered_samples) for plan in plans] or [0])
    threads = min(threads, workers * MAPS_PER_THREAD * largest * SPOOL_SAMPLE_BYTES)
    groups = min(GROUP_BYTES, MAPS_PER_THREAD * largest * SPOOL_SAMPLE_BYTES)
    return threads + (workers * groups if stores else 0)


def plan_memory(
    plans: Sequence[Plan],
    step_bytes: int,
    limit_bytes: int,
    workers: int = 2,
    block_bytes: int = 0,
    stitching_bytes: int = 0,
) -> MemoryPlan:
    """
    Share out the memory that the user allows.

    :param plans: of all subjects and layers
    :param step_bytes: all fetched tensors of one step together
    :param limit_bytes: ``activation_memory`` in bytes
    :param workers: threads of the Pipeline
    :param block_bytes: one channel of the largest block
    :param stitching_bytes: memory of the stitching itself
    :return: a MemoryPlan
    :raises OptionError: the limit is too low, with what would do
    """
    if step_bytes > limit_bytes:
        raise OptionError(
            'the activations of one step take {}, more than activation_memory allows ({}): use '
            'smaller windows (spatial_window_size) or batches (batch_size), fewer layers or '
            'channels (activation_layers, activation_channels), a reduction '
            '(activation_reduce), or raise activation_memory'.format(
                amount(step_bytes), amount(limit_bytes)
            )
        )
    keeping = [plan for plan in plans if format_named(plan.spec.format).keeps_parts]
    subjects = collections.Counter(plan.spec.subject for plan in keeping)
    stores = max(subjects.values()) if subjects else 0
    fixed = least_bytes(plans, workers, block_bytes) + stitching_bytes
    if fixed > limit_bytes:
        raise OptionError(
            'stitching and writing need at least {:.4g} GiB and activation_memory is {:.4g}: '
            'raise it, or use fewer layers or channels'.format(
                math.ceil(fixed / (1 << 30) * 1e4) / 1e4, limit_bytes / (1 << 30)
            )
        )
    cache = min(CACHE_BYTES, (limit_bytes - fixed) // 2) if stores else 0
    wanted = max(QUEUE_BYTES, QUEUE_STEPS * step_bytes)
    if stores and len(keeping) == len(plans):
        wanted = max(STORE_QUEUE_BYTES, step_bytes)
    queue = min(wanted, limit_bytes - fixed - cache)
    return MemoryPlan(queue, cache // max(stores, 1), fixed + cache + queue, step_bytes)


def may_fill(plans: Sequence[Plan]) -> bool:
    """
    Tell whether filling files with zeros first saves time.

    :param plans: of one subject
    :return: True if the system's cache will hold them all until their samples come
    """
    return output_bytes(plans) <= FILL_BYTES


def memory_line(plan: MemoryPlan, limit_bytes: int) -> str:
    """
    :param plan: a MemoryPlan
    :param limit_bytes: ``activation_memory`` in bytes
    :return: a line for the log
    """
    line = 'memory: up to {} for stitching and writing (activation_memory allows {}'.format(
        amount(plan.total), amount(limit_bytes)
    )
    if not plan.step:
        return line + ' for it)'  # a whole pass tells its tensors, and has a share of its own
    return line + '), besides {} of tensors in one step'.format(amount(plan.step))


def free_bytes(path: str) -> int:
    """
    :param path: a folder, which need not exist
    :return: bytes that are free on its disk
    """
    return shutil.disk_usage(_existing(path)).free


def _existing(path: str) -> str:
    """
    :param path: a folder that may be made later
    :return: the nearest folder above that exists
    """
    path = os.path.abspath(path)
    while not os.path.exists(path):
        path = os.path.dirname(path)
    return path


def _device(path: str) -> int:
    return os.stat(_existing(path)).st_dev
