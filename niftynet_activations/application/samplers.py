# -*- coding: utf-8 -*-
"""
Grid samplers that cut other windows than NiftyNet's.

With ``activation_grid = aligned`` the sampler reads as NiftyNet's does, extends the volume to the
reference volume, and cuts windows that start on multiples of the layers' common period. NiftyNet
makes the segmentation over the extended volume; it is cut back before saving. With
``activation_mask`` windows that no kept sample needs can be left out.
"""

from typing import Dict, FrozenSet, Iterable, Iterator, List, Optional, Sequence, Tuple

import numpy as np
from niftynet.engine.image_window import LOCATION_FORMAT
from niftynet.engine.sampler_grid_v2 import GridSampler

from niftynet_activations.host.fed_windows import Batch, cut_windows, stop_sign
from niftynet_activations.host.substitutes import layer_beside
from niftynet_activations.planning.plan import Start
from niftynet_activations.planning.window_grids import Alignment
from niftynet_activations.stitching.windows import extend


class AlignedGridSampler(GridSampler):
    """
    The grid sampler with other windows.

    :ivar alignments: image id -> alignment; set before the session starts
    """

    alignments: Dict[int, Alignment]

    @classmethod
    def beside(cls, sampler: GridSampler) -> 'AlignedGridSampler':
        """
        :param sampler: as NiftyNet's application has made it
        :return: a sampler with the same settings and other windows
        """
        made = layer_beside(cls, sampler, 'aligned_grid_sampler')
        made.alignments = {}
        return made

    def layer_op(self) -> Iterator[Dict[str, np.ndarray]]:
        """
        :return: NiftyNet's dictionaries, each of one window and its location; the last one, filled
            with -1, is NiftyNet's stop mark
        """
        names = self.window.names
        found: Batch = {}
        while True:
            image_id, data, _ = self.reader(idx=None, shuffle=False)
            if not data:
                break
            alignment = self.alignments[image_id]
            volumes = {name: extend(data[name], list(alignment.shape)) for name in names}
            shapes = {name: volume.shape for name, volume in volumes.items()}
            size = self.window.match_image_shapes(shapes)[names[0]][:3]
            rows = _rows(image_id, alignment, size)
            # batches are filled with windows of the same image, as NiftyNet does
            for found in cut_windows(volumes, dict.fromkeys(names, rows), self.batch_size):
                yield found
        if found:
            yield stop_sign(found)


def _rows(image_id: int, alignment: Alignment, size: Sequence[int]) -> np.ndarray:
    """Where windows lie, as NiftyNet has it: (windows, 7)."""
    grids = np.meshgrid(*alignment.starts, indexing='ij')
    starts = np.stack([grid.ravel() for grid in grids], axis=1).astype(np.int32)
    rows = np.zeros((len(starts), 7), dtype=np.int32)
    rows[:, 0] = image_id
    rows[:, 1:4] = starts
    rows[:, 4:7] = starts + np.asarray(size, dtype=np.int32)
    return rows


class NeededGridSampler(GridSampler):
    """
    The grid sampler without the windows that no kept sample needs.

    :ivar unneeded: image id -> starts of windows that are left out; set before the session starts
    """

    unneeded: Dict[int, FrozenSet[Start]]

    def layer_op(self) -> Iterator[Dict[str, np.ndarray]]:
        """
        :return: as NiftyNet's
        """
        rows = super(NeededGridSampler, self).layer_op()
        return needed_rows(rows, self.window.names[0], self.unneeded, self.batch_size)


class NeededAlignedSampler(AlignedGridSampler):
    """
    The grid sampler with the windows of an aligned grid, without those that no kept sample needs.

    :ivar unneeded: image id -> starts of windows that are left out; set before the session starts
    """

    unneeded: Dict[int, FrozenSet[Start]]

    def layer_op(self) -> Iterator[Dict[str, np.ndarray]]:
        """
        :return: as NiftyNet's
        """
        rows = super(NeededAlignedSampler, self).layer_op()
        return needed_rows(rows, self.window.names[0], self.unneeded, self.batch_size)


def needed_rows(
    rows: Iterable[Dict[str, np.ndarray]],
    name: str,
    unneeded: Dict[int, FrozenSet[Start]],
    batch: int,
) -> Iterator[Dict[str, np.ndarray]]:
    """
    :param rows: NiftyNet's dictionaries, each of one window and its location; the stop mark last
    :param name: name of the input in these dictionaries
    :param unneeded: image id -> starts of windows that are left out
    :param batch: windows in a batch; an image's last batch is filled by repeating a window
    :return: the dictionaries of needed windows, each window once, except for the filling
    """
    key = LOCATION_FORMAT.format(name)
    seen: List[Tuple[int, ...]] = []
    last: Optional[Dict[str, np.ndarray]] = None
    for row in rows:
        image_id, x, y, z = (int(each) for each in row[key][0, :4])
        if seen and image_id != seen[0][0]:
            for _ in range(-len(seen) % batch):
                yield dict(last or row)
            seen = []
        if image_id < 0:
            yield row
            continue
        place = (image_id, x, y, z)
        if place in seen or (x, y, z) in unneeded.get(image_id, ()):
            continue
        seen.append(place)
        last = row
        yield row
