# -*- coding: utf-8 -*-
"""
The application that ``net_activations verify`` runs: it takes only the first subject, and crops its
image where a pass over the whole volume would not fit into memory.

The run is otherwise like any other. The crop is made before NiftyNet's reader: NiftyNet reads
temporary files that hold the middle of the subject's images, so that reorientation, resampling,
normalisation and padding are the same for the windows and for the pass.
"""

import os
from types import new_class
from typing import List, Optional, Sequence, Tuple, Type

import numpy as np
from niftynet.io.image_loader import load_image_obj

from niftynet_activations.application.mixin import ActivationMixin
from niftynet_activations.capturing.building import build_on_placeholder
from niftynet_activations.errors import OptionError
from niftynet_activations.hints import Application, InputImage, Tensor
from niftynet_activations.host.subjects import (
    N_SPATIAL,
    cut_window,
    describe_subjects,
    volume_padding,
)
from niftynet_activations.host.tensorflow import tf
from niftynet_activations.space.network_space import NetworkSpace
from niftynet_activations.verification.crop_size import crop_size
from niftynet_activations.verification.pass_memory import peak_bytes

GIB = 1 << 30


def of_first_subject(kind: Type[Application]) -> str:
    """
    :param kind: an application with maps
    :return: the name, as behind ``net_run -a``, of the same application for ``net_activations
        verify``
    """
    # NiftyNet finds an application by its name in a module
    name = 'FirstSubjectOf' + kind.__name__
    globals()[name] = new_class(name, (FirstSubject, kind))
    return '{}.{}'.format(__name__, name)


class FirstSubject(ActivationMixin):
    """
    The base class that turns an application into that of ``net_activations verify``; it comes
    before the application in the list of base classes.

    :ivar cropped_from: (x, y, z) of the padded volume without the crop, None where not cropped
    """

    cropped_from: Optional[List[int]] = None

    def activation_has_read(self) -> None:
        """
        Keep only the first subject, cropped where that is needed.

        :raises OptionError: if ``activation_memory`` does not suffice for a volume that is longer
            than the window
        """
        reader = self.readers[0]
        reader.output_list = reader.output_list[:1]
        self._files.left_out = []  # other subjects do not matter here
        if not self.activation_resizes(self.net_param):
            sizes = self.action_param.spatial_window_size or self.data_param
            window = cut_window(reader, sizes)
            (subject,) = describe_subjects(reader, window, self.activation_field)
            self._crop_to_memory(subject.window)

    def _crop_to_memory(self, window: Sequence[int]) -> None:
        reader = self.readers[0]
        field = self.activation_field
        image = reader.output_list[0][field]
        shape = tuple(int(size) for size in image.shape)
        padding = [sum(each) for each in volume_padding(reader.preprocessors, shape)]
        volume = [size + added for size, added in zip(shape, padding)]
        window_bytes = self._window_bytes(window, int(np.prod(shape[N_SPATIAL:])))
        limit = int(self.options.memory * GIB)
        kept = crop_size(volume, window, padding, window_bytes, limit)
        if kept == volume:
            return
        if self.activation_joined:
            raise OptionError(
                'the volume is too large for a pass over the whole of it, and is not cropped where '
                'several inputs are joined: raise activation_memory'
            )
        self.cropped_from = volume
        box = _middle(image, shape[:3], [size - added for size, added in zip(kept, padding)])
        reader.output_list[0][field] = crop_image(image, box, self.action_param.save_seg_dir)

    def _window_bytes(self, window: Sequence[int], channels: int) -> int:
        """Bytes of the tensors of a pass over one window."""
        shape = [1] + [size for size in window if size > 1] + [channels]
        with tf.Graph().as_default() as graph:
            build_on_placeholder(self, shape)
            return peak_bytes(graph.get_operations())


def _middle(image: Tensor, shape: Sequence[int], kept: Sequence[int]) -> Tuple[slice, ...]:
    """
    :param image: NiftyNet's
    :param shape: (x, y, z) as NiftyNet reads it
    :param kept: (x, y, z) of the crop, as NiftyNet would read it
    :return: slices that take the middle out of the file's array
    """
    # an empty tuple where the config asks for nothing
    resampled = bool(image.output_pixdim[0])
    space = NetworkSpace(image.original_affine[0], image.original_shape[:3])
    space.read(image.output_axcodes[0] or None, shape if resampled else None)
    low = [(before - after) // 2 for before, after in zip(shape, kept)]
    high = [first + after - 1 for first, after in zip(low, kept)]
    corners = [space.to_file @ (list(corner) + [1]) for corner in (low, high)]
    first = np.floor(np.min(corners, axis=0)[:3] + 0.5).astype(int)
    last = np.floor(np.max(corners, axis=0)[:3] + 0.5).astype(int)
    return tuple(slice(int(one), int(other) + 1) for one, other in zip(first, last))


def crop_image(image: InputImage, box: Sequence[slice], folder: str) -> InputImage:
    """
    :param image: NiftyNet's, of one or several files
    :param box: slices of the part to keep of each file's array
    :param folder: where the cropped files go
    :return: NiftyNet's image object for the cropped files
    :raises OptionError: if a file is of a kind that cannot be cropped
    """
    paths = []
    for number, (path, loader) in enumerate(zip(image.file_path, image.loader)):
        loaded = load_image_obj(path, loader)
        if not hasattr(loaded, 'slicer'):
            raise OptionError(
                "'{}' is too large for a pass over the whole volume and cannot be cropped: raise "
                'activation_memory, or give it as NIfTI'.format(path)
            )
        cropped = loaded.slicer[tuple(box)[: len(loaded.shape)]]
        # float32, since scaled integers would be rounded a second time
        cropped.set_data_dtype(np.float32)
        paths.append(os.path.join(folder, 'cropped_{}.nii'.format(number)))
        cropped.to_filename(paths[-1])
    return type(image)(
        tuple(paths),
        image.name,
        image.interp_order,
        image.output_pixdim,
        image.output_axcodes,
        (None,) * len(paths),
    )
