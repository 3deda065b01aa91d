# -*- coding: utf-8 -*-
"""
What will be written for one subject and layer, worked out before the first window.

Free of TensorFlow and NiftyNet: sizes, places and settings in, a plan out.
"""

from typing import Any, Callable, Dict, List, NamedTuple, Optional, Sequence

from niftynet_activations.output.spec import MapSpec
from niftynet_activations.space import NetworkSpace
from niftynet_activations.stitching.crop import AxisPlan, CropPlan
from niftynet_activations.stitching.lattice import inside_image

Windows = NamedTuple(
    'Windows',
    [
        ('starts', List[List[int]]),  # on x, y and z, network-space voxels
        ('size', Sequence[int]),  # of a window, voxels
        ('volume', Sequence[int]),  # of what windows are cut from, voxels
        ('image', Sequence[int]),  # of it without volume padding, voxels
        ('padding', Sequence[int]),  # below the image, voxels
    ],
)

MapPlan = NamedTuple(
    'MapPlan',
    [
        ('key', str),  # of the output that the windows come in
        ('spec', MapSpec),
        ('crop', CropPlan),
        ('spatial_axes', Sequence[int]),  # which of x, y, z the windows' arrays have
        ('info', Dict[str, Any]),  # what the sidecar tells beside the spec
    ],
)

TablePlan = NamedTuple(
    'TablePlan',
    [
        ('key', str),  # of the output that the windows come in
        ('spec', MapSpec),
        ('window', Sequence[int]),  # its size, voxels
        ('info', Dict[str, Any]),  # what the sidecar tells beside the spec
    ],
)


class AxisBySize(NamedTuple('AxisBySize', [('size', int), ('stride', float), ('offset', float)])):
    """
    The place of a layer's samples on one axis, guessed from their number alone.

    Used where the graph does not tell: as many samples as voxels lie on the voxels, fewer ones
    that divide the window share it evenly, others are a centred crop of it.
    """

    period: Optional[int] = None
    receptive_field: Optional[int] = None

    @classmethod
    def guess(cls, window: int, samples: int) -> 'AxisBySize':
        """
        :param window: its size in voxels
        :param samples: how many it gives
        """
        if samples and window % samples == 0:
            stride = window // samples
            return cls(samples, float(stride), (stride - 1) / 2.0)
        return cls(samples, 1.0, (window - samples) / 2.0)


def plan_map(
    key: str,
    axes: Sequence[Any],
    spatial_axes: Sequence[int],
    windows: Windows,
    space: NetworkSpace,
    spec: Dict[str, Any],
    info: Dict[str, Any],
    judged: Callable[[CropPlan], Dict[str, Any]],
) -> MapPlan:
    """
    :param key: of the output that the windows come in
    :param axes: for x, y and z: ``size`` (samples of a window), ``stride``, ``offset`` (voxels),
        ``period`` and ``receptive_field`` (voxels or None)
    :param spatial_axes: which of x, y, z the windows' arrays have
    :param windows: where they are
    :param space: network space
    :param spec: the fields of a :class:`MapSpec` besides shape and affine
    :param info: sidecar keys already known
    :param judged: gives ``exact``, ``inexact_because`` and ``reference_shape`` of a plan
    :return: the plan
    """
    lattices = [
        inside_image(axis.stride, axis.offset, image, padding)
        for axis, image, padding in zip(axes, windows.image, windows.padding)
    ]
    crop = CropPlan(
        [
            AxisPlan(lattice, starts, size, axis.size, volume)
            for lattice, starts, size, axis, volume in zip(
                lattices, windows.starts, windows.size, axes, windows.volume
            )
        ]
    )
    affine = space.lattice_affine(
        [lattice.stride for lattice in lattices],
        [lattice.offset for lattice in lattices],
        [lattice.first for lattice in lattices],
    )
    told = dict(info)
    told.update(
        stride=[axis.stride for axis in axes],
        offset=[axis.offset for axis in axes],
        period=[axis.period for axis in axes],
        receptive_field=[axis.receptive_field for axis in axes],
        margin=crop.margin,
        windows=crop.windows,
    )
    told.update(judged(crop))
    return MapPlan(
        key,
        MapSpec(
            shape_xyz=(crop.shape[0], crop.shape[1], crop.shape[2]), affine=affine.tolist(), **spec
        ),
        crop,
        tuple(spatial_axes),
        told,
    )
