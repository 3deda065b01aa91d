# -*- coding: utf-8 -*-
"""
What an application decides between its graph and its first window, put together.
"""

from typing import Dict, List, NamedTuple, Optional, Sequence

from niftynet_activations.application.preparation import prepare_run
from niftynet_activations.application.summaries import RunSpaces, plan_summaries
from niftynet_activations.application.whole import WholePasses
from niftynet_activations.capturing.fetched_layers import SavedLayer
from niftynet_activations.capturing.recording import NetworkRecord
from niftynet_activations.errors import GeometryError, OptionError
from niftynet_activations.exactness.layer_geometry import LayerGeometries
from niftynet_activations.exactness.reference_volume import ReferenceShapes
from niftynet_activations.hints import Application, Table, Tensor
from niftynet_activations.host.subjects import Subject, network_space, spatial_axes_of
from niftynet_activations.looking.after_run import RunSummaries
from niftynet_activations.planning.outline import Outline
from niftynet_activations.planning.run_settings import RunSettings
from niftynet_activations.planning.window_grids import Alignment, align
from niftynet_activations.running.run import ActivationRun


class PlannedRun(NamedTuple):
    """All that is known of a run before its first window."""

    run: ActivationRun
    alignments: Dict[int, Alignment]  # image id -> alignment; empty for NiftyNet's own windows
    whole: Optional[WholePasses]  # None: windows
    summaries: RunSummaries
    outline: Outline  # what the run will do, for its log and the dry run


def plan_run(
    application: Application,
    settings: RunSettings,
    record: NetworkRecord,
    layers: Sequence[SavedLayer],
    subjects: Sequence[Subject],
    file_list: Table,
) -> PlannedRun:
    """
    :param application: whose run it is
    :param settings: of the run
    :param record: its network
    :param layers: the chosen ones, at least one
    :param subjects: all of the run
    :param file_list: NiftyNet's table of files
    :return: what is going to happen
    :raises ActivationError: if the maps cannot be made or written as asked
    """
    options = settings.options
    window = application.activation_sampler().window
    axes = spatial_axes_of(window, application.activation_field)
    image: Tensor = record.image
    modalities = image.shape.as_list()[-1]
    references = ReferenceShapes(application, subjects[0].window, axes, modalities)
    geometries = LayerGeometries(record, layers, axes, references)
    alignments: Dict[int, Alignment] = {}
    # a resized volume is one window, which starts at 0 whatever the grid
    if options.grid == 'aligned' and settings.sampling == 'grid':
        periods = geometries.common_periods(layers)
        alignments = align(subjects, settings.border, periods, references.find)
    spaces = {each.index: network_space(each, settings.sampling) for each in subjects}
    whole = None
    if options.pass_ == 'whole':
        _check_image_alone(application)
        whole = WholePasses(application, settings, references, axes, modalities)
        for subject in subjects:
            whole.add(subject, _periods(geometries, layers))
    summaries = plan_summaries(
        settings if whole is None else settings._replace(border=whole.rim()),
        record,
        layers,
        RunSpaces(subjects, spaces, axes, alignments),
        file_list,
        bool(getattr(application.activation_task(), 'output_prob', False)),
        application.activation_labels,
    )
    run, outline = prepare_run(
        settings, record, layers, subjects, spaces, geometries, alignments, whole
    )
    return PlannedRun(run, alignments, whole, summaries, outline)


def _check_image_alone(application: Application) -> None:
    if not application.activation_image_alone:
        raise OptionError(
            'activation_pass = whole: what the network of this application computes depends on '
            'more than the image; use activation_pass = windows'
        )


def _periods(geometries: LayerGeometries, layers: Sequence[SavedLayer]) -> List[int]:
    try:
        return geometries.common_periods(layers)
    except GeometryError:
        return [1, 1, 1]  # the graph tells the place of none of the layers
