# -*- coding: utf-8 -*-
"""
Subclasses of NiftyNet's reader and resize sampler that go on when a subject's numbers cannot be
used.

NiftyNet reads and prepares a subject's numbers when it cuts the subject's windows; where that
fails it ends the run. Here such a subject is *left out*, with a reason. The windows of the others
do not change.

A subject is *passed over* if nothing is to be done for it, since its maps are complete. Subjects
that are passed over or left out keep their image id (NiftyNet's number in its list).
"""

from copy import deepcopy
from typing import Dict, Mapping, Optional, Set, Tuple

import numpy as np
from niftynet.engine.sampler_resize_v2 import ResizeSampler
from niftynet.io.image_reader import ImageReader

from niftynet_activations.errors import InputError
from niftynet_activations.hints import Argument, Sections, Table
from niftynet_activations.host.faults import unreadable_file
from niftynet_activations.host.file_table import SUBJECT_COLUMN
from niftynet_activations.host.left_out import LeftOut, error_words, log_left_out, message
from niftynet_activations.host.substitutes import layer_beside

# NiftyNet's names of preprocessing layers -> the options of [NETWORK] that turn them on
OPTIONS_OF_LAYERS = {
    'pad': 'volume_padding_size',
    'mean_var_norm': 'whitening',
    'hist_norm_layer': 'normalisation',
    'rbg_norm_layer': 'rgb_normalisation',
}


class ForgivingReader(ImageReader):
    """
    NiftyNet's reader, which leaves out subjects whose numbers cannot be read or prepared.

    :ivar left_out: image id -> LeftOut
    :ivar passed_over: image ids of subjects that are not read at all
    """

    left_out: Dict[int, LeftOut]
    passed_over: Set[int]
    _file_list: Table  # NiftyNet's

    @classmethod
    def beside(cls, reader: ImageReader) -> 'ForgivingReader':
        """
        :param reader: as NiftyNet's application has made it
        :return: a reader of the same files
        """
        forgiving = layer_beside(cls, reader, 'image_reader')
        forgiving.left_out = {}
        forgiving.passed_over = set()
        return forgiving

    def layer_op(
        self, idx: Optional[int] = None, shuffle: bool = True
    ) -> Tuple[int, Dict[str, np.ndarray], Optional[Dict[str, Argument]]]:
        """
        :param idx: image id, or None for the next one
        :param shuffle: NiftyNet's
        :return: image id, field -> (x, y, z, 1, modality) array, field -> interpolation order; as
            NiftyNet's reader at the end
        :raises InputError: the image of this id cannot be used, or, without an id, no image can
        """
        while True:
            while idx is None and self.current_id + 1 in self.passed_over:
                self.current_id += 1
            try:
                return super(ForgivingReader, self).layer_op(idx=idx, shuffle=shuffle)
            except Exception as error:  # loaders, NiftyNet and numpy raise many kinds
                found = self._leave_out(self.current_id if idx is None else int(idx), error)
                if idx is not None or self.none_can_be_read():
                    raise InputError(message([found], 'no subject')) from error

    def exchange(self, subject: str, sections: Sections, files: Mapping[str, str]) -> None:
        """
        Replace the only subject by another one whose images have the same headers.

        :param subject: its name
        :param sections: NiftyNet's input sections
        :param files: input section -> path
        """
        (images,) = self.output_list
        for field, image in images.items():
            names = self.input_sources[field]
            image.file_path = tuple(files[name] for name in names)
            image.loader = tuple(sections[name].loader for name in names)
        self._file_list = self._file_list.assign(**{SUBJECT_COLUMN: subject})
        self.current_id = -1
        self.left_out.clear()

    def none_can_be_read(self) -> bool:
        """
        :return: whether subjects were left out, and they are all that are not passed over
        """
        expected = self.num_subjects - len(self.passed_over)
        return bool(self.left_out) and len(self.left_out) == expected

    def _leave_out(self, image_id: int, error: Exception) -> LeftOut:
        found = LeftOut(str(self.get_subject_id(image_id)), self._reason(image_id, error))
        log_left_out([found])
        self.left_out[image_id] = found
        return found

    def _reason(self, image_id: int, error: Exception) -> str:
        images = self.output_list[image_id]
        for image in images.values():
            fault = unreadable_file(image)
            if fault:
                return fault
        paths = [path for image in images.values() for path in image.file_path]
        data, mask = {field: image.get_data() for field, image in images.items()}, None
        numbers = [values for values in data.values() if values.dtype.kind == 'f']
        nan = any(np.isnan(values).any() for values in numbers)
        option = ''
        for layer in map(deepcopy, self.preprocessors):
            try:
                data, mask = layer(data, mask)
            except Exception:  # the same error as before; here it shows which layer raises it
                option = OPTIONS_OF_LAYERS.get(layer.name, layer.name)
                break
        return "'{}'{} cannot be prepared{} ({})".format(
            ', '.join(paths),
            ', which holds NaN,' if nan else '',
            ' as {} asks'.format(option) if option else '',
            error_words(error),
        )


class ForgivingResizeSampler(ResizeSampler):
    """The resize sampler, which gives no window for a subject that is left out or passed over."""

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
        if idx is not None and int(idx) in self.reader.passed_over:
            return self._no_windows()
        try:
            return super(ForgivingResizeSampler, self).layer_op(idx)
        except InputError:
            # the reader has logged it, and keeps it for the message at the end
            return self._no_windows()

    def _no_windows(self) -> Dict[str, np.ndarray]:
        return {
            name: np.empty(
                [0] + [size or 1 for size in shape[1:]], self.tf_dtypes[name].as_numpy_dtype
            )
            for name, shape in self.shapes.items()
        }
