# -*- coding: utf-8 -*-
"""
What the viewer can show of a folder, and the volumes that it sends to the page.

Vocabulary of this module:

exhibit
    one volume that the page may request: an input, the segmentation or the labels of a subject,
    one channel of a map, or the similarity of all its samples to one sample. The page names it
    by numbers (positions in lists), never by a path.
subject
    a subject of one folder. Where several folders are open, its name on the page has the folder's
    title behind it, and the same subject of another folder is another entry.
note
    why something cannot be shown; None where it can.
picture
    an input from a PNG or JPEG, which has no world coordinates. All volumes of such a subject are
    turned, so that the page shows its rows downwards and its columns to the right: columns run
    along -x, rows along -y.
"""

from typing import List, Mapping, NamedTuple, Optional, Sequence

import nibabel as nib
import numpy as np
from nibabel.affines import apply_affine

from niftynet_activations.errors import ReadError
from niftynet_activations.hints import JsonObject
from niftynet_activations.looking.activation_map import ActivationMap
from niftynet_activations.looking.input_images import (
    FROM_ROWS_AND_COLUMNS,
    input_names,
    is_picture,
    read_source,
    sides_known,
)
from niftynet_activations.looking.maps import ActivationMaps
from niftynet_activations.looking.report.component_colours import colour_volume
from niftynet_activations.looking.viewer.entries import (
    MapEntries,
    folder_titles,
    image_entry,
    input_entry,
)
from niftynet_activations.looking.viewer.likeness import likeness, values_at
from niftynet_activations.looking.viewer.overviews import Overview, Overviews
from niftynet_activations.looking.viewer.quick_maps import QuickMaps
from niftynet_activations.store import listing
from niftynet_activations.store.description import Sidecar
from niftynet_activations.store.lazy_arrays import load_nifti


class Subject(NamedTuple):
    """A subject of one of the folders."""

    maps: ActivationMaps  # of the folder
    name: str
    shown: str  # on the page
    own: List[ActivationMap]  # the subject's maps


class Exhibits:
    """The volumes of one or several folders, by the numbers that the page uses for them."""

    def __init__(
        self, folders: Sequence[ActivationMaps], labels: Optional[Mapping[str, str]] = None
    ) -> None:
        """
        :param folders: the maps of each folder
        :param labels: subject -> label image
        """
        self.folders = list(folders)
        self._labels = labels or {}
        self._overviews = Overviews()
        self._map_entries = MapEntries()
        self._quick = QuickMaps()
        self._subjects = [
            Subject(maps, name, self._shown(name, title), list(own.values()))
            for maps, title in zip(self.folders, folder_titles(self.folders))
            for name, own in maps.by_subject()
        ]

    def catalogue(self) -> JsonObject:
        """
        List what there is to show, for the page's menus; only headers are read.

        :return: names, numbers and notes, as JSON can hold them
        """
        return {
            'folder': ', '.join(folder_titles(self.folders)),
            'subjects': [self._subject_entry(subject) for subject in self._subjects],
            'unfinished': [
                '{}, {}'.format(*key) for maps in self.folders for key in maps.unfinished
            ],
        }

    def overview(self, subject: int, layer: int) -> Overview:
        """
        Make thumbnails and statistics of all channels of a map; the whole map is read for them,
        once.

        :param subject: its position among the subjects
        :param layer: its position among the subject's maps
        :return: statistics and thumbnails
        :raises IndexError: if there is no such map
        :raises ReadError: if the map cannot be read
        """
        whose = self._subjects[subject]
        one = whose.own[layer]
        return self._overviews.of(one, self._turn(whose), whose.maps.folder)

    def values(self, subject: int, layer: int, point: Sequence[float]) -> JsonObject:
        """
        Give the values of all channels at one point.

        :param subject: its position among the subjects
        :param layer: its position among the subject's maps
        :param point: (3,) in mm, in the coordinates of the page
        :return: see :func:`~niftynet_activations.looking.viewer.likeness.values_at`
        :raises IndexError: if there is no such map
        :raises ReadError: if the map cannot be read, or has no sample there
        """
        whose = self._subjects[subject]
        turn = self._turn(whose)
        one = self._quick.of(whose.own[layer])
        told = values_at(one, apply_affine(np.linalg.inv(turn), point))
        if told['field'] is not None:
            told['field'] = apply_affine(turn, np.array(told['field'])).tolist()
        return told

    def similarity(self, subject: int, layer: int, point: Sequence[float]) -> bytes:
        """
        Give the cosine similarity of all samples of a map to the one at a point.

        :param subject: its position among the subjects
        :param layer: its position among the subject's maps
        :param point: (3,) in mm, in the coordinates of the page
        :return: a .nii file, 3-D, float32, from -1 to 1
        :raises IndexError: if there is no such map
        :raises ReadError: if the map cannot be read, or has no sample there
        """
        whose = self._subjects[subject]
        turn = self._turn(whose)
        one = whose.own[layer]
        found = likeness(one, apply_affine(np.linalg.inv(turn), point))
        return as_nifti(found, turn @ one.affine)

    def channel(self, subject: int, layer: int, channel: int) -> bytes:
        """
        Give one channel of a map.

        :param subject: its position among the subjects
        :param layer: its position among the subject's maps
        :param channel: its index in the map, from 0
        :return: a .nii file, 3-D, float32; missing samples are NaN
        :raises IndexError: if there is no such channel
        :raises ReadError: if the map cannot be read
        """
        whose = self._subjects[subject]
        one = self._quick.of(whose.own[layer], channel)
        volume = np.asarray(one.data[..., channel], dtype=np.float32)
        return as_nifti(volume, self._turn(whose) @ one.affine)

    def colours(self, subject: int, layer: int) -> bytes:
        """
        Give the components of a layer as one picture in colours, the same as in the report.

        :param subject: its position among the subjects
        :param layer: its position among the subject's maps
        :return: a .nii file, 3-D, RGB
        :raises IndexError: if there is no such map, or it holds no components
        :raises ReadError: if the map cannot be read
        """
        whose = self._subjects[subject]
        one = whose.own[layer]
        if not one.info.get('components'):
            raise IndexError(layer)
        return as_nifti(as_rgb(colour_volume(one)), self._turn(whose) @ one.affine)

    def source(self, subject: int, number: int = 0) -> bytes:
        """
        Give an input of a subject: an image that its sidecars name.

        :param subject: its position among the subjects
        :param number: the input's position in the sidecar, from 0
        :return: a .nii file, 3-D, float32, or RGB for a colour picture
        :raises IndexError: if there is no such subject or input
        :raises ReadError: if the image is not there or cannot be read
        """
        whose = self._subjects[subject]
        found = read_source(self._info_of(whose), whose.maps.folder, number)
        if found.volume is None:
            if number and number >= len(self._input_paths(whose)):
                raise IndexError(number)
            raise ReadError(found.note)
        affine = self._turn(whose) @ found.affine
        return as_nifti(found.volume if found.colours is None else as_rgb(found.colours), affine)

    def segmentation(self, subject: int) -> bytes:
        """
        Give the segmentation of a subject; for probabilities, the most probable class.

        :param subject: its position among the subjects
        :return: a .nii file, 3-D, float32
        :raises IndexError: if there is no such subject
        :raises ReadError: if there is none, or it cannot be read
        """
        path = self._segmentation_path(self._subjects[subject])
        if path is None:
            raise ReadError('no window_seg image lies in the folder')
        return self._label_volume(path, subject)

    def labels(self, subject: int) -> bytes:
        """
        Give the labels that the user gave for a subject.

        :param subject: its position among the subjects
        :return: a .nii file, 3-D, float32
        :raises IndexError: if there is no such subject
        :raises ReadError: if there are none, or they cannot be read
        """
        path = self._labels.get(self._subjects[subject].name)
        if path is None:
            raise ReadError('no labels were given; net_activations view --labels takes them')
        return self._label_volume(path, subject)

    def _label_volume(self, path: str, subject: int) -> bytes:
        """Give the labels of an image; where it has several channels, the most probable class."""
        image = load_nifti(path)
        array = np.asarray(image.dataobj)
        array = array.reshape((list(array.shape) + [1, 1])[:3] + [-1])
        labels = array[..., 0] if array.shape[3] == 1 else array.argmax(axis=3)
        turn = self._turn(self._subjects[subject])
        return as_nifti(labels.astype(np.float32), turn @ image.affine)

    def _shown(self, name: str, title: str) -> str:
        return name if len(self.folders) == 1 else '{} ({})'.format(name, title)

    def _info_of(self, subject: Subject) -> Sidecar:
        """Give the sidecar that names the subject's inputs; empty where no readable one does."""
        for one in subject.own:
            try:
                info = one.info
            except ReadError:
                continue  # the catalogue has a note at this map
            if listing.source_images(info, subject.maps.folder):
                return info
        return {}

    def _input_paths(self, subject: Subject) -> List[str]:
        return listing.source_images(self._info_of(subject), subject.maps.folder)

    def _turn(self, subject: Subject) -> np.ndarray:
        picture = is_picture(self._info_of(subject), subject.maps.folder)
        return FROM_ROWS_AND_COLUMNS if picture else np.eye(4)

    def _segmentation_path(self, subject: Subject) -> Optional[str]:
        return listing.find_segmentation(subject.maps.folder, subject.name, subject.maps.subjects)

    def _subject_entry(self, subject: Subject) -> JsonObject:
        info, folder = self._info_of(subject), subject.maps.folder
        names = input_names(info, folder)
        paths = self._input_paths(subject)
        entries = [input_entry(name, path) for name, path in zip(names, paths)]
        return {
            'name': subject.shown,
            'inputs': entries or [{'name': None, 'note': 'the sidecars name no input image'}],
            'picture': is_picture(info, folder),
            'sided': sides_known(info, folder),
            'segmentation': image_entry(
                self._segmentation_path(subject), 'no window_seg image lies in the folder'
            ),
            'labels': image_entry(self._labels.get(subject.name), 'no labels were given'),
            'maps': [self._map_entries.of(one) for one in subject.own],
        }


def as_rgb(colours: np.ndarray) -> np.ndarray:
    """
    :param colours: (x, y, z, 3), uint8
    :return: the same as NIfTI's type RGB24, (x, y, z)
    """
    kind = np.dtype([('R', 'u1'), ('G', 'u1'), ('B', 'u1')])
    return np.ascontiguousarray(colours).view(kind)[..., 0]


def as_nifti(volume: np.ndarray, affine: np.ndarray) -> bytes:
    """
    Turn a volume into the bytes of an uncompressed NIfTI file.

    :param volume: array (x, y, z), float32 or RGB
    :param affine: matrix (4, 4) from voxels to mm
    :return: the file's bytes
    """
    image = nib.Nifti1Image(volume, affine)
    image.header.set_xyzt_units('mm')
    return image.to_bytes()
