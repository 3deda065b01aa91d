# -*- coding: utf-8 -*-
"""
NiftyNet's segmentation application, which also saves activation maps.

Only inference differs: the network's layers are recorded while NiftyNet builds the graph, the
chosen tensors join NiftyNet's network outputs, and an aggregator beside NiftyNet's own stitches
them. The segmentation goes NiftyNet's own way throughout.
"""

import os
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

from niftynet.application.segmentation_application import SegmentationApplication
from niftynet.engine.application_variables import NETWORK_OUTPUT
from niftynet.engine.signal import SESS_FINISHED, SESS_STARTED

from niftynet_activations.application.aggregators import (
    GridActivationAggregator,
    ResizeActivationAggregator,
)
from niftynet_activations.application.preparation import prepare_run
from niftynet_activations.application.samplers import AlignedGridSampler
from niftynet_activations.application.whole import SubjectSampler, WholePasses
from niftynet_activations.capturing.fetched_layers import SavedLayer, choose_layers
from niftynet_activations.capturing.recording import record_layers
from niftynet_activations.errors import GeometryError, InputError, OptionError
from niftynet_activations.exactness.layer_geometry import LayerGeometries
from niftynet_activations.exactness.reference_volume import ReferenceShapes
from niftynet_activations.host.checkpoint import find_checkpoint
from niftynet_activations.host.log import LOGGER
from niftynet_activations.host.readers import (
    UNREADABLE,
    ForgivingReader,
    ForgivingResizeSampler,
    ReadableFiles,
    check_shapes,
    message,
)
from niftynet_activations.host.run_settings import RunSettings, check_writable, output_folder
from niftynet_activations.host.subjects import (
    Subject,
    describe_subjects,
    network_space,
    spatial_axes_of,
)
from niftynet_activations.looking.after_run import (
    RunSummaries,
    check_has_maps,
    filled_box,
    label_files,
    without_subjects,
    write_summaries,
)
from niftynet_activations.options import OPTIONS, parse_options
from niftynet_activations.planning.provenance import preprocessing_state
from niftynet_activations.planning.window_grids import Alignment, align
from niftynet_activations.running.run import ActivationRun
from niftynet_activations.space.network_space import NetworkSpace


class ActivationApplication(SegmentationApplication):
    """
    What ``net_run -a niftynet_activations.app`` runs.

    :param net_param: values of [NETWORK]
    :param action_param: values of [INFERENCE] (or [TRAINING], [EVALUATION])
    :param action: NiftyNet's name of the action
    :raises OptionError: if one of this package's options has a value that is not allowed
    """

    def __init__(self, net_param: Any, action_param: Any, action: str) -> None:
        super(ActivationApplication, self).__init__(net_param, action_param, action)
        self.options: Optional[Any] = None
        self._layers: List[SavedLayer] = []
        self._fetched: List[SavedLayer] = []  # those of which a map is to be made
        self._receivers: Tuple[Callable, ...] = ()
        self._files: Optional[ReadableFiles] = None
        self._summaries: Optional[RunSummaries] = None
        self._whole: Optional[WholePasses] = None
        if self.is_inference:
            self.options = parse_options(
                {name: getattr(action_param, name, OPTIONS[name].default) for name in OPTIONS}
            )

    def initialise_dataset_loader(
        self, data_param=None, task_param=None, data_partitioner=None
    ) -> None:
        """
        Make the readers as NiftyNet does, and keep the files of sections that they leave out.

        :param data_param: NiftyNet's input sections
        :param task_param: values of [SEGMENTATION]
        :param data_partitioner: NiftyNet's
        :raises InputError: if no subject's image can be read
        """
        initialise = super(ActivationApplication, self).initialise_dataset_loader
        if not self.is_inference:
            initialise(data_param, task_param, data_partitioner)
            return
        self._files = ReadableFiles(data_partitioner, task_param.image)
        try:
            initialise(data_param, task_param, self._files)
            check_shapes(self.readers[0])
        except UNREADABLE:
            if not self._files.leave_out_unreadable(self._table(), data_param, task_param):
                raise
            initialise(data_param, task_param, self._files)
        self.readers = [ForgivingReader.beside(each) for each in self.readers]

    def _table(self) -> Any:
        """The table of the run's files, a ``pandas.DataFrame``."""
        phase = getattr(self.action_param, 'dataset_to_infer', None)
        return self._files.get_file_lists_by(phase=phase, action=self.action)[0]

    def initialise_grid_aggregator(self) -> None:
        super(ActivationApplication, self).initialise_grid_aggregator()
        self.output_decoder = GridActivationAggregator.beside(self.output_decoder)

    def initialise_resize_aggregator(self) -> None:
        super(ActivationApplication, self).initialise_resize_aggregator()
        self.output_decoder = ResizeActivationAggregator.beside(self.output_decoder)

    def initialise_grid_sampler(self) -> None:
        super(ActivationApplication, self).initialise_grid_sampler()
        if self.is_inference and self.options.grid == 'aligned':
            LOGGER.info(
                'activation_grid = aligned: the segmentation may differ from that of net_segment '
                "near the upper ends of the volume, where the windows' places are others"
            )
            self.sampler = [[AlignedGridSampler.beside(each) for each in self.sampler[0]]]
        if self.is_inference and self.options.segmentation != 'windows':
            self.sampler = [[SubjectSampler.beside(each) for each in self.sampler[0]]]

    def initialise_resize_sampler(self) -> None:
        if self.is_inference and self.options.computed == 'whole':
            raise OptionError(
                'activation_pass = whole is not there yet for window_sampling = resize, where the '
                'window holds the whole image: use activation_pass = windows'
            )
        super(ActivationApplication, self).initialise_resize_sampler()
        if self.is_inference:
            self.sampler = [[ForgivingResizeSampler.beside(each) for each in self.sampler[0]]]

    def connect_data_and_network(self, outputs_collector=None, gradients_collector=None) -> None:
        """
        Build the graph as NiftyNet does, and choose the tensors to fetch beside its own.

        :param outputs_collector: NiftyNet's
        :param gradients_collector: NiftyNet's
        :raises ActivationError: if the maps cannot be made or written as asked
        """
        connect = super(ActivationApplication, self).connect_data_and_network
        if not self.is_inference:
            connect(outputs_collector, gradients_collector)
            return
        settings = self._run_settings()
        check_writable(settings.save_seg_dir, 'save_seg_dir')
        with record_layers(self.net) as record:
            connect(outputs_collector, gradients_collector)
        if self.options.segmentation != 'windows':
            # what is not fetched is not computed: the segmentation comes from the whole pass
            del outputs_collector.output_vars['window']
        self._layers = choose_layers(record, self.options)
        if self._layers:
            window = self.sampler[0][0].window
            subjects = describe_subjects(self.readers[0], window)
            axes = spatial_axes_of(window)
            modalities = record.image.shape.as_list()[-1]
            references = ReferenceShapes(self, subjects[0].window, axes, modalities)
            geometries = LayerGeometries(record, self._layers, axes, references)
            alignments: Dict[int, Alignment] = {}
            # a resized volume is one window, which starts at 0 whatever the grid
            if self.options.grid == 'aligned' and settings.sampling == 'grid':
                periods = geometries.common_periods(self._layers)
                alignments = align(subjects, settings.border, periods, references.find)
                self.sampler[0][0].alignments = alignments
                self.output_decoder.alignments = alignments
            spaces = {each.index: network_space(each, settings.sampling) for each in subjects}
            if self.options.computed == 'whole':
                self._whole = WholePasses(self, settings, references, axes, modalities)
                periods = self._periods(geometries)
                for subject in subjects:
                    self._whole.add(subject, periods)
            self._summaries = self._plan_summaries(settings, subjects, spaces, axes, alignments)
            run = prepare_run(
                settings,
                record,
                self._layers,
                subjects,
                spaces,
                geometries,
                alignments,
                self._whole,
            )
            self.output_decoder.activations = run
            if self._whole is None:
                self._fetched = [layer for layer in self._layers if layer.key in run.keys]
            self._listen_to_session(run)
        for layer in self._fetched:
            outputs_collector.add_to_collection(
                var=layer.fetched,
                name=layer.key,
                average_over_devices=False,
                collection=NETWORK_OUTPUT,
            )

    def interpret_output(self, batch_output: Dict[str, Any]) -> bool:
        """
        :param batch_output: NiftyNet's network outputs of one step, and the chosen layers'
        :return: whether more windows are expected
        """
        if self._whole is not None:
            goes_on = self._run_whole(batch_output['location'])
            if self.options.segmentation != 'windows':
                return goes_on
        elif self._layers:
            windows = {layer.key: batch_output[layer.key] for layer in self._fetched}
            self.output_decoder.activations.add_windows(windows, batch_output['location'])
        return super(ActivationApplication, self).interpret_output(batch_output)

    def _run_whole(self, location: Any) -> bool:
        """
        :param location: NiftyNet's, of one step
        :return: whether more subjects are expected
        """
        goes_on = True
        for place in location:
            if (place < 0).any():
                goes_on = False
                continue
            image_id = int(place[0])
            try:
                result = self._whole.run(image_id, self._volume, self.output_decoder.activations)
            except InputError:
                continue  # logged by the reader, which also keeps it for the end
            if result is not None:
                self.output_decoder.take_whole(image_id, result)
        if not goes_on and self.options.segmentation == 'whole':
            self.output_decoder.end_whole()
        return goes_on

    def _volume(self, image_id: int) -> Any:
        """The volume that windows would be cut from, (x, y, z, 1, modality)."""
        return self.readers[0](idx=image_id)[1]['image']

    def _periods(self, geometries: LayerGeometries) -> List[int]:
        try:
            return geometries.common_periods(self._layers)
        except GeometryError:
            return [1, 1, 1]  # the graph tells the place of none of the layers

    def stop(self) -> None:
        """
        End the application as NiftyNet does.

        :raises ActivationError: if the run ended before every map was written, which NiftyNet
            itself may have taken for a normal end, if a table or the report cannot be made, or
            if subjects were left out because they could not be read
        """
        SegmentationApplication.stop()
        unread = self.readers[0].left_out if self.is_inference else {}
        if self._layers:
            for image_id in unread:
                self.output_decoder.activations.leave_out(image_id)
            self.output_decoder.activations.check_complete()
            names = [each.subject for each in unread.values()]
            for path in write_summaries(without_subjects(self._summaries, names)):
                LOGGER.info('wrote %s', path)
        if self.is_inference and (unread or self._files.left_out):
            raise InputError(message(self._files.left_out + list(unread.values())))

    def _listen_to_session(self, run: ActivationRun) -> None:
        # NiftyNet's signals hold their receivers weakly: keep them as long as the application
        self._receivers = (lambda _, **__: run.start(), lambda _, **__: self._end_session(run))
        SESS_STARTED.connect(self._receivers[0])
        SESS_FINISHED.connect(self._receivers[1])

    def _end_session(self, run: ActivationRun) -> None:
        run.close()
        unread = self.readers[0].left_out
        if len(unread) == self.readers[0].num_subjects:
            # TensorFlow's own error, under way now, would bury the reason in its lines
            raise InputError(message(list(unread.values()), 'no subject'))

    def _plan_summaries(
        self,
        settings: RunSettings,
        subjects: Sequence[Subject],
        spaces: Dict[int, NetworkSpace],
        axes: Sequence[int],
        alignments: Dict[int, Alignment],
    ) -> RunSummaries:
        boxes, affines = {}, {}
        for subject in subjects:
            aligned = alignments.get(subject.index)
            volume = aligned.shape if aligned else subject.padded_shape
            space = spaces[subject.index]
            affines[subject.name] = space.file_affine
            border = settings.border
            if self._whole is not None and self.options.segmentation == 'whole':
                border = self._whole.rim(subject.index)
            if settings.sampling == 'grid':
                boxes[subject.name] = filled_box(space, volume, border, range(len(axes)))
        layers = [layer.name for layer in self._layers if layer.spatial.shape.ndims > 2]
        check_has_maps(self.options.tables, layers)
        return RunSummaries(
            folder=output_folder(settings),
            postfix=settings.postfix,
            layers=layers,
            sources=label_files(
                self.options.tables,
                self._table(),
                [subject.name for subject in subjects],
                lambda name: os.path.join(
                    settings.save_seg_dir, 'window_seg_{}_{}.nii.gz'.format(name, settings.postfix)
                ),
            ),
            boxes=boxes,
            affines=affines,
            probabilities=self.segmentation_param.output_prob,
            report=self.options.report,
        )

    def _run_settings(self) -> RunSettings:
        return RunSettings(
            options=self.options,
            checkpoint=find_checkpoint(),
            network=self.net_param.name,
            postfix=self.action_param.output_postfix,
            save_seg_dir=self.action_param.save_seg_dir,
            sampling='resize' if self.net_param.window_sampling == 'resize' else 'grid',
            border=tuple(self.action_param.border),
            batch=self.net_param.batch_size,
            preprocessing=preprocessing_state(self.net_param),
        )
