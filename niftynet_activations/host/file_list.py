# -*- coding: utf-8 -*-
"""
The table of a run's files, less the subjects that NiftyNet cannot take.

NiftyNet reads all headers before the graph is built, and one that it cannot take ends the run.
Here such a subject is taken from the table, and NiftyNet reads the others as if it was not there.

- *table*: NiftyNet's ``pandas.DataFrame`` with a column of subjects and one for each section.
"""

from typing import Callable, List, Mapping, Optional, Sequence

from niftynet.io.image_reader import ImageReader
from niftynet.io.misc_io import resolve_file_name
from niftynet.layer.base_layer import DataDependentLayer
from niftynet.layer.histogram_normalisation import HistogramNormalisationLayer
from niftynet.utilities import histogram_standardisation
from niftynet.utilities.niftynet_global_config import NiftyNetGlobalConfig

from niftynet_activations.errors import ActivationError, InputError
from niftynet_activations.hints import (
    Attribute,
    InputImage,
    Json,
    Parameters,
    Partitioner,
    Reader,
    Row,
    Sections,
    Table,
)
from niftynet_activations.host.caller import current_caller
from niftynet_activations.host.image_checks import header_fault, image_fault
from niftynet_activations.host.left_out import (
    LeftOut,
    cannot_read,
    error_words,
    log_left_out,
    message,
)
from niftynet_activations.host.log import LOGGER
from niftynet_activations.host.quiet import critical_lines

SUBJECT_COLUMN = 'subject_id'


class UsableFiles(object):
    """
    Stands in the place of NiftyNet's partitioner, which hands out the table of files.

    :param partitioner: NiftyNet's
    :param data_param: NiftyNet's input sections
    :param task_param: values of the application's section
    :param fields: of these, those that name the sections that the network's image is made of; the
        first one gives the world
    :ivar left_out: list of LeftOut
    """

    def __init__(
        self,
        partitioner: Partitioner,
        data_param: Sections,
        task_param: Parameters,
        fields: Sequence[str] = ('image',),
    ) -> None:
        self._partitioner = partitioner
        self._data_param, self._task_param = data_param, task_param
        self._sections = [name for field in fields for name in getattr(task_param, field)]
        self._field = fields[0]
        self._told_of_phase = False
        self.left_out: List[LeftOut] = []

    def __getattr__(self, name: str) -> Attribute:
        """What else NiftyNet's partitioner has; tables less the rows of subjects left out."""
        found = getattr(self._partitioner, name)
        if SUBJECT_COLUMN not in getattr(found, 'columns', ()):
            return found
        gone = {each.subject for each in self.left_out}
        return found[[str(subject) not in gone for subject in found[SUBJECT_COLUMN]]]

    def get_file_lists_by(self, phase: Optional[str] = None, action: str = 'train') -> List[Table]:
        """
        :param phase: NiftyNet's
        :param action: NiftyNet's
        :return: NiftyNet's tables, less the rows of subjects left out
        :raises InputError: if the split file names subjects of that phase, and none has a file
        """
        gone = {each.subject for each in self.left_out}
        tables = self._partitioner.get_file_lists_by(phase=phase, action=action)
        tables = [self._of_phase(phase) if table is None else table for table in tables]
        if phase and tables[0].empty:
            raise InputError(
                "dataset_to_infer = {}: none of the subjects that '{}' lists with that phase is "
                'among the images of [{}]; set it to all, or correct the subjects in that '
                'file'.format(phase, self._partitioner.data_split_file, '], ['.join(self._sections))
            )
        names = [str(name) for name in tables[0][SUBJECT_COLUMN]]
        wanted = set(current_caller().choose(names)) - gone
        return [table[[str(name) in wanted for name in table[SUBJECT_COLUMN]]] for table in tables]

    def _of_phase(self, phase: Optional[str]) -> Table:
        """All subjects, as NiftyNet takes them where none has the phase."""
        if not self._told_of_phase:
            self._told_of_phase = True
            LOGGER.warning(
                "dataset_to_infer = %s: '%s' lists no subject with that phase, and NiftyNet takes "
                'all subjects',
                phase,
                self._partitioner.data_split_file,
            )
        return self._partitioner.all_files

    def leave_out(self, subjects: Sequence[LeftOut]) -> None:
        """
        :param subjects: not to be handed out any longer
        """
        self.left_out.extend(subjects)
        log_left_out(subjects)

    def leave_out_incomplete(self, table: Table) -> None:
        """
        Leave out subjects that have a file in some of the image's sections and not in all. NiftyNet
        passes over them too, without a word.

        :param table: what :meth:`get_file_lists_by` gave
        """
        found = []
        for position, name in enumerate(table[SUBJECT_COLUMN]):
            lacking = [
                section for section in self._sections if _lacks(table.iloc[position], section)
            ]
            if 0 < len(lacking) < len(self._sections):
                reason = 'it has no file in section [{}], and NiftyNet takes all or none'.format(
                    '], ['.join(lacking)
                )
                found.append(LeftOut(str(name), reason))
        self.leave_out(found)

    def read(
        self,
        table: Callable[[], Table],
        read: Callable[[], Reader],
        begun: Callable[[], Optional[Reader]],
        odd: Callable[[Reader], List[LeftOut]],
    ) -> None:
        """
        Let NiftyNet read the headers of the subjects that it can take.

        :param table: gives the run's table as it is by then
        :param read: lets NiftyNet read the headers, and gives its reader
        :param begun: gives the reader of an attempt that failed behind the headers, or None
        :param odd: gives the subjects of a reader that NiftyNet cannot take all the same
        :raises InputError: if no subject can be done
        :raises Exception: NiftyNet's, where no subject is to blame
        """
        self.leave_out_incomplete(table())
        found = self.left_out
        while True:
            if found and not self._some_left(table()):
                raise InputError(message(self.left_out, 'no subject'))
            try:
                found = odd(read())
            except ActivationError:
                raise
            except Exception:  # NiftyNet has no one error for what it cannot take
                found = self._at_fault(table(), begun())
                if not found:
                    raise
            if not found:
                return
            self.leave_out(found)

    def _some_left(self, table: Table) -> bool:
        return any(
            _is_complete(table.iloc[position], self._sections) for position in range(len(table))
        )

    def _at_fault(self, table: Table, reader: Reader) -> List[LeftOut]:
        """Look at each subject alone, after NiftyNet could not take all of them."""
        found = []
        for position, name in enumerate(table[SUBJECT_COLUMN]):
            row = table.iloc[[position]]
            if _is_complete(row.iloc[0], self._sections):
                fault = row_fault(
                    row, self._sections, self._data_param, self._task_param, self._field
                )
                if fault:
                    found.append(LeftOut(str(name), fault))
        if found or reader is None:
            return found
        names = [str(reader.get_subject_id(index)) for index in range(reader.num_subjects)]
        faults = [numbers_fault(reader, images) for images in reader.output_list]
        return [LeftOut(*each) for each in zip(names, faults) if each[1]]


def row_fault(
    row: Row,
    sections: Sequence[str],
    data_param: Sections,
    task_param: Parameters,
    field: str = 'image',
) -> str:
    """
    :param row: the table of one subject, which has a file in each section
    :param sections: those that the network's image is made of
    :param data_param: NiftyNet's input sections
    :param task_param: values of the application's section
    :param field: of these, the one that names the image's sections
    :return: why NiftyNet cannot take the subject's headers; empty where it can
    """
    home = NiftyNetGlobalConfig().get_niftynet_home_folder()
    paths, loaders = [], []
    for section in sections:
        given = str(row[section].iloc[0])
        try:
            paths.append(resolve_file_name(given, ('.', home)))
        except IOError:
            return "'{}' of section [{}] is not there".format(given, section)
        loaders.append(_value(data_param[section], 'loader'))
    fault = header_fault(paths, loaders)
    if fault:
        return fault
    with critical_lines() as said:
        try:
            reader = ImageReader((field,)).initialise(data_param, task_param, row)
            (images,) = reader.output_list
            return image_fault(images[field])
        except Exception as error:  # NiftyNet's many kinds
            return cannot_read(', '.join(paths), error, said)


def numbers_fault(reader: Reader, images: Mapping[str, InputImage]) -> str:
    """
    :param reader: NiftyNet's, whose layers learn from all images (histogram landmarks)
    :param images: of a subject, field -> NiftyNet's image object
    :return: why the layers cannot learn from this subject alone; empty where they can
    """
    for image in images.values():
        fault = unreadable_file(image)
        if fault:
            return fault
    for layer in reader.preprocessors:
        with critical_lines() as said:
            try:
                _learn(layer, images)
            except Exception as error:  # NiftyNet's and numpy's
                return "'{}' cannot be normalised by its histogram ({})".format(
                    ', '.join(images[layer.image_name].file_path), error_words(error, said)
                )
    return ''


def unreadable_file(image: InputImage) -> str:
    """
    :param image: NiftyNet's image object
    :return: which of its files cannot be read to the end, and why; empty where all can
    """
    with critical_lines() as said:
        try:
            image.get_data()
            return ''
        except Exception as error:  # each of NiftyNet's loaders has its own kinds
            reason = error
    for number, path in enumerate(image.file_path):
        with critical_lines() as said_of_file:
            try:
                type(image)(
                    (path,),
                    (image.name[number],),
                    (image.interp_order[number],),
                    (image.output_pixdim[number],),
                    (image.output_axcodes[number],),
                    (image.loader[number],),
                ).get_data()
            except Exception as error:
                return cannot_read(path, error, said_of_file)
    return cannot_read(', '.join(image.file_path), reason, said)


def _learn(layer: DataDependentLayer, images: Mapping[str, InputImage]) -> None:
    """What the layer's own training does with one subject, without its writing to a file."""
    if isinstance(layer, HistogramNormalisationLayer) and not layer.is_ready():
        histogram_standardisation.create_mapping_from_multimod_arrayfiles(
            [images],
            layer.image_name,
            layer.modalities,
            set(layer.modalities) - set(layer.mapping),
            layer.cutoff,
            layer.binary_masking_func,
        )


def _is_complete(row: Row, sections: Sequence[str]) -> bool:
    return not any(_lacks(row, section) for section in sections)


def _lacks(row: Row, section: str) -> bool:
    value = row.get(section)
    return not (isinstance(value, str) and value)


def _value(section: Parameters, name: str) -> Json:
    values = section if isinstance(section, dict) else vars(section)
    return values.get(name) or None
