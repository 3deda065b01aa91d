# -*- coding: utf-8 -*-
"""
The plan of one subject's maps: what will be written, and from which windows, worked out before the
first window. TensorFlow and NiftyNet are not imported.
"""

from functools import partial
from typing import FrozenSet, List, NamedTuple, Optional, Sequence, Tuple, TypeVar, Union

from niftynet_activations.errors import GeometryError
from niftynet_activations.exactness.judgement import Judge, Judgement
from niftynet_activations.geometry.guessed import AxisReading
from niftynet_activations.space.boxes import Box
from niftynet_activations.space.input_grid import InputGrid
from niftynet_activations.space.lattice import AxisLattice, inside_image
from niftynet_activations.space.network_space import NetworkSpace
from niftynet_activations.stitching.axis_plan import StitchPlan
from niftynet_activations.stitching.stitcher import mode_of, scratch_samples
from niftynet_activations.store.basis import Basis
from niftynet_activations.store.description import MapDescription
from niftynet_activations.store.formats.contract import Summarise, WritingMemory
from niftynet_activations.store.spec import MapSpec, SpecKeys

Number = TypeVar('Number')
Start = Tuple[int, int, int]  # of a window, voxels


class Windows(NamedTuple):
    """The windows of one subject, in network-space voxels."""

    starts: List[List[int]]  # on x, y and z
    size: Sequence[int]  # of a window
    volume: Sequence[int]  # of what windows are cut from
    image: Sequence[float]  # of that volume without volume padding
    padding: Sequence[float]  # below the image


class MapPlan(NamedTuple):
    """One map in space."""

    key: str  # name of the fetched output that its windows come under
    spec: MapSpec
    stitching: StitchPlan
    spatial_axes: Sequence[int]  # which of x, y, z the windows' arrays have
    description: MapDescription  # keys of the sidecar, without those of the spec and the verdict
    verdict: Judgement
    stitch: str  # the mode
    grid: Optional[InputGrid]  # the grid it is interpolated to; None: its own lattice
    gathered_samples: int = 0  # float32 numbers that wait in a scratch file until the last window
    memory: WritingMemory = WritingMemory()  # memory for writing it
    summarise: Optional[Summarise] = None  # makes the features of a map that is not kept
    needs_result: bool = False  # whether the features need NiftyNet's own result
    basis: Optional[Basis] = None  # turns the windows' channels into components; None: channels
    mask: Optional[str] = None  # path of the image whose zeros are missing samples; None: no mask
    unneeded: FrozenSet[Start] = frozenset()  # windows that are not computed

    def told(self) -> MapDescription:
        """
        :return: keys of the sidecar, with the verdict on exactness, for which it waits
        :raises GeometryError: if the verdict was given up
        """
        verdict = self.verdict.result()
        shape = _in_written_order(verdict.reference_shape, self.grid)
        return self.description._replace(**dict(verdict._asdict(), reference_shape=shape))

    def missing(self) -> List[Box]:
        """
        :return: boxes of the written map without overlap that hold all missing samples
        """
        if self.grid is None:
            return self.stitching.missing()
        return self.grid.missing([axis.covered for axis in self.stitching.axes])


class TablePlan(NamedTuple):
    """One table of rows, of a layer that has no place in space."""

    key: str  # name of the fetched output that its windows come under
    spec: MapSpec
    window: Sequence[int]  # size of a window, (x, y, z) voxels
    description: MapDescription  # keys of the sidecar, without those of the spec
    gathered_samples: int = 0  # no samples wait in scratch files


Plan = Union[MapPlan, TablePlan]


class SubjectPlan(NamedTuple):
    """All that is to be written for one subject."""

    name: str
    starts: Sequence[Sequence[int]]  # of its windows, on x, y and z
    maps: Sequence[Plan]
    segmentation: str = ''  # a text that differs if its segmentation would differ
    unneeded: FrozenSet[Start] = frozenset()  # windows that are not computed

    @property
    def expected(self) -> int:
        """How many windows come."""
        along_x, along_y, along_z = (len(each) for each in self.starts)
        return along_x * along_y * along_z - len(self.unneeded)


def plan_map(
    key: str,
    axes: Sequence[AxisReading],
    spatial_axes: Sequence[int],
    windows: Windows,
    space: NetworkSpace,
    spec: SpecKeys,
    description: MapDescription,
    judge: Judge,
    stitch: str = 'crop',
    on_the_image: bool = False,
    basis: Optional[Basis] = None,
) -> MapPlan:
    """
    :param key: name of the fetched output that the windows come under
    :param axes: for x, y and z: ``size`` (samples of a window), ``stride``, ``offset`` (voxels),
        ``period`` and ``receptive_field`` (voxels or None)
    :param spatial_axes: which of x, y, z the windows' arrays have
    :param windows: sizes and starts of the windows
    :param space: network space
    :param spec: the fields of a :class:`~niftynet_activations.store.spec.MapSpec` besides shape and
        place
    :param description: the keys of the sidecar that are known already
    :param judge: finds whether a map stitched like this is exact; called later
    :param stitch: the mode, of ``activation_stitch``
    :param on_the_image: whether to interpolate the map to the voxels of the image file
    :param basis: the basis of component maps that are written instead of channels
    :return: the plan
    :raises GeometryError: if no sample of the map lies inside the image
    :raises OptionError: if there is no such stitch mode
    """
    stitching = _stitching_plan(axes, windows, stitch)
    lattices = [axis.lattice for axis in stitching.axes]
    _check_samples(spec, lattices, windows.image)
    grid = InputGrid(space, lattices) if on_the_image else None
    channels = len(spec['channels'] if basis is None else basis.channels)
    place = space.lattice_place(
        [lattice.stride for lattice in lattices],
        [lattice.offset for lattice in lattices],
        [lattice.first for lattice in lattices],
    )
    return MapPlan(
        key,
        MapSpec(
            shape_xyz=grid.shape if grid else stitching.shape,
            place=grid.place if grid else place,
            **spec,
        ),
        stitching,
        tuple(spatial_axes),
        _with_axes(description._replace(windows=stitching.windows), axes, stitching, grid),
        Judgement(partial(judge, stitching)),
        stitch,
        grid,
        scratch_samples(stitch, stitching.shape, channels, on_the_image),
        basis=basis,
    )


def _check_samples(spec: SpecKeys, lattices: Sequence[AxisLattice], image: Sequence[float]) -> None:
    for name, lattice, size in zip('xyz', lattices, image):
        if lattice.count == 0:
            raise GeometryError(
                "layer '{}' has no sample inside the image of subject '{}': along {} they lie {:g} "
                'voxels apart, and the image has {:g}; leave the layer out of activation_layers or '
                'choose another volume_padding_size'.format(
                    spec['layer'], spec['subject'], name, lattice.stride, size
                )
            )


def _stitching_plan(axes: Sequence[AxisReading], windows: Windows, stitch: str) -> StitchPlan:
    kind = mode_of(stitch).axis_plan
    return StitchPlan(
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


def _with_axes(
    description: MapDescription,
    axes: Sequence[AxisReading],
    stitching: StitchPlan,
    grid: Optional[InputGrid],
) -> MapDescription:
    """Add the entries that hold one number for each axis to a description."""
    return description._replace(
        stride=_in_written_order([axis.stride for axis in axes], grid),
        offset=_in_written_order([axis.offset for axis in axes], grid),
        period=_in_written_order([axis.period for axis in axes], grid),
        receptive_field=_in_written_order([axis.receptive_field for axis in axes], grid),
        margin=_in_written_order(stitching.margin, grid),
    )


def _in_written_order(values: Sequence[Number], grid: Optional[InputGrid]) -> List[Number]:
    """
    Values of network space's x, y and z in the order in which the written array has these axes.
    """
    return list(values) if grid is None else [values[axis] for axis in grid.network_axes]
