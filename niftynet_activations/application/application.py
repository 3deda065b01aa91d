# -*- coding: utf-8 -*-
"""
NiftyNet's segmentation application, which also saves activation maps.

Only inference differs: the network's layers are recorded while NiftyNet builds the graph, the
chosen tensors join NiftyNet's network outputs, and an aggregator beside NiftyNet's own stitches
them. The segmentation goes NiftyNet's own way throughout.
"""

from typing import Any, Callable, Dict, List, Optional, Tuple

from niftynet.application.segmentation_application import SegmentationApplication
from niftynet.engine.application_variables import NETWORK_OUTPUT
from niftynet.engine.signal import SESS_FINISHED, SESS_STARTED

from niftynet_activations.application.aggregators import (
    GridActivationAggregator,
    ResizeActivationAggregator,
)
from niftynet_activations.application.ending import tell_of_nan, tell_the_end
from niftynet_activations.application.final_batch import (
    as_left_out,
    check_some_left,
    dropped_subjects,
    windowless,
)
from niftynet_activations.application.preparation import prepare_run
from niftynet_activations.application.samplers import AlignedGridSampler
from niftynet_activations.application.summaries import RunSpaces, plan_summaries
from niftynet_activations.application.whole import SubjectSampler, WholePasses
from niftynet_activations.capturing.fetched_layers import SavedLayer, choose_layers
from niftynet_activations.capturing.recording import record_layers
from niftynet_activations.errors import GeometryError, InputError, OptionError
from niftynet_activations.exactness.layer_geometry import LayerGeometries
from niftynet_activations.exactness.reference_volume import ReferenceShapes
from niftynet_activations.host.checkpoint import check_checkpoint, find_checkpoint
from niftynet_activations.host.file_list import UsableFiles
from niftynet_activations.host.folders import check_writable
from niftynet_activations.host.image_checks import odd_images, odd_windows
from niftynet_activations.host.image_place import tell_of_places
from niftynet_activations.host.left_out import LeftOut, log_left_out, message
from niftynet_activations.host.log import LOGGER
from niftynet_activations.host.networks import making_network
from niftynet_activations.host.no_files import check_has_files
from niftynet_activations.host.readers import ForgivingReader, ForgivingResizeSampler
from niftynet_activations.host.subjects import (
    Subject,
    check_border,
    check_padding_mode,
    cut_window,
    describe_subjects,
    network_space,
    spatial_axes_of,
)
from niftynet_activations.looking.after_run import (
    RunSummaries,
    without_segmentation,
    without_subjects,
    write_summaries,
)
from niftynet_activations.options import OPTIONS, parse_options
from niftynet_activations.planning.kept_subjects import result_state
from niftynet_activations.planning.outline import Outline
from niftynet_activations.planning.provenance import preprocessing_state
from niftynet_activations.planning.run_settings import RunSettings
from niftynet_activations.planning.window_grids import Alignment, align


class ActivationApplication(SegmentationApplication):
    """
    What ``net_run -a niftynet_activations.app`` runs.

    :param net_param: values of [NETWORK]
    :param action_param: values of [INFERENCE] (or [TRAINING], [EVALUATION])
    :param action: NiftyNet's name of the action
    :raises OptionError: if one of this package's options has a value that is not allowed
    """

    # NiftyNet's objects
    readers: Any
    sampler: Any
    output_decoder: Any
    # of an inference run, from its beginning, its files and its graph on
    options: Any = None
    outline: Optional[Outline] = None
    _files: UsableFiles
    _settings: RunSettings
    _summaries: RunSummaries

    def __init__(self, net_param: Any, action_param: Any, action: str) -> None:
        super(ActivationApplication, self).__init__(net_param, action_param, action)
        self._layers: List[SavedLayer] = []
        self._fetched: List[SavedLayer] = []  # those of which a map is to be made
        self._receivers: Tuple[Callable, ...] = ()
        self._subjects: List[Subject] = []
        self._whole: Optional[WholePasses] = None
        if self.is_inference:
            self.options = parse_options(
                {name: getattr(action_param, name, OPTIONS[name].default) for name in OPTIONS}
            )

    def initialise_dataset_loader(
        self, data_param: Any = None, task_param: Any = None, data_partitioner: Any = None
    ) -> None:
        """
        Make the readers as NiftyNet does, and keep the files of sections that they leave out.

        :param data_param: NiftyNet's input sections
        :param task_param: values of [SEGMENTATION]
        :param data_partitioner: NiftyNet's
        :raises InputError: if no subject's image can be read, or there is none
        """
        initialise = super(ActivationApplication, self).initialise_dataset_loader
        if not self.is_inference:
            initialise(data_param, task_param, data_partitioner)
            return
        check_padding_mode(self.net_param.volume_padding_mode)
        check_has_files(data_param, task_param.image)
        self._files = UsableFiles(data_partitioner, data_param, task_param)

        def read() -> Any:
            self.readers = None
            initialise(data_param, task_param, self._files)
            return self.readers[0]

        self._files.read(
            self._table,
            read,
            lambda: self.readers[0] if self.readers else None,
            self._odd_subjects,
        )
        self.readers = [ForgivingReader.beside(each) for each in self.readers]

    def _odd_subjects(self, reader: Any) -> List[LeftOut]:
        odd = odd_images(reader)
        if odd or self.net_param.window_sampling == 'resize':
            return odd
        sizes = self.action_param.spatial_window_size or self.data_param
        return odd_windows(reader, cut_window(reader, sizes))

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
        if self.is_inference and self.options.segmentation == 'windows':
            sampler = self.sampler[0][0]
            check_border(sampler.window, sampler.border_size)
        if self.is_inference and self.options.grid == 'aligned':
            LOGGER.info(
                'activation_grid = aligned: the segmentation may differ from that of net_segment '
                "near the upper ends of the volume, where the windows' places are others"
            )
            self.sampler = [[AlignedGridSampler.beside(each) for each in self.sampler[0]]]
        if self.is_inference and self.options.segmentation != 'windows':
            self.sampler = [[SubjectSampler.beside(each) for each in self.sampler[0]]]

    def initialise_resize_sampler(self) -> None:
        if self.is_inference and self.options.pass_ == 'whole':
            raise OptionError(
                'activation_pass = whole is not there yet for window_sampling = resize, where the '
                'window holds the whole image: use activation_pass = windows'
            )
        super(ActivationApplication, self).initialise_resize_sampler()
        if self.is_inference:
            self.sampler = [[ForgivingResizeSampler.beside(each) for each in self.sampler[0]]]

    def initialise_network(self) -> None:
        """
        :raises OptionError: if the network that the config names cannot be imported or made
        """
        with making_network(self.net_param.name):
            super(ActivationApplication, self).initialise_network()

    def connect_data_and_network(
        self, outputs_collector: Any = None, gradients_collector: Any = None
    ) -> None:
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
        settings = self._settings = self._run_settings()
        check_writable(settings.save_seg_dir, 'save_seg_dir')
        window = self.sampler[0][0].window
        subjects = self._subjects = describe_subjects(self.readers[0], window)
        tell_of_places(subjects)
        with record_layers(self.net) as record:
            connect(outputs_collector, gradients_collector)
        if self.options.segmentation != 'windows':
            # what is not fetched is not computed: the segmentation comes from the whole pass
            del outputs_collector.output_vars['window']
        image: Any = record.image
        check_checkpoint(
            settings.checkpoint,
            self.net_param,
            self.segmentation_param.num_classes,
            image.shape.as_list()[-1],
        )
        self._layers = choose_layers(record, self.options)
        if self._layers:
            axes = spatial_axes_of(window)
            modalities = image.shape.as_list()[-1]
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
            if self.options.pass_ == 'whole':
                self._whole = WholePasses(self, settings, references, axes, modalities)
                for subject in subjects:
                    self._whole.add(subject, self._periods(geometries))
            self._summaries = plan_summaries(
                settings if self._whole is None else settings._replace(border=self._whole.rim()),
                record,
                self._layers,
                RunSpaces(subjects, spaces, axes, alignments),
                self._table(),
                self.segmentation_param.output_prob,
            )
            run, self.outline = prepare_run(
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
            self.readers[0].passed_over = set(run.kept_subjects)
            if self._whole is None:
                self._fetched = [layer for layer in self._layers if layer.key in run.keys]
        check_some_left(settings, self._subjects_to_do())
        log_left_out(as_left_out(settings, dropped_subjects(settings, self._subjects_to_do())))
        self._listen_to_session()
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
            goes_on = self._run_whole(self._whole, batch_output['location'])
            if self.options.segmentation != 'windows':
                return goes_on
        elif self._layers:
            windows = {layer.key: batch_output[layer.key] for layer in self._fetched}
            self.output_decoder.activations.add_windows(windows, batch_output['location'])
        return super(ActivationApplication, self).interpret_output(batch_output)

    def _run_whole(self, whole: WholePasses, location: Any) -> bool:
        """
        :param whole: the passes of the run
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
                result = whole.run(image_id, self._volume, self.output_decoder.activations)
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

    def maps_of_run(self) -> List[Tuple[str, str]]:
        """
        :return: subject and layer of each map of the run, those that were complete before too
        """
        return self.output_decoder.activations.maps_of_run() if self._layers else []

    def stop(self) -> None:
        """
        End the application as NiftyNet does.

        :raises ActivationError: if the run ended before every map was written, which NiftyNet
            itself may have taken for a normal end, if a table or the report cannot be made, or
            if subjects were left out
        """
        SegmentationApplication.stop()
        if not self.is_inference:
            return
        unread, settings = self.readers[0].left_out, self._settings
        dropped = dropped_subjects(settings, self._subjects_to_do())
        if self._layers:
            run = self.output_decoder.activations
            for image_id in list(unread) + windowless(settings, dropped):
                run.leave_out(image_id)
            run.check_complete()
            names = [each.subject for each in unread.values()]
            results = max(0, self.readers[0].num_subjects - len(unread) - len(dropped))
            tell_of_nan(settings, run.maps_of_run())
            made = write_summaries(
                without_segmentation(
                    without_subjects(self._summaries, names), [each.name for each in dropped]
                )
            )
            tell_the_end(run, self._summaries.folder, made, results)
        left_out = self._files.left_out + list(unread.values()) + as_left_out(settings, dropped)
        if left_out:
            raise InputError(message(left_out))

    def _subjects_to_do(self) -> List[Subject]:
        """Those of which windows come: not complete already, and readable as far as is known."""
        reader = self.readers[0]
        return [
            each
            for each in self._subjects
            if each.index not in reader.left_out and each.index not in reader.passed_over
        ]

    def _listen_to_session(self) -> None:
        # NiftyNet's signals hold their receivers weakly: keep them as long as the application
        self._receivers = (
            lambda _, **__: self._start_session(),
            lambda _, **__: self._end_session(),
        )
        SESS_STARTED.connect(self._receivers[0])
        SESS_FINISHED.connect(self._receivers[1])

    def _start_session(self) -> None:
        if self._layers:
            run = self.output_decoder.activations
            run.start()
            if run.nothing_left:
                # NiftyNet takes it for the end of the images
                raise EOFError('nothing is to be done')

    def _end_session(self) -> None:
        kept = False
        if self._layers:
            run = self.output_decoder.activations
            kept = bool(run.kept_subjects)
            if run.started:
                self.output_decoder.list_kept()
            run.close()
        if self.readers[0].none_can_be_read():
            # TensorFlow's own error, under way now, would bury the reason in its lines
            unread = list(self.readers[0].left_out.values())
            raise InputError(message(unread, 'not all subjects' if kept else 'no subject'))

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
            final_batch=self.net_param.smaller_final_batch_mode.lower(),
            preprocessing=preprocessing_state(self.net_param),
            result=result_state(self.action_param, self.segmentation_param),
        )
