# -*- coding: utf-8 -*-
"""
What the viewer can show of a folder, and the volumes that it sends to the page.

Vocabulary of this module:

exhibit
    one volume that the page may ask for: a subject's input, a subject's segmentation, or
    one channel of a map. The page names it by numbers (places in lists), never by a path.
note
    why something cannot be shown; None where it can.
"""

import os
from typing import Any, Dict, List, Optional

import nibabel as nib
import numpy as np

from niftynet_activations.errors import WriteError
from niftynet_activations.looking.maps import ActivationMap, ActivationMaps
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

    def catalogue(self) -> Dict[str, Any]:
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
        :raises WriteError: if the map cannot be read
        """
        one = self._maps_of(self._subjects[subject])[layer]
        volume = np.asarray(one.data[..., channel], dtype=np.float32)
        return as_nifti(volume, one.affine)

    def source(self, subject: int) -> bytes:
        """
        The input of a subject: the first image that its sidecars name.

        :param subject: its place among the subjects
        :return: a .nii file, 3-D, float32
        :raises IndexError: if there is no such subject
        :raises WriteError: if the image is not there or cannot be read
        """
        path = self._source_path(self._subjects[subject])
        if path is None:
            raise WriteError('the sidecars name no input image')
        image = load_nifti(path)
        return as_nifti(first_volume(image), image.affine)

    def segmentation(self, subject: int) -> bytes:
        """
        The segmentation of a subject; of probabilities, the most probable class.

        :param subject: its place among the subjects
        :return: a .nii file, 3-D, float32
        :raises IndexError: if there is no such subject
        :raises WriteError: if there is none, or it cannot be read
        """
        path = self._segmentation_path(self._subjects[subject])
        if path is None:
            raise WriteError('no window_seg image lies in the folder')
        image = load_nifti(path)
        array = np.asarray(image.dataobj)
        array = array.reshape(list(array.shape[:3]) + [-1])
        labels = array[..., 0] if array.shape[3] == 1 else array.argmax(axis=3)
        return as_nifti(labels.astype(np.float32), image.affine)

    def _maps_of(self, subject: str) -> List[ActivationMap]:
        return [one for key, one in self.maps.items() if key[0] == subject]

    def _source_path(self, subject: str) -> Optional[str]:
        for one in self._maps_of(subject):
            paths = listing.source_images(one.info, self.maps.folder)
            if paths:
                return paths[0]
        return None

    def _segmentation_path(self, subject: str) -> Optional[str]:
        return listing.find_segmentation(self.maps.folder, subject, self._subjects)

    def _subject_entry(self, subject: str) -> Dict[str, Any]:
        source, segmentation = self._source_path(subject), self._segmentation_path(subject)
        return {
            'name': subject,
            'input': _image_entry(source, 'the sidecars name no input image'),
            'segmentation': _image_entry(segmentation, 'no window_seg image lies in the folder'),
            'maps': [_map_entry(one) for one in self._maps_of(subject)],
        }


def _image_entry(path: Optional[str], absent: str) -> Dict[str, Any]:
    if path is None:
        return {'name': None, 'note': absent}
    try:
        load_nifti(path)
    except WriteError as error:
        return {'name': os.path.basename(path), 'note': str(error)}
    return {'name': os.path.basename(path), 'note': None}


def _map_entry(one: ActivationMap) -> Dict[str, Any]:
    entry: Dict[str, Any] = {'layer': one.layer, 'channels': [], 'shape': None, 'note': None}
    try:
        info = one.info
        entry.update(exact=info.get('exact'), because=info.get('inexact_because'))
        shape = one.data.shape
        numbers = info.get('channels') or list(range(shape[3]))
        entry.update(shape=list(shape), channels=numbers)
    except WriteError as error:
        entry['note'] = str(error)
    return entry


def first_volume(image: nib.spatialimages.SpatialImage) -> np.ndarray:
    """
    The first volume of an image, read alone.

    :param image: an image of three axes or more, or of two
    :return: array (x, y, z), float32
    """
    extra = len(image.shape) - 3
    key = (slice(None),) * min(3, len(image.shape)) + (0,) * max(0, extra)
    array = np.asarray(image.dataobj[key], dtype=np.float32)
    return array if array.ndim == 3 else array.reshape(array.shape + (1,) * (3 - array.ndim))


def as_nifti(volume: np.ndarray, affine: np.ndarray) -> bytes:
    """
    A volume as the bytes of an uncompressed NIfTI file.

    :param volume: array (x, y, z), float32
    :param affine: matrix (4, 4) from voxels to mm
    :return: the file's bytes
    """
    image = nib.Nifti1Image(volume, affine)
    image.header.set_xyzt_units('mm')
    return image.to_bytes()
