# -*- coding: utf-8 -*-
"""
The table of a run's files, without the subjects that NiftyNet cannot take.

NiftyNet reads all headers before the graph is built, and a header that it cannot take ends the run.
Here such a subject is removed from the table, and NiftyNet reads the others as if it was not there.

- *table*: NiftyNet's ``pandas.DataFrame`` with a column of subjects and one for each section.
"""

from typing import Callable, List, Optional, Sequence

from niftynet_activations.errors import ActivationError, InputError
from niftynet_activations.hints import (
    Attribute,
    Parameters,
    Partitioner,
    Reader,
    Sections,
    Table,
)
from niftynet_activations.host.caller import current_caller
from niftynet_activations.host.faults import numbers_fault, row_fault
from niftynet_activations.host.file_table import SUBJECT_COLUMN, is_complete, lacks
from niftynet_activations.host.left_out import LeftOut, log_left_out, message
from niftynet_activations.host.log import LOGGER


class UsableFiles(object):
    """
    Replaces NiftyNet's partitioner, which gives out the table of files.

    :param partitioner: NiftyNet's own
    :param data_param: NiftyNet's input sections
    :param task_param: values of the application's section
    :param fields: the options of that section that name the input sections which the network's
        image is made of; the first one gives the image's place in the world
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
        """
        Every other attribute of NiftyNet's partitioner; tables lack the rows of subjects that are
        left out.
        """
        found = getattr(self._partitioner, name)
        if SUBJECT_COLUMN not in getattr(found, 'columns', ()):
            return found
        gone = {each.subject for each in self.left_out}
        return found[[str(subject) not in gone for subject in found[SUBJECT_COLUMN]]]

    def get_file_lists_by(self, phase: Optional[str] = None, action: str = 'train') -> List[Table]:
        """
        :param phase: as NiftyNet's method has it: train, validation, inference, or all
        :param action: as NiftyNet's method has it
        :return: NiftyNet's tables without the rows of subjects that are left out
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
        """The table of all subjects, which NiftyNet takes where none has the phase."""
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
        :param subjects: to be left out from now on
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
                section for section in self._sections if lacks(table.iloc[position], section)
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
        :param begun: gives the reader of an attempt that failed after the headers were read, or
            None
        :param odd: gives the subjects of a reader that NiftyNet cannot take although it has read
            their headers
        :raises InputError: if no subject can be done
        :raises Exception: NiftyNet's error, where no subject is its cause
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
            except Exception:  # NiftyNet raises many kinds of errors
                found = self._at_fault(table(), begun())
                if not found:
                    raise
            if not found:
                return
            self.leave_out(found)

    def _some_left(self, table: Table) -> bool:
        return any(
            is_complete(table.iloc[position], self._sections) for position in range(len(table))
        )

    def _at_fault(self, table: Table, reader: Reader) -> List[LeftOut]:
        """Check each subject alone, after NiftyNet could not take all of them together."""
        found = []
        for position, name in enumerate(table[SUBJECT_COLUMN]):
            row = table.iloc[[position]]
            if is_complete(row.iloc[0], self._sections):
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
