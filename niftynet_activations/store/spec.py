# -*- coding: utf-8 -*-
"""
What a map is to be like on disk.

A *map* is what one layer gave for one subject. Its *channels* are the network's channel
numbers, in the order in which they are stored. *Format* is the kind of file, *layout* how the
channels lie in a NIfTI file, *dtype* the type of the stored numbers.
"""

import typing

from niftynet_activations.errors import OptionError
from niftynet_activations.space.place import Place

FORMATS = ('nii.gz', 'nii', 'zarr')
LAYOUTS = ('4d', '5d', 'split')
DTYPES = ('float32', 'float16', 'int16', 'uint8')
ITEM_BYTES = {'float32': 4, 'float16': 2, 'int16': 2, 'uint8': 1}


class MapSpec(typing.NamedTuple):
    """
    All that has to be known before a map's first box is written.

    subject, layer: names; layer as in ``res_2_0/conv_1``.
    postfix: the end of every file name of the run.
    shape_xyz: three sizes in voxels, x first.
    channels: the network's channel numbers, in stored order.
    place: where the samples lie; None where they have none in space.
    settings: fingerprint of the settings that the values depend on, or None.
    cache_bytes: what a zarr map may hold of unfinished chunks; more of them wait in the store.
    fill: True to fill an uncompressed file with zeros before it is mapped.
    gathered_samples: what waits in a scratch file before the map can be written at all.
    """

    subject: str
    layer: str
    postfix: str
    shape_xyz: typing.Tuple[int, int, int]
    channels: typing.Tuple[int, ...]
    place: typing.Optional[Place]
    format: str = 'nii.gz'
    layout: str = '4d'
    dtype: str = 'float32'
    settings: typing.Optional[str] = None
    cache_bytes: int = 128 << 20
    fill: bool = False
    gathered_samples: int = 0

    @property
    def name(self):
        """
        :return: what messages call the map
        """
        return "layer '{}' of subject '{}'".format(self.layer, self.subject)

    @property
    def samples(self):
        """
        :return: number of samples of all channels together
        """
        size_x, size_y, size_z = self.shape_xyz
        return size_x * size_y * size_z * len(self.channels)

    @property
    def raw_bytes(self):
        """
        :return: bytes of the stored numbers before any compression
        """
        return self.samples * ITEM_BYTES[self.dtype]

    @property
    def spools(self):
        """
        :return: True if the samples lie in a float32 scratch file until the map is complete
        """
        return self.format == 'nii.gz' or self.dtype in ('int16', 'uint8')


def check_options(file_format, layout, dtype):
    """
    Refuse values that are not allowed, alone or together.

    :param file_format: value of ``activation_format``
    :param layout: value of ``activation_layout``
    :param dtype: value of ``activation_dtype``
    :raises OptionError: naming the option, the value that came and those allowed
    """
    for option, value, allowed in (
        ('activation_format', file_format, FORMATS),
        ('activation_layout', layout, LAYOUTS),
        ('activation_dtype', dtype, DTYPES),
    ):
        if value not in allowed:
            raise OptionError(
                "{} is '{}'; allowed are {}".format(option, value, ', '.join(allowed))
            )
    if dtype == 'float16' and file_format != 'zarr':
        raise OptionError(
            "activation_dtype 'float16' needs activation_format 'zarr', not '{}': NIfTI has no "
            'such type'.format(file_format)
        )
    if dtype in ('int16', 'uint8') and file_format == 'zarr':
        raise OptionError(
            "activation_dtype '{}' needs activation_format 'nii' or 'nii.gz', not 'zarr': only "
            'NIfTI stores the scaling'.format(dtype)
        )


def check_spec(spec):
    """
    Refuse a map that cannot be written.

    :param spec: a MapSpec
    :raises OptionError: options that are not allowed
    :raises ValueError: no samples, as a fault of the caller
    """
    check_options(spec.format, spec.layout, spec.dtype)
    if len(spec.shape_xyz) != 3 or spec.samples < 1:
        raise ValueError(
            'a map needs three sizes and a channel; got sizes {} and {} channels'.format(
                spec.shape_xyz, len(spec.channels)
            )
        )
