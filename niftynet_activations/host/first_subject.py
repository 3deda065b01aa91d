# -*- coding: utf-8 -*-
"""
What a config's first subject is like, from its files' headers alone.

- *first subject*: the first one of NiftyNet's list of files that has a file for each modality.
"""

import os
import tempfile
from typing import NamedTuple, Sequence, Tuple

import niftynet  # noqa: F401  before what it has to adapt
from niftynet.io.image_reader import ImageReader
from niftynet.io.image_sets_partitioner import ImageSetsPartitioner
from niftynet.layer.pad import PadLayer

from niftynet_activations.errors import InputError, OptionError
from niftynet_activations.hints import JsonObject, Parameters
from niftynet_activations.host.config import Config, image_sections, window_of
from niftynet_activations.host.faults import row_fault
from niftynet_activations.host.subjects import N_SPATIAL, volume_padding


class FirstSubject(NamedTuple):
    """The first subject of a config, as windows are cut from it."""

    image: Tuple[float, ...]  # (x, y, z) in network-space voxels, without volume padding
    padding: Tuple[float, ...]  # (x, y, z) voxels of volume padding below the image
    window: Tuple[int, ...]  # as NiftyNet will cut it from that image


def first_subject(config: Config) -> FirstSubject:
    """
    :param config: as read
    :return: its first subject
    :raises InputError: if the input files are not there or cannot be read
    """
    names = image_sections(config)
    try:
        shape = _shape_of_image(config, names)
    except (IOError, ValueError, OptionError, KeyError) as error:
        # NiftyNet raises different errors for files that are not there
        reason = ' '.join(str(error).split()) or 'no image is found for each of {}'.format(
            ', '.join('[{}]'.format(name) for name in names)
        )
        raise InputError(reason) from error
    network = config.system['NETWORK']
    layer = PadLayer(
        image_name=(config.field,),
        border=network.volume_padding_size,
        mode=network.volume_padding_mode,
        pad_to=network.volume_padding_to_size,
    )
    padding = volume_padding([layer] if config.application.activation_pads else [], shape)
    padded = [n + below + above for n, (below, above) in zip(shape, padding)]
    window = tuple(n if n > 0 else whole for n, whole in zip(window_of(config), shape))
    below = tuple(below for below, _ in padding)
    if not config.resizes:
        return FirstSubject(shape[:N_SPATIAL], below, window)
    zooms = [(after - 1) / (n - 1) if n > 1 else 1.0 for n, after in zip(padded, window)]
    image = tuple((n - 1) * zoom + 1 for n, zoom in zip(shape, zooms))
    return FirstSubject(image, tuple(n * zoom for n, zoom in zip(below, zooms)), window)


def _shape_of_image(config: Config, names: Sequence[str]) -> Tuple[int, ...]:
    """(x, y, z, time, modality) after reorientation and resampling."""
    with tempfile.TemporaryDirectory() as folder:
        # NiftyNet writes a list of the files it finds; it must not overwrite the user's own list
        sections = {name: _section(config.inputs[name], folder) for name in names}
        partitioner = ImageSetsPartitioner()
        partitioner.initialise(
            sections, new_partition=False, data_split_file=os.path.join(folder, 'split.csv')
        )
        files = partitioner.all_files.dropna().iloc[:1]
        if not len(files):
            raise IOError
        fields = {config.field: tuple(names)}
        fault = row_fault(files, names, sections, fields, config.field)
        if fault:
            raise InputError(fault)
        reader = ImageReader([config.field]).initialise(sections, fields, files)
    return tuple(int(size) for size in reader.output_list[0][config.field].shape)


def _section(section: Parameters, folder: str) -> JsonObject:
    values = dict(vars(section))
    if values.get('path_to_search'):
        values['csv_file'] = os.path.join(folder, 'none.csv')
    elif not os.path.isfile(values.get('csv_file') or ''):
        raise IOError('neither files to search for nor a list of them')
    return values
