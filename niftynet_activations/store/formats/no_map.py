# -*- coding: utf-8 -*-
"""
The format ``none``: the map is not kept, only the features made of it when it is complete.

*Features* are statistics of a map over a subject or a region, such as means of channels. Samples
wait in a scratch file (plain NIfTI), which is removed when the features stand in the sidecar
(``<stem>.features.json``), the only file that is left.
"""

from typing import List, Optional, Sequence

from niftynet_activations.errors import ReadError
from niftynet_activations.store.folder import OutputFolder
from niftynet_activations.store.formats import nifti
from niftynet_activations.store.formats.contract import Format, Made, Sink, WritingMemory
from niftynet_activations.store.formats.nifti_in_place import InPlaceNifti
from niftynet_activations.store.formats.nifti_reading import NiftiArray
from niftynet_activations.store.lazy_arrays import LazyArray
from niftynet_activations.store.spec import NO_MAP, MapSpec


class WaitingNifti(InPlaceNifti):
    """A map in one scratch file, which ``finish`` completes and ``abandon`` removes."""

    def finish(self) -> Made:
        super(WaitingNifti, self).finish()
        return []

    def samples(self) -> LazyArray:
        return NiftiArray(self._paths[0])


class NoMap(Format):
    """The format of maps whose samples are not kept."""

    name = NO_MAP
    keeps_files = False

    def file_names(self, spec: MapSpec) -> List[str]:
        return []

    def scratch_samples(self, spec: MapSpec) -> int:
        return spec.samples

    def sink(self, spec: MapSpec, folder: OutputFolder, memory: WritingMemory) -> Sink:
        planned = nifti.plan_files(spec._replace(layout='4d'), ['samples.nii'])
        return WaitingNifti(spec, planned, folder.spool, memory.fill)

    def is_whole(self, path: str, spec: MapSpec) -> bool:
        return True

    def open(self, paths: Sequence[str], missing_value: Optional[float] = None) -> LazyArray:
        raise ReadError('{}: no map was kept'.format(', '.join(paths)))
