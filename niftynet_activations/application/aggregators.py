# -*- coding: utf-8 -*-
"""
NiftyNet's aggregators, changed so that a segmentation gets its name only when it is complete.

An aggregator puts NiftyNet's own result together from windows, by NiftyNet's ``decode_batch``. The
activation maps are not put together here, but in ``stitching/``.
"""

import contextlib
from typing import Dict, Iterator, Optional, Sequence

import numpy as np
from niftynet.engine.windows_aggregator_base import ImageWindowsAggregator
from niftynet.engine.windows_aggregator_grid import GridSamplesAggregator
from niftynet.engine.windows_aggregator_resize import ResizeSamplesAggregator

from niftynet_activations.hints import DTypeLike, Table
from niftynet_activations.host.caller import current_caller
from niftynet_activations.host.substitutes import beside
from niftynet_activations.planning.window_grids import Alignment
from niftynet_activations.running.run import ActivationRun
from niftynet_activations.stitching.windows import extend


class _ActivationAggregator(ImageWindowsAggregator):
    """The part that both samplers' aggregators share."""

    output_path: str  # NiftyNet's
    activations: Optional[ActivationRun] = None
    _listed: int = 0  # subjects below this image id are in inferred.csv, or have no result

    @classmethod
    def beside(cls, aggregator: ImageWindowsAggregator) -> '_ActivationAggregator':
        """
        :param aggregator: as NiftyNet's application has made it
        :return: an aggregator that does the same
        """
        return beside(cls, aggregator)

    def _save_current_image(self) -> None:
        with self._set_aside():
            super(_ActivationAggregator, self)._save_current_image()

    def _save_current_csv(self) -> None:
        with self._set_aside():
            super(_ActivationAggregator, self)._save_current_csv()

    def log_inferred(self, subject_name: str, filename: str) -> None:
        if self.activations is None:
            super(_ActivationAggregator, self).log_inferred(subject_name, filename)
            return
        hidden = self.output_path
        self.list_kept(self.image_id)
        self.output_path = self.activations.segmentation.publish(filename)
        self.activations.has_result(self.image_id, filename)
        if not current_caller().shared:
            super(_ActivationAggregator, self).log_inferred(subject_name, filename)
        self.output_path = hidden

    def list_kept(self, before: Optional[int] = None) -> None:
        """
        List kept subjects, which were complete before the run, in NiftyNet's ``inferred.csv``.

        :param before: list only those with a lower image id; all where it is not given
        """
        if self.activations is None or current_caller().shared:
            return
        hidden, self.output_path = self.output_path, self.activations.segmentation.folder
        end = self.reader.num_subjects if before is None else before
        for image_id in range(self._listed, end):
            name = self.activations.kept_subjects.get(image_id)
            if name:
                subject = self.reader.get_subject_id(image_id)
                super(_ActivationAggregator, self).log_inferred(subject, name)
        self._listed = max(end, self._listed)
        self.output_path = hidden

    @contextlib.contextmanager
    def _set_aside(self) -> Iterator[None]:
        """Have NiftyNet write into a hidden folder, until it logs the file as complete."""
        if self.activations is None or self.input_image is None:
            yield
            return
        final = self.output_path
        with self.activations.segmentation.writing(
            self.reader.get_subject_id(self.image_id)
        ) as self.output_path:
            try:
                yield
            finally:
                self.output_path = final


class GridActivationAggregator(_ActivationAggregator, GridSamplesAggregator):
    """
    The aggregator of the grid sampler's windows.

    :ivar alignments: image id -> its reference volume and windows, with ``activation_grid =
        aligned``; empty otherwise
    """

    alignments: Dict[int, Alignment]

    @classmethod
    def beside(cls, aggregator: ImageWindowsAggregator) -> 'GridActivationAggregator':
        """
        :param aggregator: as NiftyNet's application has made it
        :return: an aggregator that does the same, for NiftyNet's own windows
        """
        made = beside(cls, aggregator)
        made.alignments = {}
        return made

    def _initialise_empty_image(
        self, image_id: int, n_channels: int, dtype: DTypeLike = float
    ) -> np.ndarray:
        empty = super(GridActivationAggregator, self)._initialise_empty_image(
            image_id, n_channels, dtype
        )
        if self.alignments:
            self._plain_shape = empty.shape
            empty = extend(empty, list(self.alignments[int(image_id)].shape))
        return empty

    def _save_current_image(self) -> None:
        if self.alignments and self.image_out:
            along_x, along_y, along_z = self._plain_shape[:3]
            for key, image in self.image_out.items():
                self.image_out[key] = image[:along_x, :along_y, :along_z]
        super(GridActivationAggregator, self)._save_current_image()

    @staticmethod
    def whole_location(image_id: int, result: np.ndarray) -> np.ndarray:
        """
        :param image_id: NiftyNet's number of the subject
        :param result: of the padded volume, (x, y, z, channels)
        :return: (1, 7) NiftyNet's location of it, as if it were a window: image id, first corner,
            end
        """
        return np.array([[image_id, 0, 0, 0] + list(result.shape[:3])])

    @contextlib.contextmanager
    def nothing_cropped(self) -> Iterator[None]:
        """In the body of a ``with`` block no border is cut off: a whole volume comes, no window."""
        border: Sequence[int] = self.window_border
        self.window_border: Sequence[int] = ()
        try:
            yield
        finally:
            self.window_border = border

    def end_whole(self) -> None:
        """Save the volume that came last, which is complete, and free it."""
        self._save_current_image()
        self._save_current_csv()
        self._image_id = None  # so that NiftyNet does not save it again
        self.image_out: Dict[str, np.ndarray] = {}
        self.csv_out: Dict[str, Table] = {}


class ResizeActivationAggregator(_ActivationAggregator, ResizeSamplesAggregator):
    """The aggregator of the resize sampler's windows, one a subject."""

    @staticmethod
    def whole_location(image_id: int, result: np.ndarray) -> np.ndarray:
        """
        :param image_id: NiftyNet's number of the subject
        :param result: of the resized volume
        :return: (1, 7) NiftyNet's location of it, of which it uses only the image id
        """
        return np.array([[image_id] + [0] * 6])

    @contextlib.contextmanager
    def nothing_cropped(self) -> Iterator[None]:
        """Change nothing: NiftyNet adds the border to a resized volume, in a whole pass too."""
        yield

    def end_whole(self) -> None:
        """Do nothing: NiftyNet saves a resized volume when it comes."""
