# -*- coding: utf-8 -*-
"""
What the viewer can show of a folder, and the volumes that it sends to the page.

Vocabulary of this module:

exhibit
    one volume that the page may ask for: one of a subject's inputs, a subject's segmentation, or
    one channel of a map. The page names it by numbers (places in lists), never by a path.
note
    why something cannot be shown; None where it can.
picture
    an input of rows and columns, which has no place in the world. All volumes of such a subject
    are turned, so that the page shows its rows downwards and its columns to the right: a
    column is -x, a row is -y.
"""

import os
from typing import List, Optional, Sequence

import nibabel as nib
import numpy as np

from niftynet_activations.errors import ReadError
from niftynet_activations.hints import JsonObject
from niftynet_activations.looking.activation_map import ActivationMap
from niftynet_activations.looking.input_images import (
    FROM_ROWS_AND_COLUMNS,
    check_source,
    input_names,
    is_picture,
    read_source,
    thin_axis,
)
from niftynet_activations.looking.maps import ActivationMaps
from niftynet_activations.store import listing
from niftynet_activations.store.lazy_arrays import load_nifti


class Exhibits:
    """The volumes of a folder, by the numbers that the page uses for them."""

    def __init__(self, maps: ActivationMaps) -> None:
        """
        :param maps: the maps of the folder
        """
        self.maps = maps
        self._subjects = maps.subjects

    def catalogue(self) -> JsonObject:
        """
        What there is to show, for the page's pickers; nothing but headers is read.

        :return: names, numbers and notes, as JSON can hold them
        """
        return {
            'folder': os.path.basename(self.maps.folder),
            'subjects': [self._subject_entry(subject) for subject in self._subjects],
            'unfinished': ['{}, {}'.format(*key) for key in self.maps.unfinished],
        }

    def channel(self, subject: int, layer: int, channel: int) -> bytes:
        """
        One channel of a map.

        :param subject: its place among the subjects
        :param layer: its place among the subject's maps
        :param channel: its place within the map
        :return: a .nii file, 3-D, float32; missing samples are NaN
        :raises IndexError: if there is no such channel
        :raises ReadError: if the map cannot be read
        """
        name = self._subjects[subject]
        one = self._maps_of(name)[layer]
        volume = np.asarray(one.data[..., channel], dtype=np.float32)
        return as_nifti(volume, self._turn(name) @ one.affine)

    def source(self, subject: int, number: int = 0) -> bytes:
        """
        An input of a subject: an image that its sidecars name.

        :param subject: its place among the subjects
        :param number: the input's place in the sidecar
        :return: a .nii file, 3-D, float32, or RGB for a colour picture
        :raises IndexError: if there is no such subject or input
        :raises ReadError: if the image is not there or cannot be read
        """
        name = self._subjects[subject]
        found = read_source(self._info_of(name), self.maps.folder, number)
        if found.volume is None:
            if number and number >= len(self._input_paths(name)):
                raise IndexError(number)
            raise ReadError(found.note)
        affine = self._turn(name) @ found.affine
        return as_nifti(found.volume if found.colours is None else as_rgb(found.colours), affine)

    def segmentation(self, subject: int) -> bytes:
        """
        The segmentation of a subject; of probabilities, the most probable class.

        :param subject: its place among the subjects
        :return: a .nii file, 3-D, float32
        :raises IndexError: if there is no such subject
        :raises ReadError: if there is none, or it cannot be read
        """
        path = self._segmentation_path(self._subjects[subject])
        if path is None:
            raise ReadError('no window_seg image lies in the folder')
        image = load_nifti(path)
        array = np.asarray(image.dataobj)
        array = array.reshape((list(array.shape) + [1, 1])[:3] + [-1])
        labels = array[..., 0] if array.shape[3] == 1 else array.argmax(axis=3)
        turn = self._turn(self._subjects[subject])
        return as_nifti(labels.astype(np.float32), turn @ image.affine)

    def _maps_of(self, subject: str) -> List[ActivationMap]:
        return [one for key, one in self.maps.items() if key[0] == subject]

    def _info_of(self, subject: str) -> JsonObject:
        """The sidecar that names the subject's inputs; empty where none does or can be read."""
        for one in self._maps_of(subject):
            try:
                info = one.info
            except ReadError:
                continue  # the catalogue says so of the map
            if listing.source_images(info, self.maps.folder):
                return info
        return {}

    def _input_paths(self, subject: str) -> List[str]:
        return listing.source_images(self._info_of(subject), self.maps.folder)

    def _turn(self, subject: str) -> np.ndarray:
        picture = is_picture(self._info_of(subject), self.maps.folder)
        return FROM_ROWS_AND_COLUMNS if picture else np.eye(4)

    def _segmentation_path(self, subject: str) -> Optional[str]:
        return listing.find_segmentation(self.maps.folder, subject, self._subjects)

    def _subject_entry(self, subject: str) -> JsonObject:
        info, folder = self._info_of(subject), self.maps.folder
        segmentation = self._segmentation_path(subject)
        names = input_names(info, folder)
        paths = self._input_paths(subject)
        entries = [_input_entry(name, path) for name, path in zip(names, paths)]
        return {
            'name': subject,
            'inputs': entries or [{'name': None, 'note': 'the sidecars name no input image'}],
            'picture': is_picture(info, folder),
            'segmentation': _image_entry(segmentation, 'no window_seg image lies in the folder'),
            'maps': [_map_entry(one) for one in self._maps_of(subject)],
        }


def _input_entry(name: str, path: str) -> JsonObject:
    try:
        check_source(path)
    except ReadError as error:
        return {'name': name, 'note': str(error)}
    return {'name': name, 'note': None}


def _image_entry(path: Optional[str], absent: str) -> JsonObject:
    if path is None:
        return {'name': None, 'note': absent}
    return _input_entry(os.path.basename(path), path)


def _map_entry(one: ActivationMap) -> JsonObject:
    entry: JsonObject = {'layer': one.layer, 'channels': [], 'shape': None, 'note': None}
    entry['plane'] = None
    try:
        info = one.info
        entry.update(exact=info.get('exact'), because=info.get('inexact_because'))
        shape = one.data.shape
        numbers = info.get('channels') or list(range(shape[3]))
        entry.update(shape=list(shape), channels=numbers, plane=plane_of(one.affine, shape))
    except ReadError as error:
        entry['note'] = str(error)
    return entry


def plane_of(affine: np.ndarray, shape: Sequence[int]) -> Optional[str]:
    """
    :param affine: matrix (4, 4) from samples to mm
    :param shape: the lengths (x, y, z)
    :return: the plane in which a flat map lies; None for one that is not flat
    """
    thin = thin_axis(shape)
    if thin is None:
        return None
    return ('sagittal', 'coronal', 'axial')[int(np.argmax(np.abs(affine[:3, thin])))]


def as_rgb(colours: np.ndarray) -> np.ndarray:
    """
    :param colours: (x, y, z, 3), uint8
    :return: the same as NIfTI's RGB24 has it, (x, y, z)
    """
    kind = np.dtype([('R', 'u1'), ('G', 'u1'), ('B', 'u1')])
    return np.ascontiguousarray(colours).view(kind)[..., 0]


def as_nifti(volume: np.ndarray, affine: np.ndarray) -> bytes:
    """
    A volume as the bytes of an uncompressed NIfTI file.

    :param volume: array (x, y, z), float32 or RGB
    :param affine: matrix (4, 4) from voxels to mm
    :return: the file's bytes
    """
    image = nib.Nifti1Image(volume, affine)
    image.header.set_xyzt_units('mm')
    return image.to_bytes()
