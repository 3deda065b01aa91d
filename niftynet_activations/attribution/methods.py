# -*- coding: utf-8 -*-
"""
The methods that show where a decision comes from, with their formulas and sources. TensorFlow is
not imported.

- *label* c: a value of the segmentation; its *logits* are the network's output for the class before
  the softmax.
- *target* T: the voxels of the image that the network labels c, or those of a mask.
- *score* y: the sum of the label's logits over the target. Where the network gives one number for
  each class and no map (classification), it is the number of the class.
- *A*: the output of a layer, A_k its channel k; *I*: the network's input.

Each voxel of the target counts once: in the window that a map of the logits is written from
(``activation_stitch = crop``). So the score of a volume is a sum over windows, and its gradient at
a sample is the sum of the gradients of all windows that hold the sample. Where the logits are
exact, that is the gradient of one pass over the whole volume.
"""

from typing import Dict, NamedTuple, Sequence, Set, Tuple, Union

import numpy as np

from niftynet_activations.errors import OptionError


class Method(NamedTuple):
    """
    One method.

    - title: its common name, which is ``type`` in sidecars.
    - formula, source: for sidecars.
    - stitch: the stitch mode, by which windows become a map.
    - gradient: whether the map is made of gradients, which are 0 in windows without target.
    - of_layers: whether it makes maps of layers; if not, of the input.
    """

    title: str
    formula: str
    source: str
    stitch: str
    gradient: bool
    of_layers: bool


METHODS: Dict[str, Method] = {
    'gradcam': Method(
        'Grad-CAM',
        'max(0, sum over k of w_k A_k); w_k = (1 / Z) times the sum of dy / dA_k over all samples '
        "of all windows; Z = number of the map's samples",
        'Selvaraju et al. 2017, doi:10.1109/ICCV.2017.74',
        'crop',
        False,
        True,
    ),
    'hirescam': Method(
        'HiResCAM',
        'sum over k of (dy / dA_k) A_k, sample by sample',
        'Draelos and Carin 2020, arXiv:2011.08891',
        'sum',
        True,
        True,
    ),
    'saliency': Method(
        'Saliency',
        '|dy / dI|, voxel by voxel of each input channel',
        'Simonyan et al. 2014, arXiv:1312.6034',
        'magnitude',
        True,
        False,
    ),
}
INPUT = 'image'  # stands in the names of maps of the input, where others have a layer's name


def method_named(name: str) -> Method:
    """
    :param name: of a method
    :return: the method
    :raises OptionError: if there is none
    """
    if name not in METHODS:
        raise OptionError("method '{}': expected one of {}".format(name, ', '.join(METHODS)))
    return METHODS[name]


class Question(NamedTuple):
    """
    What ``net_activations attribute`` is asked.

    - method: name of the method.
    - label: a label of the segmentation.
    - mask: an input section or what :func:`~niftynet_activations.looking.label_files.find_labels`
      takes; empty: the target is the network's own segmentation.
    """

    method: str
    label: int
    mask: str = ''

    def name_of_map(self, layer: str) -> str:
        """
        :param layer: a layer's name
        :return: the name of its map
        """
        masked = '_masked' if self.mask else ''
        return '{}/{}_label_{}{}'.format(layer, self.method, self.label, masked)


class Measurement(object):
    """
    Results of the first run for one subject, added up window by window.

    :ivar voxels: number of voxels in the target
    :ivar score: of the label
    :ivar windows: starts of the windows that hold a part of the target
    :ivar present: (classes,), voxels of each class
    :ivar labels: the labels that the network gives to at least one voxel
    :ivar sums: name of a layer -> (channels,), sum of the gradient over all samples of all windows
    :ivar seen: starts of the windows that have come
    """

    def __init__(self) -> None:
        self.voxels = self.score = 0.0
        self.windows: Set[Tuple[int, int, int]] = set()
        self.present: Union[float, np.ndarray] = 0.0
        self.labels: Sequence[int] = ()
        self.sums: Dict[str, np.ndarray] = {}
        self.seen: Set[Tuple[int, int, int]] = set()
