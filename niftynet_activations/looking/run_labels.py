# -*- coding: utf-8 -*-
"""
The labels of a run's tables and features: where they are found, before the first window.

- *source*: a word of ``activation_tables``: ``segmentation``, the one that this run writes, or
  an input section that holds labels;
- *filled box*: the part of a segmentation that NiftyNet's windows reach with their borders cut
  off. The rim around it keeps the fill value, which is no background.
"""

import os
from typing import Callable, Dict, Optional, Sequence

import numpy as np

from niftynet_activations.errors import OptionError
from niftynet_activations.hints import Table
from niftynet_activations.host.file_table import SUBJECT_COLUMN
from niftynet_activations.looking.region_labels import Box
from niftynet_activations.space.network_space import NetworkSpace

SEGMENTATION = 'segmentation'
ROUNDING = 1e-6  # voxels


def label_files(
    sources: Sequence[str],
    file_list: Table,
    subjects: Sequence[str],
    segmentation: Optional[Callable[[str], str]],
    option: str = 'activation_tables',
) -> Dict[str, Dict[str, str]]:
    """
    Find every label image before the first window; the segmentations need not be there yet.

    :param sources: the words of the option
    :param file_list: NiftyNet's table of files, a ``pandas.DataFrame`` with a column
        ``subject_id`` and one for each input section
    :param subjects: all subjects of the run
    :param segmentation: gives the path of a subject's segmentation; None where the application
        makes none
    :param option: the option's name, for messages
    :return: source -> subject -> path
    :raises OptionError: for a word that is no source, or a subject without labels
    """
    found: Dict[str, Dict[str, str]] = {}
    for source in sources:
        if source == SEGMENTATION and segmentation is not None:
            found[source] = {name: segmentation(name) for name in subjects}
        else:
            expected = '{}an input section with labels'.format(
                SEGMENTATION + ' or ' if segmentation is not None else ''
            )
            found[source] = files_of_section(option, source, expected, file_list, subjects)
    return found


def files_of_section(
    option: str, section: str, expected: str, file_list: Table, subjects: Sequence[str]
) -> Dict[str, str]:
    """
    :param option: that names the section
    :param section: an input section of the config
    :param expected: what the option takes, for messages
    :param file_list: NiftyNet's table of files
    :param subjects: all subjects of the run
    :return: subject -> its file of the section
    :raises OptionError: if there is no such section, or a subject has no file of it
    """
    sections = [str(name) for name in file_list if name != SUBJECT_COLUMN]
    if section not in sections:
        raise OptionError(
            "{} = '{}': expected {}; the config has {}".format(
                option, section, expected, ', '.join(sections) or 'none'
            )
        )
    rows = zip(file_list[SUBJECT_COLUMN], file_list[section])
    paths = {str(name): path for name, path in rows if isinstance(path, str)}
    for name in subjects:
        if not os.path.isfile(paths.get(name, '')):
            raise OptionError(
                "{0} = '{1}': section [{1}] has no file for subject '{2}'{3}; "
                'expected one for each subject'.format(
                    option,
                    section,
                    name,
                    ', ' + paths[name] + ' is not there' if name in paths else '',
                )
            )
    return {name: paths[name] for name in subjects}


def check_has_maps(
    sources: Sequence[str], layers: Sequence[str], option: str = 'activation_tables'
) -> None:
    """
    :param sources: the words of the option
    :param layers: the run's layers that have spatial axes
    :param option: the option's name, for the message
    :raises OptionError: if tables are asked for and there is no map to make them from
    """
    if sources and not layers:
        raise OptionError(
            "{} = '{}': none of the chosen layers has spatial axes; choose one that has in "
            'activation_layers'.format(option, ','.join(sources))
        )


def filled_box(
    space: NetworkSpace, volume: Sequence[int], border: Sequence[int], cropped_axes: Sequence[int]
) -> Box:
    """
    :param space: network space; its size is that of the padded volume
    :param volume: (x, y, z) voxels of the volume that windows run over, which may be larger at the
        upper ends
    :param border: NiftyNet's option ``border``, voxels
    :param cropped_axes: which of x, y, z lose the border
    :return: start and stop of the filled box in voxels of the image's file
    """
    low, high = np.zeros(3), np.array(space.shape, dtype=float)
    border = (list(border) or [0]) + [border[-1] if border else 0] * 2  # as NiftyNet extends it
    for axis in cropped_axes:
        low[axis] = border[axis]
        high[axis] = min(high[axis], volume[axis] - border[axis])
    # faces are voxel edges; axes may be flipped or exchanged on the way to the file
    faces = np.stack([low - 0.5, high - 0.5])
    in_file = faces @ space.to_file[:3, :3].T + space.to_file[:3, 3]
    start = np.ceil(in_file.min(axis=0) - ROUNDING).astype(int)
    stop = np.ceil(in_file.max(axis=0) - ROUNDING).astype(int)
    size = np.array(space.file_shape)
    return np.clip(start, 0, size).tolist(), np.clip(stop, 0, size).tolist()
