# -*- coding: utf-8 -*-
"""
Preparing a run when the graph is built and before the first window: the plans of all subjects,
memory, disk space, and what is complete already. The result is an
:class:`niftynet_activations.running.run.ActivationRun`.
"""

import os
from typing import Dict, List, Optional, Sequence, Tuple

import numpy as np

from niftynet_activations.application.network_facts import NetworkFacts
from niftynet_activations.application.run_places import RunPlaces
from niftynet_activations.application.unkept_maps import without_maps
from niftynet_activations.capturing.fetched_layers import SavedLayer
from niftynet_activations.errors import OptionError
from niftynet_activations.host.caller import current_caller
from niftynet_activations.host.folders import check_writable
from niftynet_activations.host.log import LOGGER
from niftynet_activations.host.subjects import Subject
from niftynet_activations.looking.after_run import RunSummaries
from niftynet_activations.planning import disk_and_memory
from niftynet_activations.planning.component_maps import check_bases, name_of_map
from niftynet_activations.planning.disk_and_memory import MemoryPlan
from niftynet_activations.planning.kept_subjects import kept_subjects, state_of_run
from niftynet_activations.planning.outline import (
    WINDOWS,
    Outline,
    Way,
    joined,
    way_lines,
    windows_way,
)
from niftynet_activations.planning.plan import MapPlan, SubjectPlan
from niftynet_activations.planning.run_settings import (
    RunSettings,
    output_folder,
)
from niftynet_activations.planning.subject_plans import plan_subject
from niftynet_activations.planning.window_grids import Alignment, windows_of
from niftynet_activations.running.run import ActivationRun
from niftynet_activations.store import existing, naming, tables
from niftynet_activations.store.folder import SCRATCH_VARIABLE, OutputFolder, scratch_folder
from niftynet_activations.store.formats.contract import WritingMemory
from niftynet_activations.store.spec import MapSpec
from niftynet_activations.whole_pass.plan import OVERHEAD

GIB = 1 << 30
FLOAT_BYTES = 4
LEAST_QUEUE = 16 << 20  # bytes of windows that wait to be written beside a whole pass
STITCHING = 0.25  # share of activation_memory for stitching and writing beside a whole pass


def prepare_run(
    network: NetworkFacts, places: RunPlaces, summaries: Optional[RunSummaries] = None
) -> Tuple[ActivationRun, Outline]:
    """
    :param network: facts of the built network
    :param places: where the windows or passes of the run lie; whole passes are planned here
    :param summaries: tables, features and report to be made of the maps; None for nothing
    :return: a run that is ready to take windows, and its outline, which is logged here
    :raises ActivationError: if something cannot be written as asked
    """
    settings, layers, subjects = places.settings, places.layers, places.subjects
    whole = places.whole
    check_bases(settings.bases, layers, settings.options.reduce)
    path, scratch, shared = output_folder(settings), scratch_folder(), current_caller().shared
    if scratch is not None:
        check_writable(scratch, SCRATCH_VARIABLE)
    # raises now if activations.csv has other columns, not after the run
    tables.check_columns(os.path.join(path, tables.ACTIVATIONS))
    naming.check_distinct(
        [name_of_map(settings.bases, layer) for layer in layers],
        [subject.name for subject in subjects],
        settings.postfix,
    )
    plans = plan_subjects(network, places)
    if summaries is not None and not summaries.keeps_maps:
        plans = {index: without_maps(plan, summaries) for index, plan in plans.items()}
    all_specs = [spec for subject in plans.values() for spec in _specs(subject)]
    made = existing.check_policy(settings.options.existing, path, all_specs)
    wanted = {spec.key for spec in made}
    kept = [spec for spec in all_specs if spec.key not in wanted]
    plans = {
        index: plan._replace(maps=[each for each in plan.maps if each.spec.key in wanted])
        for index, plan in plans.items()
    }
    alone = kept_subjects(settings, plans, kept)
    if shared and settings.options.existing == 'skip':
        current_caller().planned(state_of_run(settings, layers, network.digests()))
    for index in alone:
        LOGGER.info(
            "subject '%s' is complete and was made with the same settings: it is not read",
            plans[index].name,
        )
    keys = {each.key for plan in plans.values() for each in plan.maps}
    memory, limit = plan_memory(places, plans)
    maps = [each for subject in plans.values() for each in subject.maps]
    disk_and_memory.check_disk(path, maps, scratch)
    done = [each for each in subjects if each.index not in alone]
    ways: List[Way] = []
    if whole is not None:
        left = settings.options.memory * GIB - memory.total
        ways += whole.plan(keys, [each.index for each in done], left)
    if settings.options.segmentation == WINDOWS or whole is None:
        ways += [
            _windows_way(settings, each, places.alignments.get(each.index), plans[each.index])
            for each in done
        ]
    outline = _outline(settings, path, plans, memory, limit, ways, alone)
    for line in outline.lines:
        LOGGER.info(line)
    run = ActivationRun(
        {index: _with_memory(plan, memory.cache) for index, plan in plans.items()},
        OutputFolder(path, scratch, shared),
        memory.queue,
        network.inventory(),
        _segmentation_folder(settings, path, shared),
        kept,
        alone,
        whole.steps if whole is not None else 0,
        settings.options.segmentation != 'none',
    )
    return run, outline


def plan_subjects(network: NetworkFacts, places: RunPlaces) -> Dict[int, SubjectPlan]:
    """
    :param network: facts of the built network
    :param places: where the windows or passes of the run lie
    :return: image id -> plan of the subject's maps
    """
    whole, spaces = places.whole, places.spaces
    if whole is not None:
        return {
            each.index: whole.plan_subject(each.index, spaces[each.index])
            for each in places.subjects
        }
    computed, plans = network.digests(), {}
    for each in places.subjects:
        planned = plan_subject(
            places.settings,
            places.layers,
            each,
            spaces[each.index],
            network.geometries,
            places.alignments.get(each.index),
            computed,
        )
        plans[each.index] = network.application.activation_planned(each.index, planned)
    return plans


def plan_memory(places: RunPlaces, plans: Dict[int, SubjectPlan]) -> Tuple[MemoryPlan, int]:
    """
    :param places: where the windows or passes of the run lie; whole passes get most of the memory
    :param plans: image id -> plan of the subject's maps
    :return: memory for stitching and writing, and its limit in bytes
    :raises OptionError: if the limit is too small
    """
    maps = [each for subject in plans.values() for each in subject.maps]
    settings = places.settings
    limit = settings.options.memory * GIB
    if places.whole is not None:
        limit = _share_of_stitching(plans, limit)
        return disk_and_memory.plan_memory(maps, 0, int(limit)), int(limit)
    window = [max(sizes) for sizes in zip(*(subject.window for subject in places.subjects))]
    keys = {each.key for each in maps}
    fetched = [each for each in places.layers if each.key in keys]
    step = sum(step_bytes(each, settings.batch, window) for each in fetched)
    return disk_and_memory.plan_memory(maps, step, int(limit)), int(limit)


def _share_of_stitching(plans: Dict[int, SubjectPlan], limit: float) -> float:
    """
    Bytes for stitching and writing beside a whole pass: a share of the memory, but at least as much
    as they need.
    """
    maps = [each for subject in plans.values() for each in subject.maps]
    least = disk_and_memory.least_bytes(maps)
    if not maps:
        return 0.0
    share = max(limit * STITCHING, least + LEAST_QUEUE)
    if share + OVERHEAD > limit:
        raise OptionError(
            'activation_memory = {:g}: beside a whole pass stitching and writing need {:.2f} GiB, '
            'and graphs and threads {:.2f}: raise it, or choose fewer layers or channels'.format(
                limit / GIB, share / GIB, OVERHEAD / GIB
            )
        )
    return share


def outline_of_windows(settings: RunSettings, subjects: Sequence[Subject]) -> Outline:
    """
    :param settings: of a run that makes no map
    :param subjects: all subjects of the run
    :return: what the run will do
    """
    ways = joined([_windows_way(settings, each) for each in subjects])
    lines = ['no map is made'] + [line for way in ways for line in way_lines(way)]
    folder = output_folder(settings)
    return Outline(folder, settings.options.segmentation, [], ways, 0, 0, None, [], lines)


def _windows_way(
    settings: RunSettings,
    subject: Subject,
    alignment: Optional[Alignment] = None,
    plan: Optional[SubjectPlan] = None,
) -> Way:
    windows = windows_of(settings, subject, alignment)
    computed = int(np.prod([len(set(each)) for each in windows.starts]))
    if plan is not None:
        computed -= len(plan.unneeded)
    return windows_way(subject.name, windows.volume, windows.starts, windows.size, computed)


def _outline(
    settings: RunSettings,
    path: str,
    plans: Dict[int, SubjectPlan],
    memory: MemoryPlan,
    limit: int,
    ways: Sequence[Way],
    kept: Dict[int, str],
) -> Outline:
    maps = [each for subject in plans.values() for each in subject.maps]
    together = joined(ways)
    lines = disk_and_memory.size_lines(maps) + [disk_and_memory.memory_line(memory, limit)]
    lines += [line for way in together for line in way_lines(way)]
    return Outline(
        path,
        settings.options.segmentation,
        disk_and_memory.map_outlines(maps),
        together,
        disk_and_memory.output_bytes(maps),
        disk_and_memory.scratch_bytes(maps),
        dict(stitching=memory.total, step=memory.step, limit=limit),
        [plans[index].name for index in kept],
        lines,
    )


def _segmentation_folder(settings: RunSettings, path: str, shared: bool) -> Optional[OutputFolder]:
    if settings.options.segmentation == 'none' or _same(path, settings.save_seg_dir):
        return None
    return OutputFolder(settings.save_seg_dir, shared=shared)


def _same(path: str, other: str) -> bool:
    return os.path.realpath(path) == os.path.realpath(other)


def _specs(subject: SubjectPlan) -> List[MapSpec]:
    return [plan.spec for plan in subject.maps]


def step_bytes(layer: SavedLayer, batch: int, window: Sequence[int]) -> int:
    """
    :param layer: the layer that is fetched
    :param batch: windows in a batch
    :param window: size of a window in voxels, (x, y, z)
    :return: bytes of the layer's tensor for one batch. A size that the graph leaves open counts as
        that of the batch, or as the longest axis of the window
    """
    batch_size, *sizes = layer.fetched.shape.as_list()
    sizes = [size or max(window) for size in sizes]
    return int(np.prod([batch_size or batch] + sizes, dtype=np.int64)) * FLOAT_BYTES


def _with_memory(plan: SubjectPlan, cache_bytes: int) -> SubjectPlan:
    memory = WritingMemory(cache_bytes, disk_and_memory.may_fill(plan.maps))
    return plan._replace(
        maps=[
            each._replace(memory=memory) if isinstance(each, MapPlan) else each
            for each in plan.maps
        ]
    )
