# -*- coding: utf-8 -*-
"""
What is known of a layer's place in space.

- *axes*: x, y, z in that order; the z of a two-dimensional network is trivial: one sample that is
  one voxel;
- *reason*: a sentence that says why no window can give the layer's samples as a pass over the
  whole reference volume does, whatever the border;
- *unknown*: a sentence that names an operation whose effect on the geometry is not known.
"""

from typing import List, NamedTuple, Optional, Tuple

from niftynet_activations.geometry.axis import AxisGeometry

Triple = List[Optional[float]]


class TensorGeometry(
    NamedTuple(
        'TensorGeometry',
        [
            ('axes', Optional[Tuple[AxisGeometry, AxisGeometry, AxisGeometry]]),
            ('reasons', Tuple[str, ...]),
            ('unknowns', Tuple[str, ...]),
        ],
    )
):
    """
    The geometry of one layer; ``axes`` is None where an unknown operation stands before it.
    """

    @property
    def inexact_because(self) -> Tuple[str, ...]:
        """
        :return: sentences, those that are sure first; empty if the layer can be exact
        """
        return self.reasons + self.unknowns

    @property
    def exactable(self) -> Optional[bool]:
        """
        :return: whether some window and border make the layer exact; None where an unknown
            operation leaves that open
        """
        if self.reasons:
            return False
        return None if self.unknowns else True

    @property
    def stride(self) -> Optional[Triple]:
        """
        :return: voxels, (x, y, z); None where unknown, as all that follow
        """
        return self._each(lambda axis: axis.stride)

    @property
    def offset(self) -> Optional[Triple]:
        """
        :return: centre of sample 0 in voxels
        """
        return self._each(lambda axis: axis.offset)

    @property
    def period(self) -> Optional[Triple]:
        """
        :return: voxels
        """
        return self._each(lambda axis: axis.period)

    @property
    def receptive_field(self) -> Optional[Triple]:
        """
        :return: voxels; None for an axis on which it spans the window
        """
        return self._each(lambda axis: axis.receptive_field)

    def _each(self, value) -> Optional[Triple]:
        return None if self.axes is None else [value(axis) for axis in self.axes]
