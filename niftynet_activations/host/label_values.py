# -*- coding: utf-8 -*-
"""
Which labels the classes of a network stand for in NiftyNet's segmentations.
"""

from typing import List, Optional

import numpy as np
from niftynet.layer.discrete_label_normalisation import DiscreteLabelNormalisationLayer

from niftynet_activations.hints import Reader


def label_values(reader: Optional[Reader], classes: int) -> List[int]:
    """
    :param reader: NiftyNet's, initialised; None where the application has none
    :param classes: how many the network has
    :return: for each class the label that stands for it: its number, unless the config has
        ``label_normalisation``; 0, as NiftyNet writes it, for one that this knows no label of
    """
    values = np.arange(classes)
    for layer in reversed((reader and reader.preprocessors) or ()):
        if isinstance(layer, DiscreteLabelNormalisationLayer) and layer.is_ready():
            values, _ = layer.inverse_op(values)
    return [int(each) for each in values]
