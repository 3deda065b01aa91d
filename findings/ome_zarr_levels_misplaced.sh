#!/usr/bin/env bash
# The lower levels of an OME-Zarr pyramid lie beside the place that their own metadata says.
#
# One would expect a ball to have its centre at the same place on each level, whichever of its
# methods of downsampling the writer is told to use: it knows the method, and writes the scale and
# the translation of each level itself.
# What happens: ngff-zarr writes for all its methods the translation of a mean over blocks. It fits
# its default (itkwasm_gaussian), bin shrink and mode. itk_gaussian, described as the same thing in
# native code, dask_image_gaussian and dask_image_nearest sample at the first voxel of each block
# instead of its middle: the ball moves by 0.5 voxels along each axis on level 1, by 1.5 on level 2.
# ome-zarr's local_mean leaves out the last plane of an odd axis, yet the scale written is the whole
# length divided by the new size: the error grows along the axis, up to one voxel on level 1 and up
# to three on level 2. Its default (resize) is right, and so is local_mean if no axis is ever odd.
# Versions: ngff-zarr 0.50.0 with itk-filtering 5.4.7 and dask-image 2026.5.0; ome-zarr 0.18.0.
# Voxels here are those of level 0.
# Who meets it: whoever lays a mask over a map in a viewer, which shows a lower level first, or
# computes on a lower level to save time. Level 0 is right.

. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"
python_with 3.11 3.13 ngff-zarr==0.50.0 itk-filtering==5.4.7 itkwasm-downsample==2.0.2 \
    dask-image==2026.5.0 ome-zarr==0.18.0 dask==2026.8.0 zarr==3.1.6 numpy==2.3.5 scipy==1.15.3 \
    scikit-image==0.26.0

"$RUN" -W ignore - <<'PYTHON'
import sys
from importlib.metadata import version

import ngff_zarr
import numpy as np
import zarr
from ome_zarr.scale import Methods
from ome_zarr.writer import write_image

spacing = np.array([2.5, 1.25, 1.5])
odd, even = (57, 71, 63), (56, 72, 64)


def ball(shape, part):
    """A ball of 20 mm with a soft edge: values, and its centre in mm from the first voxel."""
    centre = (np.array(shape) - 1) * spacing * part
    places = np.stack(np.meshgrid(*map(np.arange, shape), indexing='ij'), -1) * spacing
    return np.clip(20.5 - np.linalg.norm(places - centre, axis=-1), 0, 1).astype(np.float32), centre


def moved(path, centre):
    """How far the ball is from its centre, for each level and axis, in voxels of level 0."""
    group = zarr.open_group(path, mode='r')
    found = []
    for dataset in group.attrs['ome']['multiscales'][0]['datasets']:
        level = {one['type']: one[one['type']] for one in dataset['coordinateTransformations']}
        weights = np.asarray(group[dataset['path']]).astype(float)
        index = [(numbers * weights).sum() / weights.sum() for numbers in np.indices(weights.shape)]
        place = np.array(level['scale']) * index + level.get('translation', (0, 0, 0))
        found.append((place - centre) / spacing)
    return np.array(found)


def show(name, part, shifts):
    print('   {:20s} {:.0%} along the axes: level 1 {}, level 2 {}'.format(
        name, part, *(np.round(one, 2) + 0.0 for one in shifts[1:])))


def with_ngff_zarr(method, part):
    values, centre = ball(odd, part)
    label = method.value in ('dask_image_nearest', 'dask_image_mode')
    image = ngff_zarr.to_ngff_image(
        (values > 0.5).astype(np.uint8) if label else values,
        dims=tuple('zyx'),
        scale=dict(zip('zyx', spacing.tolist())),
        translation=dict.fromkeys('zyx', 0.0),
    )
    pyramid = ngff_zarr.to_multiscales(image, scale_factors=[2, 4], method=method)
    ngff_zarr.to_ngff_zarr('ngff.zarr', pyramid, overwrite=True, version='0.5')
    shifts = moved('ngff.zarr', centre)
    show(method.value, part, shifts)
    return shifts


def with_ome_zarr(method, shape, part):
    values, centre = ball(shape, part)
    factors = [dict.fromkeys('zyx', factor) for factor in (2, 4)]
    write_image(values, zarr.open_group('ome.zarr', mode='w'), axes=list('zyx'),
                scale=dict(zip('zyx', spacing.tolist())), scale_factors=factors, method=method)
    shifts = moved('ome.zarr', centre)
    show(method.value, part, shifts)
    return shifts


def near(shifts, expected, most):
    return np.abs(shifts[0]).max() < 0.1 and np.abs(shifts[1:] - expected).max() < most


print(*(name + ' ' + version(name) for name in ('ngff-zarr', 'itk-filtering', 'dask-image', 'ome-zarr')))
print('how far the ball moves along z, y and x, in voxels of level 0')
print('ngff-zarr, {} x {} x {} voxels'.format(*odd))
right, moves = np.zeros((2, 1)), np.array([[0.5], [1.5]])
same = []
for name, expected, most in (
    ('itkwasm_gaussian', right, 0.1),
    ('itkwasm_bin_shrink', right, 0.1),
    ('dask_image_mode', right, 0.4),
    ('itk_gaussian', moves, 0.1),
    ('dask_image_gaussian', moves, 0.1),
    ('dask_image_nearest', moves, 0.4),
):
    for part in (0.3, 0.7):
        same.append(near(with_ngff_zarr(ngff_zarr.Methods(name), part), expected, most))
for shape in (odd, even):
    print('ome-zarr, {} x {} x {} voxels'.format(*shape))
    first, second = (np.array(shape) // factor * factor for factor in (2, 4))
    for part in (0.3, 0.7):
        # A mean over blocks keeps the first planes, and the scale is that of all of them.
        place = part * (np.array(shape) - 1) + 0.5
        grows = [place * (np.array(shape) / kept - 1) for kept in (first, second)]
        same.append(near(with_ome_zarr(Methods.RESIZE, shape, part), right, 0.1))
        same.append(near(with_ome_zarr(Methods.LOCAL_MEAN, shape, part), grows, 0.05))
sys.exit(0 if all(same) else 1)
PYTHON
