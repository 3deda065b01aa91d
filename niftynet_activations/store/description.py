# -*- coding: utf-8 -*-
"""
The keys of a map's sidecar (the JSON file that says what the map is), as one type.

A description grows while a map is planned and written; what is not known yet is None, and stands
as null in the sidecar. A description only informs: nothing that a run does depends on it.
"""

from typing import Dict, List, Mapping, NamedTuple, Optional, Sequence, Union

from niftynet_activations.hints import ArrayLike, JsonObject, TypedDict

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
    source_images: 'Paths' = None
    channels: Optional[Sequence[int]] = None
    shape: Optional[Sequence[int]] = None
    dtype: Optional[str] = None
    affine: Optional[ArrayLike] = None
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
    versions: Optional[Mapping[str, Optional[str]]] = None
    scl_slope: Optional[float] = None
    scl_inter: Optional[float] = None
    error_bound: Optional[float] = None
    components: Optional['Components'] = None
    interventions: Optional[Sequence['Intervention']] = None
    attribution: Optional['Attribution'] = None
    features: Optional[Sequence['RegionFeatures']] = None


# The entry ``components`` of a sidecar.
Components = TypedDict(
    'Components',
    {
        'method': str,
        'layer': str,
        'channels': List[int],
        'number': int,
        'explained': List[Optional[float]],
        'basis': str,
        'digest': str,
    },
)
# A sidecar's entry for a function that changes the network.
Intervention = TypedDict('Intervention', {'layer': str, 'selector': str, 'function': str})
# Facts of a map that are known before its windows; names as in a description.
Known = TypedDict(
    'Known',
    {
        'type': Optional[str],
        'tensor': str,
        'network': str,
        'checkpoint': str,
        'iteration': int,
        'source_images': List[str],
        'resolution': str,
        'reduce': str,
        'stitch': str,
        'grid': str,
        'pass_': str,
        'interventions': List[Intervention],
        'components': Components,
    },
    total=False,
)
# Facts of a layer without spatial axes.
RowVerdict = TypedDict('RowVerdict', {'exact': Optional[bool], 'inexact_because': Optional[str]})
# A sidecar's entry for one region of a map that was not kept.
RegionFeatures = TypedDict(
    'RegionFeatures', {'region': object, 'values': Dict[str, Optional[float]]}
)
# The entry ``attribution`` of a sidecar.
Attribution = TypedDict(
    'Attribution',
    {
        'method': str,
        'label': int,
        'target': str,
        'voxels': Optional[float],
        'score': float,
        'layer': str,
        'channels': List[int],
        'formula': str,
        'source': str,
        'weights': List[float],
    },
    total=False,
)
# A sidecar's entry for NiftyNet's own result; see niftynet_activations.store.results.
ResultKeys = TypedDict('ResultKeys', {'file': str, 'sha256': str, 'settings': str})
# A sidecar's entry for the network's inputs: a path, several, or a name for each.
Paths = Union[None, str, Sequence['Paths'], Mapping[str, 'Paths']]
# A sidecar as it is read: a description's keys with the values that JSON has for them, and what is
# added to it later. One that this package did not write may lack any of them.
Sidecar = TypedDict(
    'Sidecar',
    {
        'layer': str,
        'type': Optional[str],
        'tensor': Optional[str],
        'network': Optional[str],
        'checkpoint': Optional[str],
        'iteration': Optional[int],
        'subject': str,
        'source_images': Paths,
        'channels': Optional[List[int]],
        'shape': Optional[List[int]],
        'dtype': Optional[str],
        'affine': Optional[Sequence[Sequence[float]]],
        'resolution': Optional[str],
        'stride': Optional[List[Optional[float]]],
        'offset': Optional[List[Optional[float]]],
        'period': Optional[List[Optional[int]]],
        'receptive_field': Optional[List[Optional[float]]],
        'margin': Optional[List[Optional[float]]],
        'reference_shape': Optional[List[Optional[int]]],
        'exact': Optional[bool],
        'inexact_because': Optional[str],
        'missing': Optional[int],
        'missing_value': Optional[float],
        'nan': Optional[int],
        'reduce': Optional[str],
        'stitch': Optional[str],
        'grid': Optional[str],
        'pass': Optional[str],
        'windows': Optional[int],
        'also': Optional[List[str]],
        'axcodes': Optional[List[str]],
        'file_axcodes': Optional[List[str]],
        'units': Optional[str],
        'versions': Optional[Dict[str, Optional[str]]],
        'scl_slope': float,
        'scl_inter': float,
        'error_bound': float,
        'components': Components,
        'interventions': List[Intervention],
        'attribution': Attribution,
        'features': List[RegionFeatures],
        'result': ResultKeys,
    },
    total=False,
)

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
