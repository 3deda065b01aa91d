# -*- coding: utf-8 -*-
"""
Images that cannot be read: their subjects are left out, and the others go on.

NiftyNet reads all headers before the graph is built, and each subject's numbers when its windows
are due; where either fails it ends the run. Here a subject whose header cannot be read is taken
from the file list, and one whose numbers cannot be read is passed over by the sampler. The
others' windows stay as they are. Each is logged when it is met, and an error names all of them
at the end of the run.

A subject is *left out* if one of its images is unreadable, and the *reason* is what reading said.
"""

import logging
import zlib
from typing import Any, Dict, Iterable, List, NamedTuple, Optional, Sequence, Tuple

import numpy as np
from nibabel.filebasedimages import ImageFileError
from nibabel.spatialimages import HeaderDataError, ImageDataError
from niftynet.engine.sampler_resize_v2 import ResizeSampler
from niftynet.io.image_loader import load_image_obj
from niftynet.io.image_reader import ImageReader

from niftynet_activations.errors import InputError
from niftynet_activations.host.substitutes import layer_beside

LOGGER = logging.getLogger('tensorflow')  # NiftyNet's
SUBJECT_COLUMN = 'subject_id'
# NiftyNet raises NotImplementedError where a header has too many or too few axes
UNREADABLE = (
    OSError,
    EOFError,
    ValueError,
    zlib.error,
    ImageFileError,
    ImageDataError,
    HeaderDataError,
    NotImplementedError,
)

LeftOut = NamedTuple('LeftOut', [('subject', str), ('path', str), ('reason', str)])


class ReadableFiles(object):
    """
    Stands in the place of NiftyNet's partitioner, which hands out the table of files.

    :param partitioner: NiftyNet's
    :param sections: of the config, those that the network's image is made of
    :ivar left_out: list of LeftOut
    """

    def __init__(self, partitioner: Any, sections: Sequence[str]) -> None:
        self._partitioner = partitioner
        self._sections = list(sections)
        self.left_out: List[LeftOut] = []

    def get_file_lists_by(self, phase: Optional[str] = None, action: str = 'train') -> List[Any]:
        """
        :param phase: NiftyNet's
        :param action: NiftyNet's
        :return: NiftyNet's tables (``pandas.DataFrame``), less the rows of subjects left out
        """
        gone = {each.subject for each in self.left_out}
        tables = self._partitioner.get_file_lists_by(phase=phase, action=action)
        return [
            table[[str(name) not in gone for name in table[SUBJECT_COLUMN]]] for table in tables
        ]

    def leave_out_unreadable(self, table: Any, data_param: Any, task_param: Any) -> bool:
        """
        Look at each subject alone, after NiftyNet could not read all of them.

        :param table: what :meth:`get_file_lists_by` gave
        :param data_param: NiftyNet's input sections
        :param task_param: values of [SEGMENTATION]
        :return: whether a subject was left out
        :raises InputError: if none can be read
        """
        before = len(self.left_out)
        for position, name in enumerate(table[SUBJECT_COLUMN]):
            row = table.iloc[[position]]
            if row[self._sections].isnull().values.any():
                continue  # NiftyNet itself passes over subjects that lack a file
            try:
                check_shapes(ImageReader(('image',)).initialise(data_param, task_param, row))
            except UNREADABLE as error:
                paths = [str(row[section].iloc[0]) for section in self._sections]
                self.left_out.append(left_out(str(name), paths, error))
        if self.left_out and len(self.left_out) == len(table):
            raise InputError(message(self.left_out, 'no subject'))
        return len(self.left_out) > before


class ForgivingReader(ImageReader):
    """
    NiftyNet's reader, which passes over subjects whose numbers cannot be read.

    :ivar left_out: image id -> LeftOut
    """

    left_out: Dict[int, LeftOut]

    @classmethod
    def beside(cls, reader: ImageReader) -> 'ForgivingReader':
        """
        :param reader: as NiftyNet's application has made it
        :return: a reader of the same files
        """
        forgiving = layer_beside(cls, reader, 'image_reader')
        forgiving.left_out = {}
        return forgiving

    def layer_op(self, idx: Optional[int] = None, shuffle: bool = True) -> Tuple[Any, Any, Any]:
        """
        :param idx: image id, or None for the next one
        :param shuffle: NiftyNet's
        :return: image id, field -> (x, y, z, 1, modality) array, field -> interpolation order; as
            NiftyNet's reader at the end
        :raises InputError: the image of this id cannot be read, or none of all
        """
        while True:
            try:
                return super(ForgivingReader, self).layer_op(idx=idx, shuffle=shuffle)
            except UNREADABLE as error:
                found = self._leave_out(self.current_id if idx is None else int(idx), error)
                if idx is not None or len(self.left_out) == self.num_subjects:
                    raise InputError(message([found], 'no subject')) from error

    def _leave_out(self, image_id: int, error: Exception) -> LeftOut:
        paths = [path for image in self.output_list[image_id].values() for path in image.file_path]
        found = left_out(str(self.get_subject_id(image_id)), paths, error)
        self.left_out[image_id] = found
        return found


class ForgivingResizeSampler(ResizeSampler):
    """The resize sampler, which gives no window for a subject whose numbers cannot be read."""

    @classmethod
    def beside(cls, sampler: ResizeSampler) -> 'ForgivingResizeSampler':
        """
        :param sampler: as NiftyNet's application has made it
        :return: a sampler with the same settings
        """
        return layer_beside(cls, sampler, 'forgiving_resize_sampler')

    def layer_op(self, idx: Optional[int] = None) -> Dict[str, np.ndarray]:
        """
        :param idx: image id
        :return: NiftyNet's dictionary of windows and their locations, maybe of none
        """
        try:
            return super(ForgivingResizeSampler, self).layer_op(idx)
        except InputError:
            # logged by the reader, which also keeps it for the end
            return {
                name: np.empty(
                    [0] + [size or 1 for size in shape[1:]], self.tf_dtypes[name].as_numpy_dtype
                )
                for name, shape in self.shapes.items()
            }


def check_shapes(reader: ImageReader) -> None:
    """
    :param reader: initialised
    :raises ValueError: if the images of one subject do not fit together
    """
    for images in reader.output_list:
        for image in images.values():
            assert image.shape


def left_out(subject: str, paths: Iterable[str], error: Exception) -> LeftOut:
    """
    Find the file that cannot be read, and log it.

    :param subject: the subject's name
    :param paths: of its images
    :param error: what reading them raised, which need not name the file
    :return: with the file and the reason; where each file alone can be read, with all of them
    """
    paths = list(paths)
    found = LeftOut(subject, ', '.join(paths), _one_line(error))
    for path in paths:
        try:
            np.asanyarray(load_image_obj(path).dataobj)
        except UNREADABLE as reason:
            found = LeftOut(subject, path, _one_line(reason))
            break
    LOGGER.error("subject '%s' is left out: '%s' cannot be read (%s)", *found)
    return found


def message(subjects: Sequence[LeftOut], lacking: str = '') -> str:
    """
    :param subjects: those left out
    :param lacking: what could not be done
    :return: one line
    """
    listed = '; '.join("'{}': '{}' ({})".format(*each) for each in subjects)
    return (
        '{} could be read, and there is neither a segmentation nor a map of what could not: {}; '
        'replace the file or take it from the input'.format(lacking or 'not all subjects', listed)
    )


def _one_line(error: BaseException) -> str:
    text = ' '.join(str(error).split())
    return '{}: {}'.format(type(error).__name__, text) if text else type(error).__name__
