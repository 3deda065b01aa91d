# -*- coding: utf-8 -*-
"""
The pictures of the demonstration.

Vocabulary: a *plane* is a slice across one axis through a point given in mm of world space, so
that volumes of different resolution are cut at the same place; a *montage* shows one plane of
every channel of a map. Volumes are turned to the axes right, anterior, superior before.
"""

import csv
import math
import os

import matplotlib

matplotlib.use('Agg')

import matplotlib.pyplot as plt  # noqa: E402
import nibabel as nib  # noqa: E402
import numpy as np  # noqa: E402

POINT = (2.0, -16.0, 12.0)
PLANES = ('sagittal', 'coronal', 'axial')
COLUMNS = 8
RANGE = (0.5, 99.5)
DPI = 110
LABEL_COLOURS = ('none', '#e8b04a', '#4a8fe8')


def draw_all(image, segmentation, maps, folder):
    """
    Draw the image with its segmentation, and a montage of each map.

    :param image: path of the input volume
    :param segmentation: path of the label volume
    :param maps: folder with ``activations.csv`` and the maps it lists
    :param folder: where the pictures are written; made where it is missing
    :return: list of the pictures' paths
    """
    os.makedirs(folder, exist_ok=True)
    pictures = [os.path.join(folder, 'segmentation.png')]
    draw_segmentation(load(image), load(segmentation), pictures[0])
    with open(os.path.join(maps, 'activations.csv'), newline='') as table:
        rows = list(csv.DictReader(table))
    for row in rows:
        picture = os.path.join(folder, row['layer'].replace('/', '.').replace(':', '-') + '.png')
        draw_montage(load(os.path.join(maps, row['file'])), row['layer'], picture)
        pictures.append(picture)
    return pictures


def load(path):
    """
    :param path: of a NIfTI file
    :return: the image, turned to the axes right, anterior, superior
    """
    return nib.as_closest_canonical(nib.load(path))


def volume_of(image):
    """
    :param image: a nibabel image, 3-D to 5-D
    :return: (x, y, z, channel) array
    """
    data = np.asanyarray(image.dataobj)
    return data.reshape(data.shape[:3] + (-1,))


def plane(volume, affine, axis):
    """
    Cut a volume across one axis at :data:`POINT`.

    :param volume: (x, y, z) array
    :param affine: (4, 4) array, voxels to mm
    :param axis: 0, 1 or 2
    :return: (rows, columns) array for a picture with its origin below, and the picture's
        extent in mm: left, right, bottom, top
    """
    index = np.rint(nib.affines.apply_affine(np.linalg.inv(affine), POINT)).astype(int)
    index = np.clip(index, 0, np.array(volume.shape) - 1)
    first = nib.affines.apply_affine(affine, np.full(3, -0.5))
    last = nib.affines.apply_affine(affine, np.array(volume.shape) - 0.5)
    across, up = [other for other in range(3) if other != axis]
    extent = (first[across], last[across], first[up], last[up])
    return np.take(volume, index[axis], axis=axis).T, extent


def draw_segmentation(image, segmentation, path):
    """
    Draw three planes of the image, and the same with the labels over them.

    :param image: the input, a nibabel image
    :param segmentation: the labels, a nibabel image
    :param path: of the PNG file
    """
    colours = matplotlib.colors.ListedColormap(LABEL_COLOURS)
    figure, rows = plt.subplots(2, 3, figsize=(10, 7), facecolor='black')
    for axis, name in enumerate(PLANES):
        grey, extent = plane(volume_of(image)[..., 0], image.affine, axis)
        labels, label_extent = plane(volume_of(segmentation)[..., 0], segmentation.affine, axis)
        for panel in rows[:, axis]:
            panel.imshow(grey, cmap='gray', origin='lower', extent=extent)
            panel.axis('off')
        rows[0, axis].set_title(name, color='white', fontsize=10)
        rows[1, axis].imshow(
            labels, cmap=colours, vmin=0, vmax=2, alpha=0.6, origin='lower', extent=label_extent
        )
    figure.suptitle('MNI152 T1; grey matter yellow, white matter blue', color='white')
    save(figure, path)


def draw_montage(image, layer, path):
    """
    Draw the axial plane of every channel of a map, each between two percentiles of its own.

    :param image: the map, a nibabel image
    :param layer: the layer's name, for the title
    :param path: of the PNG file
    """
    volume = volume_of(image)
    channels = volume.shape[-1]
    columns = min(COLUMNS, channels)
    lines = int(math.ceil(channels / float(columns)))
    figure, panels = plt.subplots(
        lines, columns, figsize=(1.6 * columns, 2.0 * lines + 0.6), facecolor='black', squeeze=False
    )
    figure.subplots_adjust(left=0, right=1, bottom=0, top=1 - 0.6 / (2.0 * lines + 0.6))
    figure.subplots_adjust(wspace=0.03, hspace=0.12)
    for channel, panel in enumerate(panels.ravel()):
        panel.axis('off')
        if channel < channels:
            values, extent = plane(volume[..., channel], image.affine, 2)
            low, high = np.nanpercentile(values, RANGE)
            panel.imshow(
                values, cmap='magma', origin='lower', extent=extent, vmin=low, vmax=max(high, low)
            )
            panel.set_title(str(channel), color='white', fontsize=8)
    voxel = ' x '.join('{:g}'.format(size) for size in image.header.get_zooms()[:3])
    figure.suptitle(
        '{}: {} channels, voxels of {} mm'.format(layer, channels, voxel), color='white'
    )
    save(figure, path)


def save(figure, path):
    """
    :param figure: a matplotlib figure; closed
    :param path: of the PNG file
    """
    figure.savefig(path, dpi=DPI, facecolor=figure.get_facecolor(), bbox_inches='tight')
    plt.close(figure)
