# -*- coding: utf-8 -*-
"""
Where NiftyNet's own result lies in the volume of a whole pass.

NiftyNet takes the output of a network voxel by voxel: an output of the window's size lies on the
window, a smaller one in its middle, and of a larger one the middle is taken. That is how networks
are trained, wherever the centres of their receptive fields lie.
"""

from typing import Callable, NamedTuple, Tuple

from niftynet_activations.capturing.recording import NetworkRecord
from niftynet_activations.errors import GeometryError
from niftynet_activations.geometry.graph import read_geometry
from niftynet_activations.hints import Tensor
from niftynet_activations.space.sizes import as_product

Sizes = Tuple[int, ...]


class ResultPlace(NamedTuple):
    """Where a network's output lies in its input; one number for each of the network's axes."""

    volume: Sizes  # voxels of the input
    output: Sizes  # samples of the output; empty where it has no axes in space
    on_voxels: bool = True  # whether the samples lie one voxel apart

    @property
    def corner(self) -> Sizes:
        """The voxel on which the first sample lies; below 0 where the output is larger."""
        # an odd rest goes to the lower end, as where NiftyNet crops
        return tuple(-((found - size) // 2) for size, found in zip(self.volume, self.output))

    def check(self, subject: str) -> None:
        """
        :param subject: the name of the subject whose volume it is
        :raises GeometryError: if the output cannot be a segmentation
        """
        if not self.on_voxels:
            raise GeometryError(
                "activation_segmentation = whole: for the {} voxels of subject '{}' the network's "
                'output has {} samples, and a segmentation has one for each voxel: use '
                'activation_segmentation = none, with the layer logits for the output'.format(
                    as_product(self.volume),
                    subject,
                    as_product(self.output),
                )
            )


def find_result(record: NetworkRecord, on_window: Callable[[], NetworkRecord]) -> ResultPlace:
    """
    :param record: the network on a volume
    :param on_window: gives the network on the config's window; called where the graph does not tell
        how far apart the samples of the output lie
    :return: where the output lies
    """
    found = _sizes(record)
    if found.volume == found.output or not found.output:
        return found
    logits: Tensor = record.logits
    axes = read_geometry([logits], record.image)[logits.name].axes
    if axes is not None:
        return found._replace(on_voxels=all(axis.stride == 1 for axis in axes))
    on_voxels = _less(found) == _less(_sizes(on_window()))
    return found._replace(on_voxels=on_voxels)


def _sizes(record: NetworkRecord) -> ResultPlace:
    image: Tensor = record.image
    logits: Tensor = record.logits
    return ResultPlace(tuple(image.shape.as_list()[1:-1]), tuple(logits.shape.as_list()[1:-1]))


def _less(place: ResultPlace) -> Sizes:
    return tuple(size - samples for size, samples in zip(place.volume, place.output))
