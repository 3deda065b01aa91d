# -*- coding: utf-8 -*-
"""
The step of a run that makes NiftyNet's readers, without the subjects that NiftyNet cannot take.
"""

from typing import Callable, List, Sequence

from niftynet_activations.application.differences import ApplicationDifferences
from niftynet_activations.application.substitution import cuts_nothing
from niftynet_activations.hints import Parameters, Partitioner, Reader, Sections, Table
from niftynet_activations.host.file_list import UsableFiles
from niftynet_activations.host.image_checks import odd_images, odd_windows
from niftynet_activations.host.left_out import LeftOut
from niftynet_activations.host.no_files import check_has_files
from niftynet_activations.host.readers import ForgivingReader
from niftynet_activations.host.subjects import check_padding_mode, cut_window
from niftynet_activations.options import Options


class InputFiles(ApplicationDifferences):
    """The part of :class:`niftynet_activations.ActivationMixin` that deals with files."""

    # NiftyNet's objects
    readers: Sequence[Reader]
    data_param: Sections
    action: str
    options: Options
    # set in an inference run when its files are read
    _files: UsableFiles

    def _read_files(
        self,
        initialise: Callable[[Sections, Parameters, Partitioner], None],
        data_param: Sections,
        task_param: Parameters,
        data_partitioner: Partitioner,
    ) -> None:
        """Make the readers as NiftyNet does, with only the subjects that it can take."""
        check_padding_mode(getattr(self.net_param, 'volume_padding_mode', 'minimum'))
        fields = (self.activation_field,) + self.activation_joined
        sections = [name for field in fields for name in getattr(task_param, field)]
        check_has_files(data_param, sections)
        self._files = UsableFiles(data_partitioner, data_param, task_param, fields)

        def read() -> Reader:
            self.readers = []
            initialise(data_param, task_param, self._files)
            return self.readers[0]

        self._files.read(
            self._table,
            read,
            lambda: self.readers[0] if self.readers else None,
            self._odd_subjects,
        )
        self.readers = [ForgivingReader.beside(each) for each in self.readers]

    def _odd_subjects(self, reader: Reader) -> List[LeftOut]:
        odd = odd_images(reader, self.activation_field)
        if odd or self.activation_resizes(self.net_param) or cuts_nothing(self.options):
            return odd
        sizes = self.action_param.spatial_window_size or self.data_param
        return odd_windows(reader, cut_window(reader, sizes), self.activation_field)

    def _table(self) -> Table:
        """The table of the run's files, a ``pandas.DataFrame``."""
        phase = getattr(self.action_param, 'dataset_to_infer', None)
        return self._files.get_file_lists_by(phase=phase, action=self.action)[0]
