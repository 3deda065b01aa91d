# -*- coding: utf-8 -*-
"""
Where an image file says that its voxels lie, and where the samples of a map lie because of it.

A NIfTI file can tell the place of its voxels twice, and programs differ in which one they take:

- *form*: an affine with a *code* that says what kind of world it leads to (0: not set, 1: scanner,
  2: aligned with another file, 3: Talairach, 4: MNI152, 5: another template);
- *sform*, *qform*: the two forms. nibabel, FSL and MRtrix take the sform first, programs made with
  ITK mostly the qform. Only the sform can hold a shear;
- *unit*: what one step in the world is: ``mm``, ``micron``, ``meter`` or ``unknown``;
- *step matrix*: (4, 4), takes indices of one grid to those of another one.

A map must lie on its image in every program. So it carries both forms of the image, each with its
own code, and each behind the step matrix from the map's indices to the image's voxels.
"""

import os
from typing import NamedTuple, Optional, Sequence, Tuple

import nibabel
import numpy as np

from niftynet_activations.hints import ArrayLike, Header, Image

Matrix = Tuple[Tuple[float, ...], ...]
UNITS = ('mm', 'micron', 'meter')  # nibabel's names
UNKNOWN_UNIT = 'unknown'
PERPENDICULAR = 1e-5  # cosine between axes; less is rounding
ALIGNED = 2  # NIfTI's code for a place that was taken over from another file
OPPOSITE = dict(zip('LRPAIS', 'RLAPSI'))
# What ITK takes for the directions of a file without any form: its own x, y and z, which lead to
# the left, to the back and up.
ITK_WITHOUT_FORMS = (-1.0, -1.0, 1.0)


class Form(NamedTuple):
    """
    One statement of where voxels lie.

    affine: (4, 4), voxel indices to the world, as nested tuples; None for a form that is not set.
    code: NIfTI's number for the kind of world; 0 for a form that is not set.
    """

    affine: Optional[Matrix]
    code: int

    def behind(self, step: ArrayLike) -> 'Form':
        """
        :param step: step matrix (4, 4) from the indices of another grid to those of this one
        :return: the form with the affine of the other grid
        """
        if self.affine is None:
            return self
        return Form(as_matrix(np.asarray(self.affine) @ np.asarray(step)), self.code)


UNSET = Form(None, 0)


class Place(NamedTuple):
    """
    Where the samples of a grid lie.

    affine: (4, 4), indices to the world, which nibabel takes of the two forms.
    sform, qform: as a NIfTI header is to hold them.
    unit: of the world.
    axcodes: the direction nearest to that in which each index grows: three of L, R, P, A, I, S.
    """

    affine: Matrix
    sform: Form
    qform: Form
    unit: str
    axcodes: Tuple[str, ...]

    def behind(self, step: ArrayLike) -> 'Place':
        """
        :param step: step matrix (4, 4) from the indices of another grid to those of this one,
            which permutes, flips, stretches and shifts axes
        :return: the place of the other grid
        """
        step = np.asarray(step, dtype=np.float64)
        axcodes = []
        for column in step[:3, :3].T:
            axis = int(np.argmax(np.abs(column)))
            code = self.axcodes[axis]
            axcodes.append(code if column[axis] > 0 else OPPOSITE[code])
        return Place(
            as_matrix(np.asarray(self.affine) @ step),
            self.sform.behind(step),
            self.qform.behind(step),
            self.unit,
            tuple(axcodes),
        )


def as_matrix(affine: ArrayLike) -> Matrix:
    """
    :param affine: (4, 4) numbers
    :return: the same as nested tuples of float, which can be compared and cannot be changed
    """
    return tuple(tuple(float(each) for each in row) for row in np.asarray(affine))


def place_of_affine(affine: ArrayLike, code: int = ALIGNED, unit: str = 'mm') -> Place:
    """
    :param affine: (4, 4), indices to the world, all that is known of the place
    :param code: NIfTI's number for the kind of world
    :param unit: of the world
    :return: the place with the same affine in both forms, in the sform alone where it is sheared
    """
    form = Form(as_matrix(affine), code)
    qform = UNSET if is_sheared(affine) else form
    return Place(as_matrix(affine), form, qform, unit, _axcodes(affine))


def place_of_image(image: Image) -> Place:
    """
    :param image: a nibabel image
    :return: its place; of an image that is not NIfTI, its one affine in both forms
    """
    if not isinstance(image.header, nibabel.Nifti1Header):
        return place_of_affine(image.affine)
    place = place_of_header(image.header)
    if place.sform.code or place.qform.code:
        return place
    # Each program assumes something of its own. The map lies on the image in nibabel, which reads
    # the sform, and in ITK, which reads the qform of the map.
    sizes = [float(size) for size in image.header.get_zooms()[:3]] + [1.0] * 3
    directions = [way * size for way, size in zip(ITK_WITHOUT_FORMS, sizes)]
    itk = as_matrix(np.diag(directions + [1.0]))
    return place._replace(sform=Form(place.affine, ALIGNED), qform=Form(itk, ALIGNED))


def is_sheared(affine: ArrayLike) -> bool:
    """
    :param affine: (4, 4)
    :return: whether its axes are not perpendicular, which no qform can hold
    """
    columns = np.asarray(affine, dtype=np.float64)[:3, :3]
    columns = columns / np.sqrt((columns**2).sum(axis=0))
    return bool(np.abs(columns.T @ columns - np.eye(3)).max() > PERPENDICULAR)


def place_of_header(header: Header) -> Place:
    """
    :param header: of a NIfTI file
    :return: where its voxels lie
    """
    affine = header.get_best_affine()
    sform, qform = _form(header, 'sform'), _form(header, 'qform')
    return Place(as_matrix(affine), sform, qform, unit_of(header), _axcodes(affine))


def place_of_file(path: str, affine: ArrayLike, shape: Sequence[int]) -> Place:
    """
    Read a file's forms, which the program that loads its numbers may have lost.

    :param path: an image file
    :param affine: (4, 4), that its loader gave
    :param shape: (x, y, z), that its loader gave
    :return: both forms and the unit where the file is NIfTI and nibabel reads the same grid from
        it; else the loader's affine
    """
    if os.path.isfile(path) and path.endswith(('.nii', '.nii.gz', '.hdr', '.img', '.img.gz')):
        image = nibabel.load(path)
        if isinstance(image, nibabel.Nifti1Pair):
            sizes = (tuple(image.shape) + (1, 1, 1))[:3]
            if sizes == tuple(shape[:3]):
                return place_of_image(image)
    return place_of_affine(affine)


def unit_of(header: Header) -> str:
    """
    :param header: of a NIfTI file
    :return: the unit of its world; ``unknown`` for a number that NIfTI gives no meaning, too
    """
    code = int(header['xyzt_units']) % 8
    names = {1: 'meter', 2: 'mm', 3: 'micron'}
    return names.get(code, UNKNOWN_UNIT)


def _form(header: Header, name: str) -> Form:
    code = int(header[name + '_code'])
    if code <= 0:
        return UNSET
    if name == 'sform':
        return Form(as_matrix(header.get_sform()), code)
    try:
        return Form(as_matrix(header.get_qform()), code)
    except ValueError:
        # The quaternion of this qform is no rotation. Programs that take the sform read the image
        # all the same.
        return UNSET


def _axcodes(affine: ArrayLike) -> Tuple[str, ...]:
    return tuple(str(code) for code in nibabel.aff2axcodes(np.asarray(affine)))
