# -*- coding: utf-8 -*-
"""
From a config to maps of where the network's decision for a label comes from.

NiftyNet runs twice in this process: the first run measures, the second draws. They are inference
runs of the config's own application, so that images are read, prepared and cut as always.
"""

import io
import sys
from typing import Dict, List, Mapping, Optional, Sequence, Union

from niftynet_activations.attribution.methods import Measurement, Question, method_named
from niftynet_activations.errors import InputError, OptionError
from niftynet_activations.extraction import (
    APPLICATION,
    NOTHING_BESIDE_MAPS,
    Path,
    command_line_words,
    existing_config,
    load_application,
    overriding_words,
)
from niftynet_activations.hints import Application, Value
from niftynet_activations.host.caller import Caller, called_by
from niftynet_activations.host.eager_mode import graph_mode
from niftynet_activations.host.left_out import LeftOut, log_left_out, message
from niftynet_activations.host.quiet import all_output_to, output_to
from niftynet_activations.host.reasons import not_set, one_reason
from niftynet_activations.looking.opened import OpenedMaps
from niftynet_activations.running.progress import drawing

# options that are set here, whatever the config says: target and maps are made from all windows
FORCED = dict(
    NOTHING_BESIDE_MAPS,
    segmentation='none',
    stitch='crop',
    reduce='none',
    mask='',
    basis='',
    **{'pass': 'windows'},
)


def attribute(
    config: Path,
    layers: Optional[Union[str, Sequence[str]]] = None,
    label: int = 1,
    method: str = 'gradcam',
    mask: str = '',
    verbose: bool = False,
    progress: Optional[bool] = None,
    application: str = APPLICATION,
    **options: Value,
) -> OpenedMaps:
    """
    Write maps of where the network's decision for a label comes from.

    The formulas are those of :mod:`niftynet_activations.attribution.methods`: Grad-CAM (Selvaraju
    et al. 2017), HiResCAM (Draelos and Carin 2020), and the saliency of the input (Simonyan et al.
    2014), of the score ``y``: the sum of the label's logits over the voxels to which the network
    gives the label, or over those of a mask. Each of these voxels counts once, in the window that a
    map of the logits takes it from, and weights and gradients are added up over all windows of the
    volume.

    :param config: path of a NiftyNet config
    :param layers: selectors, as a text or one by one; those of the config where not given. Saliency
        takes none
    :param label: a label of the segmentation; for classification the number of the class
    :param method: ``gradcam``, ``hirescam`` or ``saliency``
    :param mask: the voxels that the score is summed over: the name of an input section, or an
        image, or a folder, pattern or CSV list with an image for each subject; voxels that are not
        0 count. Where not given, the voxels to which the network gives the label
    :param verbose: whether NiftyNet's lines go to standard output
    :param progress: whether to draw a bar; where not given, if a terminal or a notebook shows it
    :param application: as ``net_run -a`` takes it; segmentation where not given
    :param options: as of :func:`niftynet_activations.extract`
    :return: the maps, ``maps[subject, 'LAYER/METHOD_label_K']``
    :raises OptionError: for what is wrong with the config or the options, a label that the network
        does not have, or no subject with the label
    :raises SelectionError: for layers that are not there, or on which the result does not depend
    :raises InputError: if subjects were left out, because they could not be read or do not have the
        label
    :raises WriteError: if the maps could not be written
    """
    question = Question(method, label, mask)
    path = existing_config(config)
    if layers is not None and not method_named(method).of_layers:
        raise OptionError(
            'method {}: it is asked of the input, and not of layers: leave the layers out'.format(
                method
            )
        )
    if layers is not None:
        options = dict(options, layers=layers)
    said = io.StringIO()
    with graph_mode():
        with all_output_to(said):
            load_application()
            words = overriding_words(options)
        with output_to(sys.stdout if verbose else said), drawing(progress):
            return attribute_config(path, question, words, application, said)


def attribute_config(
    path: str,
    question: Question,
    overrides: Sequence[str] = (),
    application: str = APPLICATION,
    said: Optional[io.StringIO] = None,
) -> OpenedMaps:
    """
    :param path: of a NiftyNet config
    :param question: what is asked
    :param overrides: further words of NiftyNet's command line, each ``--option=value``
    :param application: as ``net_run -a`` takes it
    :param said: where NiftyNet's lines go, for messages
    :return: the maps
    :raises ActivationError: as :func:`attribute`
    """
    from niftynet_activations.attribution.application import application_for
    from niftynet_activations.attribution.drawing import Drawing
    from niftynet_activations.attribution.measuring import Measuring
    from niftynet_activations.host.config import read_config
    from niftynet_activations.host.in_process import run_application

    kind = read_config(path, overrides, application).application
    said = io.StringIO() if said is None else said
    forced = FORCED if method_named(question.method).of_layers else dict(FORCED, layers='none')
    words = list(overrides) + command_line_words(forced)
    measured: Dict[str, Measurement] = {}
    ran: Application = None
    for base in (Measuring, Drawing):
        name = application_for(kind, base, question=question, measured=measured)
        command = ['net_run', 'inference', '-a', name, '-c', path]
        caller = _WithTarget(measured) if base is Drawing else Caller()
        with one_reason(path, said), called_by(caller):
            status, ran = run_application(command + words)
        if status or ran is None:
            raise OptionError(not_set(path, said.getvalue()))
        if base is Measuring:
            _check_some(question, measured)
    lacking = _lacking(question, measured)
    if lacking:
        raise InputError(message(lacking))
    return OpenedMaps(ran.activation_folder(), ran.maps_of_run())


class _WithTarget(Caller):
    """The caller of the second run, which takes only subjects that have a target."""

    def __init__(self, measured: Mapping[str, Measurement]) -> None:
        self._names = {name for name, each in measured.items() if each.voxels > 0}

    def choose(self, subjects: Sequence[str]) -> Sequence[str]:
        return [name for name in subjects if name in self._names]


def _check_some(question: Question, measured: Mapping[str, Measurement]) -> None:
    lacking = _lacking(question, measured)
    log_left_out(lacking)
    if len(lacking) == len(measured):
        raise OptionError(
            message(lacking, 'no subject').split(';')[0] if measured else 'no window came'
        )


def _lacking(question: Question, measured: Mapping[str, Measurement]) -> List[LeftOut]:
    """Subjects without a target."""
    found = []
    for name, each in measured.items():
        if each.voxels > 0:
            continue
        if question.mask:
            reason = "the mask ('{}') is 0 in all voxels of the image".format(question.mask)
        else:
            reason = 'the network gives the label {} to no voxel (it gives {})'.format(
                question.label, ', '.join(str(label) for label in each.labels)
            )
        found.append(LeftOut(name, reason))
    return found
