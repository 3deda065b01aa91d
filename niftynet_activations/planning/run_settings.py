# -*- coding: utf-8 -*-
"""
What the config says about a run, and the folders that it names.
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
    """What the config says about a run, beside the images."""

    options: Options
    checkpoint: Checkpoint
    network: str
    postfix: str
    save_seg_dir: str
    sampling: str  # 'grid' or 'resize'
    border: Tuple[int, ...]
    batch: int  # windows of a step
    final_batch: str  # NiftyNet's smaller_final_batch_mode
    preprocessing: Mapping[str, object]  # state of what is done to images
    result: Mapping[str, object]  # state of what else NiftyNet's own result depends on
    # name of a subject -> that of the file with NiftyNet's result; None where there is no one file
    result_file: Callable[[str], Optional[str]] = _no_file
    bases: Sequence[UsedBasis] = ()  # of layers of which component maps are written
    masks: Optional[Mapping[str, str]] = None  # name of a subject -> its mask; None: no mask
    interventions: Sequence[Intervention] = ()  # on the network, as sidecars tell them


def output_folder(settings: RunSettings) -> str:
    """
    :param settings: of the run
    :return: absolute path of the folder for the maps
    """
    if not settings.options.dir:
        return os.path.abspath(settings.save_seg_dir)
    return to_absolute_path(settings.options.dir, settings.checkpoint.model_dir)
