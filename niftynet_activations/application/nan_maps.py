# -*- coding: utf-8 -*-
"""
Maps that hold no number: each of their samples is NaN, as the network gave it.

That happens where an image holds NaN, or where the weights do; NiftyNet's segmentation of it looks
like any other.
"""

import os
from typing import Dict, List, Sequence, Tuple

import numpy as np

from niftynet_activations.planning.run_settings import RunSettings, output_folder
from niftynet_activations.store import naming, sidecar

MOST_LAYERS = 5  # named in a line


def nan_lines(settings: RunSettings, maps: Sequence[Tuple[str, str]]) -> List[str]:
    """
    :param settings: of the run
    :param maps: subject and layer of each map, all of them written
    :return: a line for each subject that has maps without a number
    """
    found: Dict[str, List[str]] = {}
    totals: Dict[str, int] = {}
    for subject, layer in maps:
        totals[subject] = totals.get(subject, 0) + 1
        if _is_nan(settings, subject, layer):
            found.setdefault(subject, []).append(layer)
    return [
        "subject '{}': {} of its {} maps are NaN throughout ({}): look for NaN in its images, and "
        'in the checkpoint if all subjects are like that'.format(
            subject,
            len(layers),
            totals[subject],
            ', '.join(layers[:MOST_LAYERS] + ['...'] * (len(layers) > MOST_LAYERS)),
        )
        for subject, layers in found.items()
    ]


def _is_nan(settings: RunSettings, subject: str, layer: str) -> bool:
    name = naming.stem(layer, subject, settings.postfix) + '.json'
    info = sidecar.read(os.path.join(output_folder(settings), name))
    samples = int(np.prod(info['shape'], dtype=np.int64))
    if len(info['shape']) == 3:
        samples *= len(info['channels'])  # a file for each channel
    return bool(info['nan']) and info['nan'] + (info['missing'] or 0) >= samples
