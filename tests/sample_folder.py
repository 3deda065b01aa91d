# -*- coding: utf-8 -*-
"""
An output folder as a run writes one, made by the program's own writer without a run.

The tests of what reads such a folder use it: the numbers are random with a seed, the axes
unequal, the affine oblique, and everything that was written is returned beside the folder.
"""

import json
import os
from typing import Dict, NamedTuple, Sequence, Tuple

import nibabel as nib
import numpy as np

from niftynet_activations.space.place import place_of_affine
from niftynet_activations.store.description import MapDescription
from niftynet_activations.store.folder import OutputFolder
from niftynet_activations.store.formats.contract import LAYOUTS
from niftynet_activations.store.spec import MapSpec
from niftynet_activations.store.tables import write_layers
from niftynet_activations.store.writer import MapWriter

POSTFIX = '_niftynet_out'
SHAPE = (18, 22, 26)
Layer = NamedTuple('Layer', [('name', str), ('channels', int), ('stride', int), ('offset', float)])
LAYERS = (
    Layer('conv_0', 4, 1, 0.0),
    Layer('res_1/pool:1', 6, 2, 0.5),
    Layer('logits', 3, 1, 0.0),
)
Sample = NamedTuple(
    'Sample',
    [
        ('folder', str),
        ('data', Dict[Tuple[str, str], np.ndarray]),
        ('affines', Dict[Tuple[str, str], np.ndarray]),
        ('labels', Dict[str, np.ndarray]),
        ('inputs', Dict[str, np.ndarray]),
        ('affine', np.ndarray),
    ],
)


def oblique_affine(shift: float = 0.0) -> np.ndarray:
    """
    A rotated grid of unequal spacing whose first axis points to the left.

    :param shift: how far to move it, in mm
    :return: matrix (4, 4) from voxels to mm
    """
    angle = np.deg2rad(12.0)
    turn = np.array(
        [
            [np.cos(angle), -np.sin(angle), 0.0],
            [np.sin(angle), np.cos(angle), 0.0],
            [0.0, 0.0, 1.0],
        ]
    )
    tilt = np.deg2rad(5.0)
    lean = np.array(
        [
            [1.0, 0.0, 0.0],
            [0.0, np.cos(tilt), -np.sin(tilt)],
            [0.0, np.sin(tilt), np.cos(tilt)],
        ]
    )
    affine = np.eye(4)
    affine[:3, :3] = turn @ lean @ np.diag([-4.0, 3.5, 3.0])
    affine[:3, 3] = [31.0 + shift, -40.0, -33.0]
    return affine


def make_sample(
    folder: str,
    subjects: Sequence[str] = ('1', '1_b'),
    layers: Sequence[Layer] = LAYERS,
    form: str = '4d',
    file_format: str = 'nii.gz',
    shape: Sequence[int] = SHAPE,
) -> Sample:
    """
    Write an output folder: maps, sidecars, lists, segmentations, and inputs beside it.

    :param folder: where; made if it is not there
    :param subjects: their names; one begins with another's on purpose
    :param layers: the layers; their lattice starts at ``offset`` and steps by ``stride``
    :param form: a layout, or a format whose layout does not matter
    :param file_format: of maps in a layout
    :param shape: the input's lengths (x, y, z)
    :return: the folder and all that was written
    """
    os.makedirs(folder, exist_ok=True)
    sources = os.path.join(os.path.dirname(os.path.abspath(folder)), 'inputs')
    os.makedirs(sources, exist_ok=True)
    sample = Sample(folder, {}, {}, {}, {}, oblique_affine())
    if form not in LAYOUTS:
        form, file_format = '4d', form
    for number, subject in enumerate(subjects):
        source = os.path.join(sources, '{}_T1.nii.gz'.format(subject))
        affine = oblique_affine(float(number))
        _write_subject(sample, subject, affine, tuple(shape), source, number)
        for place, layer in enumerate(layers):
            random = np.random.RandomState(100 * number + place)
            data, lattice = _map_values(sample.inputs[subject], affine, layer, random)
            sample.data[subject, layer.name] = data
            sample.affines[subject, layer.name] = lattice
            spec = _spec(subject, layer, data, lattice, file_format, form)
            _write_map(folder, spec, data, _described(layer, source, shape))
    _write_layers(folder, layers)
    return sample


def make_picture_sample(folder: str, colour: bool = True) -> Tuple[str, np.ndarray, np.ndarray]:
    """
    Write an output folder of a two-dimensional network: one PNG, two layers, no world.

    :param folder: where; made if it is not there
    :param colour: RGB, or grey
    :return: path of the PNG, its pixels (rows, columns[, 3]), and the first layer's map
    """
    from PIL import Image

    os.makedirs(folder, exist_ok=True)
    rows, columns = 40, 60
    row, column = np.mgrid[:rows, :columns]
    pixels = np.zeros((rows, columns, 3), np.uint8)
    pixels[..., 0] = column * 4  # red to the right
    pixels[..., 2] = row * 6  # blue downwards
    pixels[4:12, 6:16] = 255, 255, 0  # a yellow square near the upper left corner
    pixels = pixels if colour else pixels[..., 0]
    path = os.path.join(folder, 'retina.png')
    Image.fromarray(pixels).save(path)
    values = None
    for layer in (Layer('conv', 3, 1, 0.0), Layer('pool', 2, 2, 0.5)):
        step = layer.stride
        square = ((row >= 4) & (row < 12) & (column >= 6) & (column < 16)).astype(np.float32)
        data = np.stack([square + 0.01 * k * column for k in range(layer.channels)], axis=-1)
        data = data[::step, ::step, np.newaxis].astype(np.float32)
        affine = np.diag([step, step, 1.0, 1.0])
        affine[:2, 3] = layer.offset
        spec = _spec('a', layer, data, affine, 'nii.gz', '4d')
        _write_map(folder, spec, data, _described(layer, path, (rows, columns, 1)))
        values = data if values is None else values
    _write_layers(folder, [])
    return path, pixels, values


def make_flat_sample(folder: str, oriented: bool) -> np.ndarray:
    """
    Write an output folder of a two-dimensional network whose input is a flat NIfTI image.

    :param folder: where; made if it is not there
    :param oriented: whether the input's header sets one of its forms
    :return: the map of its layer ``conv``, (x, y, 1, channel)
    """
    shape = (60, 40, 1)
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, 'flat.nii.gz')
    across, up = np.indices(shape[:2])
    values = (across + 3.0 * up)[..., np.newaxis].astype(np.float32)
    image = nib.Nifti1Image(values, np.diag([-1.0, 1.0, 1.0, 1.0]) if oriented else None)
    nib.save(image, path)
    affine = np.asarray(nib.load(path).affine)
    layer = Layer('conv', 2, 1, 0.0)
    data = np.stack([values, -values], axis=-1)
    _write_map(
        folder,
        _spec('a', layer, data, affine, 'nii.gz', '4d'),
        data,
        _described(layer, path, shape),
    )
    _write_layers(folder, [])
    return data


def add_modality(folder: str, path: str) -> None:
    """Name a second input in all of the first subject's sidecars."""
    for name in os.listdir(folder):
        if name.endswith('_1_{}.json'.format(POSTFIX)):
            with open(os.path.join(folder, name)) as stream:
                info = json.load(stream)
            info['source_images'].append(path)
            with open(os.path.join(folder, name), 'w') as stream:
                json.dump(info, stream)


def _write_subject(
    sample: Sample,
    subject: str,
    affine: np.ndarray,
    shape: Tuple[int, ...],
    source: str,
    seed: int,
) -> None:
    middle = (np.array(shape) - 1) / 2.0
    grid = np.indices(shape).transpose(1, 2, 3, 0)
    radius = np.sqrt((((grid - middle) / (np.array(shape) / 2.0)) ** 2).sum(axis=-1))
    noise = np.random.RandomState(seed).normal(0, 5, shape)
    image = np.where(radius < 0.9, 100 + 40 * np.cos(6 * radius), 0) + noise
    # A bright spot on the patient's left: the first axis of the grid points to the left.
    image[int(0.75 * shape[0]), shape[1] // 2, shape[2] // 2] = 400
    labels = (radius < 0.9).astype(np.uint8) + (radius < 0.5)
    sample.inputs[subject] = image.astype(np.float32)
    sample.labels[subject] = labels.astype(np.uint8)
    nib.save(nib.Nifti1Image(sample.inputs[subject], affine), source)
    name = 'window_seg_{}_{}.nii.gz'.format(subject, POSTFIX)
    # NiftyNet writes five axes.
    stored = sample.labels[subject][:, :, :, np.newaxis, np.newaxis]
    nib.save(nib.Nifti1Image(stored, affine), os.path.join(sample.folder, name))


def _map_values(
    image: np.ndarray, affine: np.ndarray, layer: Layer, random: np.random.RandomState
) -> Tuple[np.ndarray, np.ndarray]:
    parts = [slice(int(layer.offset), None, layer.stride)] * 3
    coarse = image[tuple(parts)] / 100.0
    # The same network for all subjects: only the noise differs between them.
    gains = np.random.RandomState(layer.channels).normal(0, 1, layer.channels)
    data = coarse[..., np.newaxis] * gains + random.normal(0, 0.05, coarse.shape + (len(gains),))
    data = np.maximum(data, 0) if layer.name != 'logits' else data
    data[..., 0] = coarse
    if layer.channels > 3:
        data[..., 1] = 0.0
        data[..., 3] = np.minimum(coarse, 0.3)
    step = np.diag([layer.stride] * 3 + [1.0])
    step[:3, 3] = layer.offset
    return data.astype(np.float32), affine @ step


def _described(layer: Layer, source: str, shape: Sequence[int]) -> MapDescription:
    exact = layer.stride == 1
    return MapDescription(
        type='ConvolutionalLayer',
        tensor='worker_0/ToyNet/{}/add:0'.format(layer.name.replace(':', '_')),
        network='toynet',
        checkpoint='model.ckpt-10',
        iteration=10,
        source_images=[source],
        resolution='native',
        stride=[layer.stride] * 3,
        offset=[layer.offset] * 3,
        period=[layer.stride] * 3,
        receptive_field=[3, 3, 3],
        margin=[4.5, 4.5, None],
        reference_shape=list(shape),
        exact=exact,
        inexact_because=None if exact else 'windows do not start on multiples of 2',
        reduce='none',
        stitch='crop',
        grid='niftynet',
        windows=12,
        versions={'niftynet': '0.6.0'},
    )


def _write_map(folder: str, spec: MapSpec, data: np.ndarray, told: MapDescription) -> None:
    with OutputFolder(folder) as output:
        writer = MapWriter(output, spec)
        writer.write((0, 0, 0), data)
        writer.finish(told)


def _spec(
    subject: str, layer: Layer, data: np.ndarray, affine: np.ndarray, file_format: str, layout: str
) -> MapSpec:
    channels = tuple(range(data.shape[3]))
    place = place_of_affine(affine)
    shape = data.shape[:3]
    return MapSpec(subject, layer.name, POSTFIX, shape, channels, place, file_format, layout)


def _write_layers(folder: str, layers: Sequence[Layer]) -> None:
    listed = [
        {'name': layer.name, 'type': 'ConvolutionalLayer', 'channels': layer.channels}
        for layer in layers
    ]
    with OutputFolder(folder) as output:
        write_layers(output, listed)
