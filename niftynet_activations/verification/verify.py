# -*- coding: utf-8 -*-
"""
Run a config's first subject and compare its maps with one pass over the whole volume.

The run goes through NiftyNet's sampler, engine and aggregator as any other, into a temporary
folder. Only options that the values of a map do not depend on (kind of file, resolution, dtype,
tables) are set to values that allow the comparison.
"""

import io
import os
import shutil
import tempfile
from functools import partial
from typing import Dict, Iterator, List, Mapping, Optional, Sequence, Tuple

import numpy as np

from niftynet_activations.errors import OptionError
from niftynet_activations.extraction import NOTHING_BESIDE_MAPS, command_line_words
from niftynet_activations.geometry.guessed import AxisBySize, AxisReading
from niftynet_activations.hints import Application
from niftynet_activations.host.application_names import APPLICATION
from niftynet_activations.host.config import read_config
from niftynet_activations.host.in_process import run_application
from niftynet_activations.host.quiet import output_to
from niftynet_activations.host.reasons import not_set, one_reason
from niftynet_activations.host.subjects import (
    describe_subjects,
    network_input,
    network_space,
    spatial_axes_of,
)
from niftynet_activations.looking.maps import ActivationMap, ActivationMaps, Key
from niftynet_activations.space.network_space import NetworkSpace
from niftynet_activations.stitching.windows import extend
from niftynet_activations.store.listing import LIST_NAME
from niftynet_activations.verification.compare import LayerResult, compare, first_sample
from niftynet_activations.verification.rounding import rounding_of
from niftynet_activations.verification.table import Verification
from niftynet_activations.verification.verified_run import GIB, of_first_subject
from niftynet_activations.verification.whole_pass import WholeLayer, whole_layers

# options that do not change the values of a map, set so that maps can be compared
FORCED = dict(NOTHING_BESIDE_MAPS, resolution='native', dtype='float32', format='nii', layout='4d')


def verify_config(
    path: str, overrides: Sequence[str] = (), application: str = APPLICATION
) -> Verification:
    """
    :param path: of a NiftyNet config
    :param overrides: further words of NiftyNet's command line, each ``--option=value``
    :param application: its name, as behind ``net_run -a``
    :return: what was found for the first subject, in the order in which maps were written
    :raises ActivationError: if the config cannot be run, or has no map to compare
    """
    kind = read_config(path, overrides, application).application
    if not kind.activation_image_alone:
        raise OptionError(
            'verify: what the network computes depends on more than the image, so that there is no '
            'pass to compare with (application {})'.format(application)
        )
    folder = tempfile.mkdtemp(prefix='verify_')
    try:
        ran = _run(path, overrides, folder, of_first_subject(kind))
        has_maps = os.path.isfile(os.path.join(folder, LIST_NAME))
        return _compare_all(ran, ActivationMaps(folder) if has_maps else {})
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(path: str, overrides: Sequence[str], folder: str, name: str) -> Application:
    """Run NiftyNet, and return its application."""
    words = ['net_run', 'inference', '-a', name, '-c', path] + list(overrides)
    words += command_line_words(dict(FORCED, save_seg_dir=folder, dir=folder))
    said = io.StringIO()
    with one_reason(path, said), output_to(said):
        status, application = run_application(words)
    if status:
        raise OptionError(not_set(path, said.getvalue()))
    return application


def _compare_all(application: Application, maps: Mapping[Key, ActivationMap]) -> Verification:
    if not maps:
        raise OptionError(
            'no map to compare: activation_layers chooses no layer that has spatial axes'
        )
    window, field = application.activation_sampler().window, application.activation_field
    (subject,) = describe_subjects(application.readers[0], window, field)
    resized = application.activation_resizes(application.net_param)
    space = network_space(subject, 'resize' if resized else 'grid')
    volume = _volume(application, resized)
    found: Dict[str, LayerResult] = {}
    for shape, names in _by_reference(maps).items():

        def run(image: np.ndarray, names: Sequence[str] = names) -> Iterator[WholeLayer]:
            return whole_layers(
                application,
                image,
                spatial_axes_of(window, field),
                names,
                str(next(iter(maps.values())).info['checkpoint']),
                int(application.options.memory * GIB / 2),
            )

        extended = extend(volume, list(shape))
        for layer in run(extended):
            found[layer.name] = _compare(maps[subject.name, layer.name], layer, space)
        doubtful = [name for name in names if name in found and found[name].wrong]
        if doubtful:
            again = rounding_of(partial(run, names=doubtful), extended)
            for name, rounding in again.items():
                found[name] = found[name]._replace(rounding=rounding)
    return Verification(
        subject.name,
        application.net_param.name,
        list(volume.shape[:3]),
        application.cropped_from,
        [found.get(name) or _not_compared(one) for (_, name), one in maps.items()],
    )


def _volume(application: Application, resized: bool) -> np.ndarray:
    """The volume that windows are cut from, (x, y, z, channel)."""
    if resized:
        windows = application.activation_sampler().layer_op(idx=0)
        data = {name: values[0] for name, values in windows.items()}
    else:
        _, data, _ = application.readers[0](idx=0, shuffle=False)
    return network_input(application.activation_volume(data))


def _by_reference(maps: Mapping[Key, ActivationMap]) -> Dict[Tuple[int, ...], List[str]]:
    """Size of the reference volume -> names of layers with it; layers without one are left out."""
    groups: Dict[Tuple[int, ...], List[str]] = {}
    for (_, name), one in maps.items():
        shape = _reference_of(one)
        if shape:
            groups.setdefault(tuple(shape), []).append(name)
    return groups


def _reference_of(one: ActivationMap) -> Optional[List[int]]:
    known = [size for size in one.info['reference_shape'] or [] if size is not None]
    return known if len(known) == 3 else None


def _compare(one: ActivationMap, layer: WholeLayer, space: NetworkSpace) -> LayerResult:
    axes = _axes_of(one, layer)
    if axes is None:
        return _not_compared(one)
    info, to_network = one.info, np.linalg.inv(space.to_world) @ one.affine
    first = first_sample(to_network[:3, 3].tolist(), np.diag(to_network).tolist(), axes)
    if first is None:
        return _not_compared(one, "the map's samples are not among those of the pass")
    channels = (np.asarray(values) for values in one.channel_volumes())
    found = compare(channels, layer.values, first, info['missing'] or 0)
    if not found.samples:
        return _not_compared(one, 'the pass has none of its samples')
    place = list(found.place or ()) + [1]
    return _nothing_found(one)._replace(
        difference=found.difference,
        share=found.share,
        voxel=(to_network @ place)[:3].tolist(),
        world=(one.affine @ place)[:3].tolist(),
        samples=found.samples,
    )


def _axes_of(one: ActivationMap, layer: WholeLayer) -> Optional[Sequence[AxisReading]]:
    """Where the pass's samples lie; None where that is not known."""
    volume = _reference_of(one)
    if layer.axes is not None or volume is None or not one.info['exact']:
        return layer.axes
    # an exact map without a place in the graph is that of a whole pass, placed by its size too
    return [AxisBySize.guess(*each) for each in zip(volume, layer.values.shape)]


def _not_compared(one: ActivationMap, reason: str = '') -> LayerResult:
    reason = reason or one.info['inexact_because'] or 'its reference volume is not known'
    return _nothing_found(one)._replace(not_compared=reason)


def _nothing_found(one: ActivationMap) -> LayerResult:
    info = one.info
    return LayerResult(
        layer=one.layer,
        exact=info['exact'],
        difference=None,
        share=None,
        voxel=None,
        world=None,
        samples=0,
        reference_shape=_reference_of(one),
        inexact_because=info['inexact_because'],
        not_compared=None,
    )
