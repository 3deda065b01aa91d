# -*- coding: utf-8 -*-
"""
What will be written for one subject and layer, worked out before the first window.

Free of TensorFlow and NiftyNet: sizes, places and settings in, a plan out.
"""

from typing import Any, Callable, Dict, List, NamedTuple, Optional, Sequence

import numpy as np

from niftynet_activations.errors import GeometryError
from niftynet_activations.space.boxes import Box
from niftynet_activations.space.input_grid import InputGrid
from niftynet_activations.space.lattice import AxisLattice, inside_image
from niftynet_activations.space.network_space import NetworkSpace
from niftynet_activations.stitching.blend import BlendAxisPlan
from niftynet_activations.stitching.crop import AxisPlan, CropPlan
from niftynet_activations.store.spec import MapSpec

Wanted = Callable[[], bool]  # whether what takes long is to go on


def always() -> bool:
    """
    :return: True
    """
    return True


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


class Verdict(object):
    """
    Whether a map is exact: worked out when first asked for, since it may take long.

    :param judge: gives ``exact``, ``inexact_because`` and ``reference_shape`` of a plan
    :param crop: the plan
    """

    def __init__(self, judge: Callable[[CropPlan, Wanted], Dict[str, Any]], crop: CropPlan) -> None:
        self._judge, self._crop = judge, crop
        self._found: Optional[Dict[str, Any]] = None

    def __call__(self, wanted: Wanted = always) -> Dict[str, Any]:
        """
        :param wanted: whether to go on; True where not given
        :return: the sidecar's keys
        :raises GeometryError: if it was given up, being wanted no longer
        """
        if self._found is None:
            self._found = self._judge(self._crop, wanted)
        return self._found


class MapPlan(
    NamedTuple(
        'MapPlan',
        [
            ('key', str),  # of the output that the windows come in
            ('spec', MapSpec),
            ('crop', CropPlan),
            ('spatial_axes', Sequence[int]),  # which of x, y, z the windows' arrays have
            ('info', Dict[str, Any]),  # what the sidecar tells beside the spec and the verdict
            ('verdict', Verdict),
            ('stitch', str),
            ('grid', Optional[InputGrid]),  # None where the map keeps its own
        ],
    )
):
    """One map in space."""

    @property
    def gathers(self) -> bool:
        """Whether the map must be there as a whole before it can be written."""
        return self.grid is not None or self.stitch != 'crop'

    def told(self) -> Dict[str, Any]:
        """
        :return: what the sidecar tells beside the spec; waits for the verdict
        """
        verdict = self.verdict()
        shape = _in_written_order(verdict['reference_shape'], self.grid)
        return dict(self.info, **dict(verdict, reference_shape=shape))

    def missing(self) -> List[Box]:
        """
        :return: boxes of the written map without overlap that hold all missing samples
        """
        if self.grid is None:
            return self.crop.missing()
        return self.grid.missing([axis.covered for axis in self.crop.axes])


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
    judge: Callable[[CropPlan, Wanted], Dict[str, Any]],
) -> MapPlan:
    """
    :param key: of the output that the windows come in
    :param axes: for x, y and z: ``size`` (samples of a window), ``stride``, ``offset`` (voxels),
        ``period`` and ``receptive_field`` (voxels or None)
    :param spatial_axes: which of x, y, z the windows' arrays have
    :param windows: where they are
    :param space: network space
    :param spec: the fields of a :class:`MapSpec` besides shape, affine and gathered samples
    :param info: sidecar keys already known, ``stitch`` and ``resolution`` among them
    :param judge: gives ``exact``, ``inexact_because`` and ``reference_shape`` of a plan; not called
        here
    :return: the plan
    :raises GeometryError: if the map has no sample, or none that ``resolution`` could be made from
    """
    crop = _stitching_plan(axes, windows, info['stitch'])
    lattices = [axis.lattice for axis in crop.axes]
    _check_samples(spec, lattices, windows.image)
    grid = InputGrid(space, lattices) if info['resolution'] == 'input' else None
    affine = space.lattice_affine(
        [lattice.stride for lattice in lattices],
        [lattice.offset for lattice in lattices],
        [lattice.first for lattice in lattices],
    )
    plan = MapPlan(
        key,
        MapSpec(
            shape_xyz=grid.shape if grid else crop.shape,
            affine=(grid.affine if grid else affine).tolist(),
            **spec,
        ),
        crop,
        tuple(spatial_axes),
        dict(info, windows=crop.windows, **_of_axes(axes, crop, grid)),
        Verdict(judge, crop),
        info['stitch'],
        grid,
    )
    # means of windows need the sums of their weights too
    gathered = len(plan.spec.channels) + (info['stitch'] != 'crop') if plan.gathers else 0
    gathered *= int(np.prod(crop.shape, dtype=np.int64))
    return plan._replace(spec=plan.spec._replace(gathered_samples=gathered))


def _check_samples(spec: Dict[str, Any], lattices: Sequence[AxisLattice], image: Any) -> None:
    for name, lattice, size in zip('xyz', lattices, image):
        if lattice.count == 0:
            raise GeometryError(
                "layer '{}' has no sample inside the image of subject '{}': along {} they lie {:g} "
                'voxels apart, and the image has {:g}; leave the layer out of activation_layers or '
                'choose another volume_padding_size'.format(
                    spec['layer'], spec['subject'], name, lattice.stride, size
                )
            )


def _stitching_plan(axes: Sequence[Any], windows: Windows, stitch: str) -> CropPlan:
    kind = AxisPlan if stitch == 'crop' else BlendAxisPlan
    return CropPlan(
        [
            kind(
                inside_image(axis.stride, axis.offset, image, padding),
                starts,
                size,
                axis.size,
                volume,
            )
            for axis, image, padding, starts, size, volume in zip(
                axes,
                windows.image,
                windows.padding,
                windows.starts,
                windows.size,
                windows.volume,
            )
        ]
    )


def _of_axes(axes: Sequence[Any], crop: CropPlan, grid: Optional[InputGrid]) -> Dict[str, Any]:
    """Sidecar keys that hold one number an axis."""
    told = dict(
        stride=[axis.stride for axis in axes],
        offset=[axis.offset for axis in axes],
        period=[axis.period for axis in axes],
        receptive_field=[axis.receptive_field for axis in axes],
        margin=crop.margin,
    )
    return {key: _in_written_order(values, grid) for key, values in told.items()}


def _in_written_order(values: List[Any], grid: Optional[InputGrid]) -> List[Any]:
    """Of network space's x, y and z, in the order of the written array's axes."""
    return values if grid is None else [values[axis] for axis in grid.network_axes]
