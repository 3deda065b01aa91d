# -*- coding: utf-8 -*-
"""
The sampler of a whole pass: NiftyNet's engine asks for windows, and gets only the number of the
subject that is next.
"""

from typing import Dict, Iterator

import numpy as np
from niftynet.engine.image_window import LOCATION_FORMAT
from niftynet.engine.sampler_grid_v2 import GridSampler

from niftynet_activations.host.substitutes import layer_beside


class SubjectSampler(GridSampler):
    """A sampler that cuts no windows: it gives one location for each subject, with its image id."""

    @classmethod
    def beside(cls, sampler: GridSampler) -> 'SubjectSampler':
        """
        :param sampler: as NiftyNet's application has made it
        :return: a sampler of the same subjects
        """
        return layer_beside(cls, sampler, 'subject_sampler')

    def layer_op(self) -> Iterator[Dict[str, np.ndarray]]:
        """
        :return: NiftyNet's dictionaries, each of one window, here of zeros, and its location; the
            last one, filled with -1, is NiftyNet's stop mark
        """
        empty: Dict[str, np.ndarray] = {}
        for name in self.window.names:
            shape = [size or 1 for size in self.window.shapes[name]]
            empty[name] = np.zeros([1] + shape[1:], self.tf_dtypes[name].as_numpy_dtype)
        size = empty[self.window.names[0]].shape[1:4]
        for image_id in range(self.reader.num_subjects):
            if image_id in self.reader.passed_over:
                continue
            place = np.array([[image_id] + [0] * 3 + list(size)], np.int32)
            for _ in range(self.batch_size):
                yield _with_places(empty, place)
        end = {name: np.full_like(values, -1) for name, values in empty.items()}
        yield _with_places(end, np.full([1, 7], -1, np.int32))


def _with_places(windows: Dict[str, np.ndarray], place: np.ndarray) -> Dict[str, np.ndarray]:
    return dict(windows, **{LOCATION_FORMAT.format(name): place for name in windows})
