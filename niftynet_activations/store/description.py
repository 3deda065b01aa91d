# -*- coding: utf-8 -*-
"""
The keys of a map's sidecar (the JSON file that says what the map is), as one type.

A description grows while a map is planned and written; what is not known yet is None, and stands
as null in the sidecar. A description only informs: nothing that a run does depends on it.
"""

from typing import NamedTuple, Optional, Sequence

from niftynet_activations.hints import ArrayLike, JsonObject

Numbers = Sequence[
    Optional[float]
]  # one for each of the saved array's x, y, z; None where there is none


class MapDescription(NamedTuple):
    """
    The sidecar's keys, in their order.

    - type: the layer's class.
    - tensor: name of the network's tensor.
    - checkpoint, iteration: path of the file that the weights are from, and their iteration.
    - channels: the network's channel numbers, in stored order.
    - shape: of the array in the file.
    - affine: (4, 4), indices to the world.
    - stride, offset, period, receptive_field, margin, reference_shape: see the glossary.
    - exact: True, False, or None where it cannot be told.
    - missing, nan: how many samples are missing, and how many values the layer gave as NaN.
    - missing_value: what a missing sample reads back as; None for NaN.
    - ``pass_``: value of ``activation_pass``, ``windows`` or ``whole``; ``pass`` in the sidecar.
    - windows: how many windows the map was made of.
    - also: other names of the same tensor.
    - axcodes, file_axcodes: directions of the saved axes, and of the image file's.
    - units: of the world.
    - scl_slope, scl_inter, error_bound: of stored numbers that are not the values themselves.
    - components: of a component map, the basis that it was made with.
    - interventions: layer, selector and function of each change that was made to the network.
    - attribution: of a map of Grad-CAM, HiResCAM or saliency, the question that it answers.
    - features: of a map that was not kept, the features that were made of it.

    From scl_slope on, the sidecar has a key only where it is known.
    """

    layer: Optional[str] = None
    type: Optional[str] = None
    tensor: Optional[str] = None
    network: Optional[str] = None
    checkpoint: Optional[str] = None
    iteration: Optional[int] = None
    subject: Optional[str] = None
    source_images: Optional[Sequence[str]] = None
    channels: Optional[Sequence[int]] = None
    shape: Optional[Sequence[int]] = None
    dtype: Optional[str] = None
    affine: ArrayLike = None
    resolution: Optional[str] = None
    stride: Optional[Numbers] = None
    offset: Optional[Numbers] = None
    period: Optional[Numbers] = None
    receptive_field: Optional[Numbers] = None
    margin: Optional[Numbers] = None
    reference_shape: Optional[Numbers] = None
    exact: Optional[bool] = None
    inexact_because: Optional[str] = None
    missing: Optional[int] = None
    missing_value: Optional[float] = None
    nan: Optional[int] = None
    reduce: Optional[str] = None
    stitch: Optional[str] = None
    grid: Optional[str] = None
    pass_: Optional[str] = None
    windows: Optional[int] = None
    also: Optional[Sequence[str]] = None
    axcodes: Optional[Sequence[str]] = None
    file_axcodes: Optional[Sequence[str]] = None
    units: Optional[str] = None
    versions: Optional[JsonObject] = None
    scl_slope: Optional[float] = None
    scl_inter: Optional[float] = None
    error_bound: Optional[float] = None
    components: Optional[JsonObject] = None
    interventions: Optional[Sequence[JsonObject]] = None
    attribution: Optional[JsonObject] = None
    features: Optional[Sequence[JsonObject]] = None


# stored number * scl_slope + scl_inter differs from the layer's value by error_bound at most
SCALING_KEYS = ('scl_slope', 'scl_inter', 'error_bound')
OWN_KEYS = SCALING_KEYS + (
    'components',
    'interventions',
    'attribution',
    'features',
)  # of some maps alone
# `pass` is a word of Python, and cannot name a field
KEYS = tuple(name.rstrip('_') for name in MapDescription._fields if name not in OWN_KEYS)


def as_keys(description: MapDescription) -> JsonObject:
    """
    :param description: of a map
    :return: every one of KEYS with its value, None where it is not known; those of OWN_KEYS that
        are known
    """
    told = {name.rstrip('_'): value for name, value in description._asdict().items()}
    return {key: value for key, value in told.items() if key in KEYS or value is not None}
