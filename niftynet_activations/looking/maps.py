# -*- coding: utf-8 -*-
"""
Activation maps as Python objects, from the folder that they were written to.

Vocabulary of this module:

map
    what one layer gave for one subject, as one volume of several channels.
lattice
    the grid of a map's samples; ``affine`` takes sample indices (x, y, z) to mm (RAS+).
sidecar
    the JSON file beside a map that says what it is; a map without one is unfinished.
channel
    counted from 0 within the map; ``channels`` holds the network's own numbers.
"""

import copy
import json
import os
from collections.abc import Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Dict, Iterator, List, Tuple

import nibabel as nib
import numpy as np

from niftynet_activations.errors import UnknownMapError, WriteError
from niftynet_activations.space import interpolation
from niftynet_activations.store.lazy_arrays import LazyArray, load_nifti, open_array
from niftynet_activations.store.listing import MapFiles, find_map_files

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

Key = Tuple[str, str]


def open_activations(folder: str) -> 'ActivationMaps':
    """
    Open the activation maps of a folder. Nothing but the lists of files is read.

    :param folder: the folder that holds ``activations.csv`` (the run's ``activation_dir``)
    :return: a mapping from (subject, layer) to :class:`ActivationMap`
    :raises WriteError: if the folder is not there or holds no activations
    """
    return ActivationMaps(folder)


class ActivationMaps(Mapping):
    """
    The maps of one folder: ``maps[subject, layer]``, in the order they were written.

    Layers without spatial axes are no maps: their tables of one row a window are listed in
    ``window_tables``. Maps without a sidecar are unfinished, and listed in ``unfinished``.
    """

    def __init__(self, folder: str) -> None:
        """
        :param folder: the folder that holds ``activations.csv``
        :raises WriteError: if the folder is not there or holds no activations
        """
        self.folder = os.path.abspath(os.fspath(folder))
        found = find_map_files(self.folder)
        self._maps: Dict[Key, ActivationMap] = {}
        self.window_tables: Dict[Key, str] = {}
        self.unfinished: List[Key] = []
        for files in found:
            key = (files.subject, files.layer)
            if files.paths[0].endswith('.csv'):
                self.window_tables[key] = files.paths[0]
            elif not all(os.path.isfile(path) for path in files.sidecars):
                self.unfinished.append(key)
            else:
                self._maps[key] = ActivationMap(files)

    @property
    def subjects(self) -> List[str]:
        """The subjects, in the order they were written."""
        return list(dict.fromkeys(subject for subject, _ in self._maps))

    @property
    def layers(self) -> List[str]:
        """The names of the layers, in the order they were written."""
        return list(dict.fromkeys(layer for _, layer in self._maps))

    def table(self, labels: Any) -> 'pd.DataFrame':
        """
        Statistics of each channel in each region, long: one row a map, channel and label.

        :param labels: a label image for all subjects, a folder of them, or a mapping from subject
            to a path or nibabel image
        :return: columns subject, layer, channel, label, voxels, mean, std, min, max, median
        :raises OptionError: if no subject has labels
        :raises GeometryError: if a label image does not overlap a map
        """
        from niftynet_activations.looking.region_labels import labels_by_subject
        from niftynet_activations.looking.region_tables import region_table

        return region_table(self, labels_by_subject(labels, self.subjects))

    def features(self, labels: Any = None, **options: Any) -> 'pd.DataFrame':
        """
        Features, wide: one row a subject, or a subject and region.

        :param labels: as for :meth:`table`; without them a subject is one region
        :param options: further parameters of
            :func:`niftynet_activations.looking.answers.features.features`
        :return: columns subject, region, then ``layer|channel|statistic``
        """
        from niftynet_activations.looking.answers.features import features

        return features(self, labels, **options)

    def __getitem__(self, key: Key) -> 'ActivationMap':
        try:
            return self._maps[key]
        except (KeyError, TypeError):
            raise UnknownMapError(self._what_is_there(key)) from None

    def __iter__(self) -> Iterator[Key]:
        return iter(self._maps)

    def __len__(self) -> int:
        return len(self._maps)

    def __repr__(self) -> str:
        return '<ActivationMaps {}: {} subjects, {} layers>'.format(
            self.folder, len(self.subjects), len(self.layers)
        )

    def _what_is_there(self, key: Any) -> str:
        if not (isinstance(key, tuple) and len(key) == 2):
            return 'maps are taken by (subject, layer), got {!r}'.format(key)
        if key in self.window_tables:
            return '{} has no spatial axes: its values are the table {}'.format(
                key[1], self.window_tables[key]
            )
        if key in self.unfinished:
            return 'the map of {}, {} has no sidecar: it is unfinished, write it again'.format(*key)
        known, name = (self.layers, key[1]) if key[0] in self.subjects else (self.subjects, key[0])
        near = get_close_matches(str(name), known, n=5, cutoff=0.3) or known[:5]
        return 'no map of subject {}, layer {}; there are, among {}: {}'.format(
            key[0], key[1], len(known), ', '.join(near)
        )


class ActivationMap:
    """The map of one layer for one subject; its numbers stay on disk until asked for."""

    def __init__(self, files: MapFiles) -> None:
        """
        :param files: the map's files and sidecars
        """
        self.subject = files.subject
        self.layer = files.layer
        self.files = list(files.paths)
        self._sidecars = list(files.sidecars)
        self._info: Dict[str, Any] = {}

    def __repr__(self) -> str:
        return '<ActivationMap {} of {}: {}>'.format(
            self.layer, self.subject, os.path.basename(self.files[0])
        )

    @property
    def info(self) -> Dict[str, Any]:
        """
        What the sidecar says; of a map in several files, of the whole of them.

        :raises WriteError: if the sidecar is not there or is no JSON
        """
        if not self._info:
            self._info = join_sidecars([read_sidecar(path) for path in self._sidecars])
        return copy.deepcopy(self._info)

    @property
    def channels(self) -> List[int]:
        """The network's numbers of the channels kept."""
        return list(self.info.get('channels') or range(self.data.shape[3]))

    @property
    def data(self) -> LazyArray:
        """
        The samples, array-like (x, y, z, channel), floating-point, missing ones NaN.

        Slicing reads what the slice needs; ``numpy.asarray`` reads all of it.

        :raises WriteError: if a file is not there or cannot be read
        """
        return open_array(self.files, self.info.get('missing_value'))

    @property
    def affine(self) -> np.ndarray:
        """The matrix (4, 4), float64, from sample indices (x, y, z) to mm (RAS+)."""
        affine = self.info.get('affine')
        if affine is None:
            if self.files[0].endswith('.zarr'):
                raise WriteError('{} has no affine in its sidecar'.format(self.files[0]))
            affine = load_nifti(self.files[0]).affine
        return np.array(affine, dtype=np.float64)

    def channel_volumes(self) -> Iterator[np.ndarray]:
        """
        Read channel after channel, so that one of them is in memory at a time.

        :return: arrays (x, y, z), floating-point, missing samples NaN
        """
        data = self.data.streaming()
        for number in range(data.shape[3]):
            yield data[..., number]

    def to_nibabel(self) -> nib.Nifti1Image:
        """
        The map as a nibabel image (x, y, z, channel); the numbers stay on disk.

        :return: an image of this map's data and affine
        """
        image = nib.Nifti1Image(self.data, self.affine)
        image.header.set_xyzt_units('mm')
        return image

    def plot(
        self, channels: Any = 0, at: Any = None, limits: Any = None, image: bool = True
    ) -> 'Figure':
        """
        A figure: three planes of one channel, or an axial plane of several, over the input image.

        :param channels: a place in the map from 0, or several
        :param at: a point (3,) in mm, RAS+; the centre of the strongest responses where not given
        :param limits: lowest and highest value of the colours, where chosen
        :param image: draw the first input image beneath, where it can be read
        :return: a matplotlib figure, which a notebook shows and ``savefig`` writes
        """
        from niftynet_activations.looking.figures.commands import draw

        chosen = [channels] if np.isscalar(channels) else list(channels)
        folder = os.path.dirname(os.path.abspath(self.files[0]))
        return draw([self], [chosen], at, limits, image, folder)

    def sample(self, world_xyz: Any) -> np.ndarray:
        """
        The map's values at points in space, linear between samples.

        :param world_xyz: points (n, 3), or one point (3,), in mm (RAS+)
        :return: values (n, channels), float64; NaN for points outside the box of the sample
            centres (on an axis with one sample: farther from it than half a step), and where
            a missing sample takes part
        """
        data = self.data.streaming()
        index = interpolation.world_to_index(world_xyz, self.affine)
        return interpolation.linear(data, index)


def read_sidecar(path: str) -> Dict[str, Any]:
    """
    Read a sidecar.

    :param path: a JSON file
    :return: its keys and values
    :raises WriteError: if it is not there or holds something else
    """
    try:
        with open(path, encoding='utf-8') as stream:
            info = json.load(stream)
    except (OSError, ValueError) as error:
        raise WriteError('the sidecar {} cannot be read: {}'.format(path, error)) from error
    if not isinstance(info, dict):
        raise WriteError('the sidecar {} should hold one object of names and values'.format(path))
    return info


def join_sidecars(parts: List[Dict[str, Any]]) -> Dict[str, Any]:
    """
    The sidecar of a whole map that lies in one file per channel.

    :param parts: what the sidecars say, in the order of the channels
    :return: the first of them, with the channels of all and the sums of what they count
    """
    whole = dict(parts[0])
    if len(parts) == 1:
        return whole
    whole['channels'] = list(
        dict.fromkeys(number for part in parts for number in part.get('channels') or [])
    )
    for name in ('missing', 'nan'):
        counts = [part.get(name) for part in parts]
        whole[name] = None if None in counts else sum(counts)
    return whole
