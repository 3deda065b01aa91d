# -*- coding: utf-8 -*-
"""
The values of a config that a run depends on, and the folder for its maps.
"""

import os
from typing import Callable, Mapping, NamedTuple, Optional, Sequence, Tuple

from niftynet.io.misc_io import to_absolute_path

from niftynet_activations.host.checkpoint import Checkpoint
from niftynet_activations.options import Options
from niftynet_activations.planning.component_maps import UsedBasis
from niftynet_activations.store.description import Intervention


def _no_file(subject: str) -> Optional[str]:
    return None


class RunSettings(NamedTuple):
    """The values of a config that a run depends on, without its input sections."""

    options: Options
    checkpoint: Checkpoint
    network: str
    postfix: str
    save_seg_dir: str
    sampling: str  # 'grid' or 'resize'
    border: Tuple[int, ...]
    batch: int  # windows of a step
    final_batch: str  # NiftyNet's smaller_final_batch_mode
    preprocessing: Mapping[str, object]  # options that the preprocessing of images depends on
    result: Mapping[str, object]  # further options that NiftyNet's own result depends on
    # name of a subject -> name of the file with NiftyNet's result; None where there is no one file
    result_file: Callable[[str], Optional[str]] = _no_file
    bases: Sequence[UsedBasis] = ()  # of the layers of which component maps are written
    # name of a subject -> path of its mask; None: no mask
    masks: Optional[Mapping[str, str]] = None
    interventions: Sequence[Intervention] = ()  # those on the network, as sidecars list them


def output_folder(settings: RunSettings) -> str:
    """
    :param settings: of the run
    :return: absolute path of the folder for the maps
    """
    if not settings.options.dir:
        return os.path.abspath(settings.save_seg_dir)
    return to_absolute_path(settings.options.dir, settings.checkpoint.model_dir)
