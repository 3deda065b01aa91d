# -*- coding: utf-8 -*-
"""
How windows go to the unfinished maps: once for each layer, through a bounded queue.
"""

from typing import Dict, FrozenSet, Sequence, Set, Tuple

import numpy as np

from niftynet_activations.running.pipeline import Pipeline
from niftynet_activations.running.subject_maps import SubjectMaps


class WindowTaking(object):
    """
    The part of a run that takes windows, one after the other.

    :cvar one_subject: whether the run ends with the last window of its subject
    :ivar keys: output names of the layers of which maps are to be made
    """

    one_subject = False
    keys: Set[str]

    @property
    def unneeded(self) -> Dict[int, FrozenSet[Tuple[int, int, int]]]:
        """Image id -> starts of windows that are not expected."""
        raise NotImplementedError

    def add_windows(self, windows: Dict[str, np.ndarray], locations: np.ndarray) -> None:
        """
        :param windows: output name -> (batch, spatial axes ..., channels) float32
        :param locations: (batch, 7): NiftyNet's image id, then start x, y, z and end x, y, z in
            network-space voxels; a negative value is NiftyNet's stop mark, or fills up a batch
        :raises WriteError: if an earlier write failed
        """
        for position, place in enumerate(locations.tolist()):  # Python's numbers are the fast ones
            if min(place) < 0:
                continue
            image_id, along_x, along_y, along_z = place[:4]
            values = {key: each[position] for key, each in windows.items()}
            self.add_window(image_id, (along_x, along_y, along_z), values)

    def add_window(
        self, image_id: int, start: Tuple[int, int, int], windows: Dict[str, np.ndarray]
    ) -> None:
        """
        :param image_id: NiftyNet's
        :param start: where the window starts, network-space voxels
        :param windows: output name -> (spatial axes ..., channels) float32; kept until written
        :raises WriteError: if an earlier write failed
        """
        maps, pipeline = self._taking(image_id)
        if not maps.expects(start):
            return
        soon = not (self.one_subject and maps.awaits_one)
        for target in maps.targets:
            values = windows[target.key]
            job = target.job(start, values)
            pipeline.put(job, values.nbytes, maps.key(target), target.in_order, soon=soon)
        self.end_window(image_id, start)
        self.step()

    def add_part(
        self,
        image_id: int,
        start: Tuple[int, int, int],
        key: str,
        corner: Sequence[int],
        values: np.ndarray,
    ) -> None:
        """
        Take a part of a window that comes in parts, each sample once. When all parts have come,
        :meth:`end_window` is called.

        :param image_id: NiftyNet's
        :param start: where the window starts, network-space voxels
        :param key: output name
        :param corner: the part's first sample of the window, on the window's spatial axes
        :param values: (spatial axes ..., channels) float32; kept until written
        :raises WriteError: if an earlier write failed
        """
        maps, pipeline = self._taking(image_id)
        for target in maps.targets:
            if target.key == key:
                job = target.part_job(start, corner, values)
                pipeline.put(job, values.nbytes, maps.key(target), target.in_order)

    def end_window(self, image_id: int, start: Tuple[int, int, int]) -> None:
        """
        :param image_id: NiftyNet's
        :param start: where the window starts that has come, network-space voxels
        :raises WriteError: if an earlier write failed
        """
        raise NotImplementedError

    def step(self, doing: str = '') -> None:
        """
        Count one step of the progress.

        :param doing: what is under way, such as ``stage 2 of 3``
        """
        raise NotImplementedError

    def _taking(self, image_id: int) -> Tuple[SubjectMaps, Pipeline]:
        """The subject's maps, and the pipeline that takes windows into them."""
        raise NotImplementedError
