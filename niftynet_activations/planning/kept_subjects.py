# -*- coding: utf-8 -*-
"""
``activation_existing = skip``: subjects of which everything is there already.

A subject is *kept* if all its maps are complete, and its segmentation is complete and was made
with the same settings. Its image is not read, and no window of it is cut.
"""

import os
from typing import Dict, List, Mapping, Sequence

from niftynet_activations.capturing.fetched_layers import SavedLayer
from niftynet_activations.hints import Parameters
from niftynet_activations.planning.component_maps import told_of
from niftynet_activations.planning.plan import SubjectPlan
from niftynet_activations.planning.provenance import file_state
from niftynet_activations.planning.run_settings import RunSettings, output_folder
from niftynet_activations.planning.subject_plans import OWN_RESULT
from niftynet_activations.store.results import is_as_noted
from niftynet_activations.store.sidecar import fingerprint
from niftynet_activations.store.spec import MapSpec

# options of [INFERENCE] on which the values of a result do not depend: where it goes, and which
# subjects and weights are taken (images and weights are compared by their files)
WITHOUT_A_PART = ('save_seg_dir', 'output_postfix', 'inference_iter', 'dataset_to_infer')
OWN_PREFIX = 'activation_'


def result_state(action_param: Parameters, task_param: Parameters) -> Dict[str, str]:
    """
    :param action_param: values of [INFERENCE]
    :param task_param: values of the application's own section, such as [SEGMENTATION]
    :return: name -> value of those options that NiftyNet's own result may depend on
    """
    state = {
        name: str(value)
        for name, value in vars(action_param).items()
        if name not in WITHOUT_A_PART and not name.startswith(OWN_PREFIX)
    }
    state.update(('task ' + name, str(value)) for name, value in vars(task_param).items())
    return state


def state_of_run(
    settings: RunSettings, layers: Sequence[SavedLayer], computed: Mapping[str, str]
) -> str:
    """
    :param settings: of the run
    :param layers: the chosen layers
    :param computed: tensor name -> digest of what its values depend on in the graph; under
        OWN_RESULT the digest of the network's results
    :return: a short text that differs if the run would make something else of the same images
    """
    return fingerprint(
        dict(
            options=str(settings.options),
            network=settings.network,
            checkpoint=[settings.checkpoint.path, settings.checkpoint.iteration],
            weights=file_state(settings.checkpoint.path + '.index'),
            windows=[settings.sampling, list(settings.border), settings.batch, settings.postfix],
            preprocessing=settings.preprocessing,
            result=settings.result,
            bases=[told_of(each) for each in settings.bases],
            interventions=list(settings.interventions),
            layers=[
                [layer.name, layer.channels, computed[layer.fetched.name], list(layer.also)]
                for layer in layers
            ],
            values=computed[OWN_RESULT],
        )
    )


def kept_subjects(
    settings: RunSettings, plans: Mapping[int, SubjectPlan], complete: Sequence[MapSpec]
) -> Dict[int, str]:
    """
    :param settings: of the run
    :param plans: image id -> what is still to be written for the subject
    :param complete: the maps of all subjects that are there already
    :return: image id of each kept subject -> the name of its segmentation's file; empty where the
        run makes none
    """
    if settings.options.existing != 'skip':
        return {}
    folder = output_folder(settings)
    kept = {}
    complete_of: Dict[str, List[MapSpec]] = {}
    for spec in complete:
        complete_of.setdefault(spec.subject, []).append(spec)
    for index, plan in plans.items():
        if settings.options.segmentation == 'none':
            if not plan.maps:
                kept[index] = ''
            continue
        name = settings.result_file(plan.name)
        if name is None:
            continue
        maps = complete_of.get(plan.name, [])
        result = os.path.join(settings.save_seg_dir, name)
        if not plan.maps and is_as_noted(folder, maps, result, plan.segmentation):
            kept[index] = name
    if settings.sampling == 'resize' and settings.batch > 1 and len(kept) < len(plans):
        return {}  # subjects share batches, and values may depend on the others in a batch
    return kept
