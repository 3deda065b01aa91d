# -*- coding: utf-8 -*-
"""
Everything that is worked out between building the graph and the first window.

Here what NiftyNet knows (the graph, the readers, the parameters) becomes the plans of an
:class:`niftynet_activations.run.ActivationRun`.
"""

import os
import tempfile
from typing import Any, Dict, List, NamedTuple, Optional, Sequence, Tuple

import numpy as np
from niftynet.io.misc_io import to_absolute_path

from niftynet_activations.alignment import Alignment
from niftynet_activations.capture import NetworkRecord
from niftynet_activations.checkpoint import Checkpoint
from niftynet_activations.errors import WriteError
from niftynet_activations.layer_geometry import LayerGeometries
from niftynet_activations.layer_list import layers_of_network
from niftynet_activations.made_with import file_state, graph_digests, image_state
from niftynet_activations.output import estimate, existing, naming, tables
from niftynet_activations.output.estimate import MemoryPlan
from niftynet_activations.output.folder import OutputFolder
from niftynet_activations.output.sidecar import fingerprint
from niftynet_activations.output.spec import MapSpec
from niftynet_activations.output.vectors import vector_spec
from niftynet_activations.plan import MapPlan, TablePlan, Windows, plan_map
from niftynet_activations.run import LOGGER, ActivationRun, SubjectPlan, source_images
from niftynet_activations.saved_layers import SavedLayer
from niftynet_activations.space import NetworkSpace
from niftynet_activations.subject_maps import Plan
from niftynet_activations.subjects import Subject, window_starts

GIB = 1 << 30
FLOAT_BYTES = 4
SCRATCH = 'NIFTYNET_ACTIVATIONS_SCRATCH'  # environment variable
MOVED = 1e-2  # mm; less is rounding

RunSettings = NamedTuple(
    'RunSettings',
    [
        ('options', Any),
        ('checkpoint', Checkpoint),
        ('network', str),
        ('postfix', str),
        ('save_seg_dir', str),
        ('sampling', str),  # 'grid' or 'resize'
        ('border', Tuple[int, ...]),
        ('batch', int),  # windows of a step
        ('preprocessing', Dict[str, Any]),  # state of what is done to images
    ],
)


def output_folder(settings: RunSettings) -> str:
    """
    :param settings: of the run
    :return: absolute path of the folder for the maps
    """
    if not settings.options.dir:
        return os.path.abspath(settings.save_seg_dir)
    return to_absolute_path(settings.options.dir, settings.checkpoint.model_dir)


def scratch_folder() -> Optional[str]:
    """
    :return: folder for the large scratch files, where the environment names one: absolute path
    """
    named = os.environ.get(SCRATCH)
    return os.path.abspath(named) if named else None


def check_writable(path: str, option: str) -> None:
    """
    :param path: a folder that will be written to, made if it is not there
    :param option: the option that names it
    :raises WriteError: if it is none, or cannot be written
    """
    try:
        os.makedirs(path, exist_ok=True)
        with tempfile.TemporaryFile(dir=path):
            pass
    except OSError as error:
        raise WriteError(
            "the folder '{}' cannot be written ({}): set {} to one that can".format(
                path, error.strerror, option
            )
        ) from error


def prepare_run(
    settings: RunSettings,
    record: NetworkRecord,
    layers: Sequence[SavedLayer],
    subjects: Sequence[Subject],
    spaces: Dict[int, NetworkSpace],
    geometries: LayerGeometries,
    alignments: Dict[int, Alignment],
) -> ActivationRun:
    """
    :param settings: of the run
    :param record: the network
    :param layers: the chosen ones
    :param subjects: all of the run
    :param spaces: image id -> the subject's network space
    :param geometries: of these layers
    :param alignments: image id -> alignment, empty for NiftyNet's own windows
    :return: ready to take windows
    :raises ActivationError: if something cannot be written as asked
    """
    path, scratch = output_folder(settings), scratch_folder()
    if scratch is not None:
        check_writable(scratch, SCRATCH)
    tables.read_rows(os.path.join(path, tables.ACTIVATIONS))  # one that is not ours is told now
    naming.check_distinct(
        [layer.name for layer in layers], [subject.name for subject in subjects], settings.postfix
    )
    computed = graph_digests([layer.fetched for layer in layers], record.image)
    plans = {
        subject.index: _plan_subject(
            settings,
            layers,
            subject,
            spaces[subject.index],
            geometries,
            alignments.get(subject.index),
            computed,
        )
        for subject in subjects
    }
    all_specs = [spec for subject in plans.values() for spec in _specs(subject)]
    made = existing.check_policy(settings.options.existing, path, all_specs)
    wanted = {id(spec) for spec in made}
    kept = [spec for spec in all_specs if id(spec) not in wanted]
    plans = {
        index: plan._replace(maps=[each for each in plan.maps if id(each.spec) in wanted])
        for index, plan in plans.items()
    }
    window = [max(sizes) for sizes in zip(*(subject.window for subject in subjects))]
    keys = {each.key for plan in plans.values() for each in plan.maps}
    step = sum(step_bytes(each, settings.batch, window) for each in layers if each.key in keys)
    memory = _check_sizes(settings, path, scratch, plans, step)
    for plan in plans.values():
        fill = estimate.may_fill(_specs(plan))
        plan.maps[:] = [_with_memory(each, memory.cache, fill) for each in plan.maps]
    return ActivationRun(
        plans,
        OutputFolder(path, scratch),
        memory.queue,
        [layer._asdict() for layer in layers_of_network(record)],
        None if _same(path, settings.save_seg_dir) else OutputFolder(settings.save_seg_dir),
        kept,
    )


def _same(path: str, other: str) -> bool:
    return os.path.realpath(path) == os.path.realpath(other)


def _plan_subject(
    settings: RunSettings,
    layers: Sequence[SavedLayer],
    subject: Subject,
    space: NetworkSpace,
    geometries: LayerGeometries,
    alignment: Optional[Alignment],
    computed: Dict[str, str],
) -> SubjectPlan:
    windows = _windows(settings, subject, alignment)
    _tell_of_another_place(subject, space)
    state = _state_of_subject(settings, subject, windows, space)
    maps: List[Plan] = []
    for layer in layers:
        info = _info(settings, layer, subject)
        values = computed[layer.fetched.name]
        made_with = fingerprint(dict(state, **info, channels=layer.channels, values=values))
        if layer.spatial.shape.ndims == 2:
            judged = dict(info, **geometries.judge_row(layer))
            maps.append(_plan_table(settings, layer, subject, judged, made_with))
        else:
            spec = _spec(settings, layer, subject, made_with)
            maps.append(_plan_layer(settings, layer, windows, geometries, space, spec, info))
    return SubjectPlan(subject.name, windows.starts, maps)


def _tell_of_another_place(subject: Subject, space: NetworkSpace) -> None:
    if space.moved > MOVED:
        LOGGER.warning(
            "subject '%s': NiftyNet takes another affine than the file's sform, and puts the "
            'segmentation up to %.3g mm away from the image; the maps lie on the image: %s',
            subject.name,
            space.moved,
            subject.image.file_path[0],
        )


def _windows(settings: RunSettings, subject: Subject, alignment: Optional[Alignment]) -> Windows:
    padding: Sequence[Any] = [below for below, _ in subject.padding]
    image: Sequence[Any] = subject.image_shape
    if alignment is not None:
        return Windows(alignment.starts, subject.window, alignment.shape, image, padding)
    starts = window_starts(subject, settings.sampling, settings.border)
    volume = subject.padded_shape
    if settings.sampling == 'resize':
        volume = subject.window
        zooms = [
            (after - 1) / (before - 1) if before > 1 else 1.0
            for before, after in zip(subject.padded_shape, subject.window)
        ]
        image = [(size - 1) * zoom + 1 for size, zoom in zip(subject.image_shape, zooms)]
        padding = [below * zoom for (below, _), zoom in zip(subject.padding, zooms)]
    return Windows(starts, subject.window, volume, image, padding)


def _plan_table(
    settings: RunSettings,
    layer: SavedLayer,
    subject: Subject,
    info: Dict[str, Any],
    made_with: str,
) -> TablePlan:
    spec = vector_spec(
        subject.name, layer.name, settings.postfix, _stored_channels(layer), made_with
    )
    return TablePlan(layer.key, spec, subject.window, info)


def _plan_layer(
    settings: RunSettings,
    layer: SavedLayer,
    windows: Windows,
    geometries: LayerGeometries,
    space: NetworkSpace,
    spec: Dict[str, Any],
    info: Dict[str, Any],
) -> MapPlan:
    return plan_map(
        layer.key,
        geometries.axes(layer, windows.size),
        geometries.spatial_axes,
        windows,
        space,
        spec,
        info,
        geometries.judge_over(layer, windows.volume, settings.options.grid == 'aligned'),
    )


def _spec(
    settings: RunSettings, layer: SavedLayer, subject: Subject, made_with: str
) -> Dict[str, Any]:
    options = settings.options
    return dict(
        subject=subject.name,
        layer=layer.name,
        postfix=settings.postfix,
        channels=tuple(_stored_channels(layer)),
        format=options.format,
        layout=options.layout,
        dtype=options.dtype,
        settings=made_with,
    )


def _stored_channels(layer: SavedLayer) -> List[int]:
    stored = layer.fetched.shape.as_list()[-1]
    return layer.channels if stored == len(layer.channels) else list(range(stored))


def _info(settings: RunSettings, layer: SavedLayer, subject: Subject) -> Dict[str, Any]:
    options = settings.options
    return dict(
        type=layer.type or None,
        tensor=layer.source.name,
        network=settings.network,
        checkpoint=settings.checkpoint.path,
        iteration=settings.checkpoint.iteration,
        source_images=list(source_images(subject.image)),
        resolution=options.resolution,
        reduce=options.reduce,
        stitch=options.stitch,
        grid=options.grid,
    )


def _state_of_subject(
    settings: RunSettings, subject: Subject, windows: Windows, space: NetworkSpace
) -> Dict[str, Any]:
    """What all stored values of a subject depend on, whatever the layer."""
    return dict(
        image_state(subject.image),
        windows=[windows.starts, list(windows.size), list(windows.volume), list(windows.padding)],
        weights=file_state(settings.checkpoint.path + '.index'),
        preprocessing=settings.preprocessing,
        placed=space.to_world.tolist(),
        shape=list(subject.image_shape),
        layout=settings.options.layout,
    )


def _check_sizes(
    settings: RunSettings,
    path: str,
    scratch: Optional[str],
    plans: Dict[int, SubjectPlan],
    step: int,
) -> MemoryPlan:
    """Tell the sizes of what will be written and held, and refuse what does not fit."""
    specs = [spec for subject in plans.values() for spec in _specs(subject)]
    for line in estimate.size_lines(specs):
        LOGGER.info(line)
    estimate.check_disk(path, specs, scratch)
    limit = int(settings.options.memory * GIB)
    memory = estimate.plan_memory(specs, step, limit)
    LOGGER.info(estimate.memory_line(memory, limit))
    return memory


def _specs(subject: SubjectPlan) -> List[MapSpec]:
    return [plan.spec for plan in subject.maps]


def step_bytes(layer: SavedLayer, batch: int, window: Sequence[int]) -> int:
    """
    :param layer: whose tensor is fetched
    :param batch: windows of a step
    :param window: its size in voxels, on x, y and z
    :return: bytes of the tensor; a size that the graph leaves open counts as the batch's, or as the
        window's longest
    """
    batch_size, *sizes = layer.fetched.shape.as_list()
    sizes = [size or max(window) for size in sizes]
    return int(np.prod([batch_size or batch] + sizes, dtype=np.int64)) * FLOAT_BYTES


def _with_memory(plan: Plan, cache_bytes: int, fill: bool) -> Plan:
    return plan._replace(spec=plan.spec._replace(cache_bytes=cache_bytes, fill=fill))
