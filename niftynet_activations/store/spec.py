# -*- coding: utf-8 -*-
"""
What the files of a map are to be like: names, sizes, place in space, format, type of numbers.

A *map* is what one layer gave for one subject. Its *channels* are the network's channel
numbers, in the order in which they are stored. *Format* is the kind of file, *layout* how the
channels lie in a NIfTI file, *dtype* the type of the stored numbers.
"""

from typing import NamedTuple, Optional, Tuple

import numpy as np

from niftynet_activations.hints import TypedDict
from niftynet_activations.space.place import Place

NO_MAP = 'none'  # the format of maps that are not kept


class MapSpec(NamedTuple):
    """
    All that has to be known before a map's first box is written.

    subject, layer: names; layer as in ``res_2_0/conv_1``.
    postfix: the end of every file name of the run.
    shape_xyz: three sizes in voxels, x first.
    channels: the network's channel numbers, in stored order.
    place: where the samples lie in space; None for a layer without spatial axes.
    settings: fingerprint of the settings that the values depend on, or None.
    """

    subject: str
    layer: str
    postfix: str
    shape_xyz: Tuple[int, int, int]
    channels: Tuple[int, ...]
    place: Optional[Place]
    format: str = 'nii.gz'
    layout: str = '4d'
    dtype: str = 'float32'
    settings: Optional[str] = None

    @property
    def key(self) -> Tuple[str, str]:
        """
        :return: subject and layer, which tell the maps of a run apart
        """
        return self.subject, self.layer

    @property
    def name(self) -> str:
        """
        :return: what messages call the map
        """
        return "layer '{}' of subject '{}'".format(self.layer, self.subject)

    @property
    def samples(self) -> int:
        """
        :return: number of samples of all channels together
        """
        size_x, size_y, size_z = self.shape_xyz
        return size_x * size_y * size_z * len(self.channels)

    @property
    def raw_bytes(self) -> int:
        """
        :return: bytes of the stored numbers before any compression; 0 where they are not kept
        """
        if self.format == NO_MAP:
            return 0
        return self.samples * np.dtype(self.dtype).itemsize


# what of it is known before its shape and place
SpecKeys = TypedDict(
    'SpecKeys',
    {
        'subject': str,
        'layer': str,
        'postfix': str,
        'channels': Tuple[int, ...],
        'format': str,
        'layout': str,
        'dtype': str,
        'settings': Optional[str],
    },
    total=False,
)


def placed(spec: MapSpec) -> Place:
    """
    :param spec: of a map in space
    :return: where its samples lie
    :raises ValueError: if the map has no place, which is a fault of the program
    """
    if spec.place is None:
        raise ValueError('{} has no place in space'.format(spec.name))
    return spec.place
