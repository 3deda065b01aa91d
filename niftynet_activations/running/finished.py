# -*- coding: utf-8 -*-
"""
Finished subjects: their result is noted in the sidecars of their maps, and the run's caller is
told.

A subject is finished when its maps are written and NiftyNet's own *result*, such as the
segmentation, is complete, whichever comes last. The *caller* is the program that started the run,
such as a cohort.
"""

import os
from concurrent.futures import Future
from typing import Dict, List, Mapping, Optional, Sequence

from niftynet_activations.host.caller import current_caller
from niftynet_activations.host.log import LOGGER
from niftynet_activations.host.segmentation_files import SegmentationFiles
from niftynet_activations.planning.plan import SubjectPlan
from niftynet_activations.running.subject_maps import SubjectMaps
from niftynet_activations.store.folder import OutputFolder
from niftynet_activations.store.results import Result, digest, note_result
from niftynet_activations.store.spec import MapSpec


class FinishedSubjects(object):
    """Keeps track of which subjects have their maps and NiftyNet's own result."""

    def __init__(
        self,
        plans: Mapping[int, SubjectPlan],
        folder: OutputFolder,
        results: SegmentationFiles,
        kept: Sequence[MapSpec] = (),
    ) -> None:
        """
        :param plans: NiftyNet's image id -> what is to be written; may lose subjects meanwhile
        :param folder: of the maps
        :param results: gives NiftyNet's own results their names
        :param kept: maps that were complete before the run
        """
        self._plans, self._folder, self._results = plans, folder, results
        self._kept_of: Dict[str, List[MapSpec]] = {}
        for spec in kept:
            self._kept_of.setdefault(spec.subject, []).append(spec)
        self._result_there: Dict[int, 'Future[None]'] = {}
        # results that are complete but not noted yet, since the maps may not be complete
        self._pending: Dict[int, Optional[Result]] = {}

    def result_there(self, image_id: int) -> 'Future[None]':
        """
        :param image_id: NiftyNet's number of the subject
        :return: a future that is done when NiftyNet's own result of the subject is complete
        """
        return self._result_there.setdefault(image_id, Future())

    def has_result(self, image_id: int, filename: str) -> None:
        """
        :param image_id: NiftyNet's
        :param filename: of a result that is complete, in the folder of the results
        """
        path = os.path.join(self._results.folder, filename)
        self._pending[image_id] = Result(filename, digest(path), self._plans[image_id].segmentation)
        if not self.result_there(image_id).done():  # a subject may have several results
            self.result_there(image_id).set_result(None)

    def needs_no_result(self, image_id: int) -> None:
        """
        Note that the run makes no result of NiftyNet's, so that the subject is finished with its
        maps.

        :param image_id: NiftyNet's number of a subject whose windows have all come
        """
        self._pending[image_id] = None

    def lacks_result(self, image_id: int, maps: SubjectMaps) -> bool:
        """
        :param image_id: NiftyNet's
        :param maps: of a subject for which no result will come any more
        :return: whether some of its maps need NiftyNet's own result, and it is not there; a
            warning says so
        """
        needed = any(target.needs_result for target in maps.targets)
        if not needed or self.result_there(image_id).done():
            return False
        LOGGER.warning(
            "subject '%s': NiftyNet wrote no segmentation, so that there are no features of its "
            'regions',
            maps.name,
        )
        return True

    def settle(self, started: Mapping[int, SubjectMaps]) -> None:
        """
        Note the results of subjects that are finished by now, and tell the caller.

        :param started: NiftyNet's image id -> the maps that are being made
        :raises WriteError: if a sidecar cannot be written
        """
        for image_id, result in list(self._pending.items()):
            plan, maps = self._plans[image_id], started.get(image_id)
            if plan.maps and (maps is None or not (maps.complete and maps.written)):
                continue  # sidecars in the folder would be those of an earlier run
            specs = [each.spec for each in plan.maps] + self._kept_of.get(plan.name, [])
            if result is not None:
                note_result(self._folder, specs, result)
            del self._pending[image_id]
            self._tell(plan.name, specs, None if result is None else result.file)

    def tell_kept(self, name: str, result: Optional[str]) -> None:
        """
        :param name: of a subject that was complete before the run
        :param result: name of the file with NiftyNet's own result; None where there is none
        """
        self._tell(name, self._kept_of.get(name, []), result)

    def _tell(self, name: str, specs: Sequence[MapSpec], result: Optional[str]) -> None:
        path = None if result is None else os.path.join(self._results.folder, result)
        current_caller().done(name, specs, path)
