# -*- coding: utf-8 -*-
"""
The label value that each class of a network has in NiftyNet's segmentations.
"""

from typing import List, Optional

import numpy as np
from niftynet.layer.discrete_label_normalisation import DiscreteLabelNormalisationLayer

from niftynet_activations.hints import Reader


def label_values(reader: Optional[Reader], classes: int) -> List[int]:
    """
    :param reader: NiftyNet's, initialised; None where the application has none
    :param classes: how many the network has
    :return: for each class its label: the class's number, or what ``label_normalisation`` maps it
        back to; 0, as NiftyNet writes it, for a class that the normalisation does not know
    """
    values = np.arange(classes)
    for layer in reversed((reader and reader.preprocessors) or ()):
        if isinstance(layer, DiscreteLabelNormalisationLayer) and layer.is_ready():
            values, _ = layer.inverse_op(values)
    return [int(each) for each in values]
