# -*- coding: utf-8 -*-
"""
NIfTI as a format: plain, and compressed with gzip.
"""

import os
from typing import Optional, Sequence

from niftynet_activations.space.place import Place, place_of_header
from niftynet_activations.store import files
from niftynet_activations.store.folder import OutputFolder
from niftynet_activations.store.formats import integers, nifti
from niftynet_activations.store.formats.contract import Format, Sink, WritingMemory
from niftynet_activations.store.formats.nifti_in_place import InPlaceNifti
from niftynet_activations.store.formats.nifti_reading import NiftiArray, SplitArray, load_own
from niftynet_activations.store.formats.nifti_spooled import SpooledNifti
from niftynet_activations.store.lazy_arrays import LazyArray
from niftynet_activations.store.spec import MapSpec


class PlainNifti(Format):
    """
    Uncompressed NIfTI. Floating-point numbers are written in place; integers wait in a scratch file
    (the spool), since their scaling needs the range of the whole map.
    """

    name = 'nii'
    dtypes = ('float32',) + tuple(integers.CODES)
    splits = True

    def waits(self, spec: MapSpec) -> bool:
        """
        :param spec: a MapSpec of this format
        :return: whether the file can only be made when all samples are there
        """
        return spec.dtype in integers.CODES

    def scratch_samples(self, spec: MapSpec) -> int:
        return spec.samples if self.waits(spec) else 0

    def sink(self, spec: MapSpec, folder: OutputFolder, memory: WritingMemory) -> Sink:
        planned = nifti.plan_files(spec, self.file_names(spec))
        if self.waits(spec):
            return SpooledNifti(
                spec, planned, folder.scratch, folder.spool('boxes'), self.compressed
            )
        return InPlaceNifti(spec, planned, folder.scratch, memory.fill)

    compressed = False

    def is_whole(self, path: str, spec: MapSpec) -> bool:
        return os.path.isfile(path) and os.path.getsize(path) == self._raw_bytes(spec)

    def open(self, paths: Sequence[str], missing_value: Optional[float] = None) -> LazyArray:
        if len(paths) > 1:
            return SplitArray(paths, missing_value)
        return NiftiArray(paths[0], missing_value)

    def place(self, path: str) -> Optional[Place]:
        return place_of_header(load_own(path)[0].header)

    def _raw_bytes(self, spec: MapSpec) -> int:
        shape = nifti.plan_files(spec, self.file_names(spec))[0].shape
        return nifti.file_bytes(shape, spec.dtype)


class CompressedNifti(PlainNifti):
    """Compressed NIfTI: a gzip file, which has to be written from its first byte to its last."""

    name = 'nii.gz'
    compressed = True

    def waits(self, spec: MapSpec) -> bool:
        return True

    def is_whole(self, path: str, spec: MapSpec) -> bool:
        if not os.path.isfile(path):
            return False
        return files.gzip_raw_size(path) == self._raw_bytes(spec) & 0xFFFFFFFF
