# -*- coding: utf-8 -*-
"""
Whether a map of Grad-CAM, HiResCAM or saliency equals the same formula in one pass over the volume.

It does if the logits of the target are exact: then all samples that they depend on lie in their
window, and no other samples have a gradient.
"""

from typing import List, Optional, Sequence

from niftynet_activations.capturing.fetched_layers import SavedLayer
from niftynet_activations.capturing.recording import NetworkRecord
from niftynet_activations.exactness.judgement import MapVerdict, Wanted
from niftynet_activations.exactness.layer_geometry import LayerGeometries
from niftynet_activations.exactness.reference_volume import ReferenceShapes
from niftynet_activations.planning.plan import MapPlan
from niftynet_activations.stitching.axis_plan import StitchPlan
from niftynet_activations.stitching.crop import CropAxisPlan


class AttributedGeometries(LayerGeometries):
    """
    The geometry of the layers that are asked about, and of the logits, on which every map depends.

    :ivar result: the logits; None where they have no spatial axes
    """

    def __init__(
        self,
        record: NetworkRecord,
        layers: Sequence[SavedLayer],
        spatial_axes: Sequence[int],
        references: ReferenceShapes,
        result: SavedLayer,
    ) -> None:
        self.result = result if result.spatial.shape.ndims > 2 else None
        every = list(layers) + ([] if self.result is None else [self.result])
        super(AttributedGeometries, self).__init__(record, every, spatial_axes, references)

    def common_periods(self, layers: Sequence[SavedLayer]) -> List[int]:
        every = list(layers) + ([] if self.result is None else [self.result])
        return super(AttributedGeometries, self).common_periods(every)


def judge_both(
    geometries: AttributedGeometries,
    layer: SavedLayer,
    plan: MapPlan,
    result_plan: Optional[MapPlan],
    aligned: bool,
    wanted: Wanted,
) -> MapVerdict:
    """
    :param geometries: of the layer and the logits
    :param layer: the layer of the map
    :param plan: of the map
    :param result_plan: plan of a map of the logits, each sample from one window; None where they
        have no spatial axes
    :param aligned: whether windows run over the common reference volume
    :param wanted: whether the search for the reference volume is to go on
    :return: the verdict on the map
    :raises GeometryError: if the search was given up
    """
    along = plan.stitching.axes
    volume = [axis.volume for axis in along]
    read = geometries.axes(layer, [axis.window for axis in along])
    # gradients of several windows add up, but each lies in the window of its part of the target
    axes = [
        CropAxisPlan(axis.lattice, axis.starts, axis.window, each.size, axis.volume)
        for axis, each in zip(along, read)
    ]
    own = geometries.judge_map(layer, volume, aligned, StitchPlan(axes), wanted)
    if geometries.result is None or result_plan is None:
        return own
    result = geometries.judge_map(geometries.result, volume, aligned, result_plan.stitching, wanted)
    exact = False if False in (own.exact, result.exact) else own.exact and result.exact
    reasons = []
    if not own.exact:
        reasons.append(own.inexact_because)
    if not result.exact:
        reasons.append("the network's result is not exact: {}".format(result.inexact_because))
    return MapVerdict(
        exact, '; '.join(str(each) for each in reasons) or None, result.reference_shape
    )
