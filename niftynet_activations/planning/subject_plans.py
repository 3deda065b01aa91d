# -*- coding: utf-8 -*-
"""
The plans of one subject: a map in space, or a table of rows, for each chosen layer.
"""

from functools import partial
from typing import Dict, List, Optional, Sequence

from niftynet_activations.capturing.fetched_layers import SavedLayer
from niftynet_activations.exactness.layer_geometry import LayerGeometries
from niftynet_activations.hints import JsonObject
from niftynet_activations.host.image_place import first_file, lost_world
from niftynet_activations.host.log import LOGGER
from niftynet_activations.host.subjects import Subject
from niftynet_activations.planning.component_maps import (
    basis_of,
    name_of_map,
    stored_channels,
    told_of,
)
from niftynet_activations.planning.masked import without_unneeded
from niftynet_activations.planning.plan import (
    MapPlan,
    Plan,
    SubjectPlan,
    TablePlan,
    Windows,
    plan_map,
)
from niftynet_activations.planning.provenance import image_state
from niftynet_activations.planning.run_settings import RunSettings
from niftynet_activations.planning.window_grids import Alignment, windows_of
from niftynet_activations.space.network_space import NetworkSpace
from niftynet_activations.store.description import Known, MapDescription
from niftynet_activations.store.files import file_state
from niftynet_activations.store.sidecar import fingerprint
from niftynet_activations.store.spec import SpecKeys
from niftynet_activations.store.vectors import vector_spec

OWN_RESULT = ''  # key for NiftyNet's own result among tensor names, of which none is empty
MOVED = 1e-2  # mm; less is rounding


def plan_subject(
    settings: RunSettings,
    layers: Sequence[SavedLayer],
    subject: Subject,
    space: NetworkSpace,
    geometries: LayerGeometries,
    alignment: Optional[Alignment],
    computed: Dict[str, str],
) -> SubjectPlan:
    """
    :param settings: of the run
    :param layers: the chosen layers
    :param subject: a subject of the run
    :param space: its network space
    :param geometries: of these layers
    :param alignment: windows on an aligned grid; None for NiftyNet's own windows
    :param computed: tensor name -> digest of what its values depend on in the graph; under
        OWN_RESULT the digest of the network's results
    :return: the plan of all maps of the subject, whether or not they are there already
    :raises GeometryError: if a map has no sample
    :raises SelectionError: if a layer does not have the window's axes
    """
    windows = windows_of(settings, subject, alignment)
    _tell_of_another_place(subject, space)
    state = _state_of_subject(settings, subject, windows, space)
    if lost_world(*first_file(subject.image)):
        space = space.without_world()
    segmentation = fingerprint(dict(state, result=settings.result, values=computed[OWN_RESULT]))
    state = dict(state, layout=settings.options.layout)
    mask = None if settings.masks is None else settings.masks[subject.name]
    if mask is not None:
        state['mask'] = file_state(mask)
    maps: List[Plan] = []
    for layer in layers:
        told = _told(settings, layer, subject)
        values = computed[layer.fetched.name]
        made_with = fingerprint(dict(state, **told, channels=layer.channels, values=values))
        # raises for a key that sidecars do not have, now and not at the end of the run
        also = () if 'components' in told else layer.also
        known = MapDescription(also=also, **told)
        if layer.spatial.shape.ndims == 2:
            judged = known._replace(**geometries.judge_row(layer))
            maps.append(_plan_table(settings, layer, subject, judged, made_with))
        else:
            spec = _spec(settings, layer, subject, made_with)
            known = known._replace(file_axcodes=space.place.axcodes)
            plan = _plan_layer(settings, layer, windows, geometries, space, spec, known)
            maps.append(plan._replace(mask=mask))
    _tell_of_other_axes(subject, space, maps)
    planned = SubjectPlan(subject.name, windows.starts, maps, segmentation)
    # with the resize sampler the only window is needed; a whole pass finds unneeded parts itself
    parts = settings.sampling == 'grid' and settings.options.pass_ == 'windows'
    if parts and mask is not None and settings.options.segmentation == 'none':
        return without_unneeded(planned)
    return planned


def _tell_of_other_axes(subject: Subject, space: NetworkSpace, maps: Sequence[Plan]) -> None:
    for plan in maps:
        if not isinstance(plan, MapPlan) or plan.spec.place is None:
            continue
        axes, of_file = plan.spec.place.axcodes, space.place.axcodes
        if axes != of_file:
            LOGGER.info(
                "subject '%s': the axes of the maps point to %s, as the reader turns them, and "
                'those of the image file to %s: compare the two by their affines, not index by '
                'index, or choose activation_resolution = input',
                subject.name,
                ', '.join(axes),
                ', '.join(of_file),
            )
            return


def _tell_of_another_place(subject: Subject, space: NetworkSpace) -> None:
    if space.moved > MOVED:
        LOGGER.warning(
            "subject '%s': NiftyNet takes another affine than the file's sform, and puts the "
            'segmentation up to %.3g mm away from the image; the maps lie on the image: %s',
            subject.name,
            space.moved,
            subject.image.file_path[0],
        )


def _plan_table(
    settings: RunSettings,
    layer: SavedLayer,
    subject: Subject,
    description: MapDescription,
    made_with: str,
) -> TablePlan:
    spec = vector_spec(
        subject.name, layer.name, settings.postfix, stored_channels(layer), made_with
    )
    return TablePlan(layer.key, spec, subject.window, description)


def _plan_layer(
    settings: RunSettings,
    layer: SavedLayer,
    windows: Windows,
    geometries: LayerGeometries,
    space: NetworkSpace,
    spec: SpecKeys,
    description: MapDescription,
) -> MapPlan:
    used = basis_of(settings.bases, layer)
    return plan_map(
        layer.key,
        geometries.axes(layer, windows.size),
        geometries.spatial_axes,
        windows,
        space,
        spec,
        description,
        partial(geometries.judge_map, layer, windows.volume, settings.options.grid == 'aligned'),
        settings.options.stitch,
        settings.options.resolution == 'input',
        None if used is None else used.basis,
    )


def _spec(settings: RunSettings, layer: SavedLayer, subject: Subject, made_with: str) -> SpecKeys:
    options = settings.options
    used = basis_of(settings.bases, layer)
    return SpecKeys(
        subject=subject.name,
        layer=name_of_map(settings.bases, layer),
        postfix=settings.postfix,
        channels=tuple(stored_channels(layer) if used is None else range(used.basis.outputs)),
        format=options.format,
        layout=options.layout,
        dtype=options.dtype,
        settings=made_with,
    )


def _told(settings: RunSettings, layer: SavedLayer, subject: Subject) -> Known:
    options = settings.options
    used = basis_of(settings.bases, layer)
    told = Known(
        type=layer.type or None,
        tensor=layer.source.name,
        network=settings.network,
        checkpoint=settings.checkpoint.path,
        iteration=settings.checkpoint.iteration,
        source_images=[str(path) for path in subject.image.file_path],
        resolution=options.resolution,
        reduce=options.reduce,
        stitch=options.stitch,
        grid=options.grid,
        pass_=options.pass_,
    )
    if settings.interventions:
        told['interventions'] = list(settings.interventions)
    if used is not None:
        told.update(told_of(used))
    return told


def _state_of_subject(
    settings: RunSettings, subject: Subject, windows: Windows, space: NetworkSpace
) -> JsonObject:
    """What all stored values of a subject depend on, whatever the layer."""
    # digests show of a Python function inside the graph only its name
    changed = dict(interventions=list(settings.interventions)) if settings.interventions else {}
    return dict(
        image_state(subject.image),
        windows=[windows.starts, list(windows.size), list(windows.volume), list(windows.padding)],
        weights=file_state(settings.checkpoint.path + '.index'),
        preprocessing=settings.preprocessing,
        placed=space.to_world.tolist(),
        shape=list(subject.image_shape),
        **changed,
    )
