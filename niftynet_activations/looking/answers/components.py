# -*- coding: utf-8 -*-
"""
Component maps: the channels of a layer reduced to a few components (principal components,
non-negative factors or clusters), written as maps beside those of the layer.

A *component map* is named ``<layer>/<method>``, lies on its layer's lattice, has files, a row in
``activations.csv`` and a sidecar like any map, and is one more layer to everything that opens a
folder. Its sidecar names its *basis*, the directions, factors or cluster centres that the map was
computed with (:mod:`niftynet_activations.store.basis`). The basis is saved beside the maps as
``components_<layer>_<method>.npz`` and can be used on other folders.
"""

import os
from functools import partial
from typing import Iterator, List, Optional, Sequence, Tuple

import numpy as np

from niftynet_activations.errors import OptionError
from niftynet_activations.looking.answers.fitting import cohort_of, fit
from niftynet_activations.looking.answers.voxel_blocks import blocks_of
from niftynet_activations.looking.answers.workers import in_workers
from niftynet_activations.looking.maps import ActivationMap, ActivationMaps
from niftynet_activations.store.basis import (
    MAP_TYPES,
    SUFFIX,
    Basis,
    apply_basis,
    check_basis_path,
    check_channels,
    load_basis,
    save_basis,
)
from niftynet_activations.store.description import MapDescription, Sidecar
from niftynet_activations.store.folder import OutputFolder, scratch_folder
from niftynet_activations.store.formats.table import format_of_file
from niftynet_activations.store.listing import MapFiles, postfix_of
from niftynet_activations.store.naming import layer_in_name
from niftynet_activations.store.publishing import listing_at_end
from niftynet_activations.store.sidecar import fingerprint
from niftynet_activations.store.spec import MapSpec
from niftynet_activations.store.writer import MapWriter


def components(
    maps: ActivationMaps,
    layers: Optional[Sequence[str]] = None,
    number: int = 3,
    method: str = 'pca',
    basis: Optional[str] = None,
    output: Optional[str] = None,
) -> Tuple[List[Basis], ActivationMaps]:
    """
    Fit components to layers over all subjects, or take a saved basis, and write component maps.

    :param maps: of one folder, which the component maps are written to
    :param layers: names of layers, each of which gets a basis of its own; with ``basis`` not needed
    :param number: how many components
    :param method: ``pca``, ``nmf`` or ``kmeans``
    :param basis: path of a saved basis, to be used as it is; nothing is fitted then
    :param output: path of the file for the basis, where one layer is given; in the folder where not
        given
    :return: the bases, and the component maps
    :raises OptionError: for layers that are not there, channels that do not fit the basis, numbers
        and methods that are not allowed, values that the method does not take
    :raises ReadError: if the basis or a map cannot be read
    :raises WriteError: if a map or the basis cannot be written
    """
    if basis is not None:
        used = [(load_basis(basis), os.path.abspath(basis))]
        _check_layers(layers, used[0][0])
    else:
        used = _fit_all(maps, layers or (), number, method, output)
    written = []
    with OutputFolder(maps.folder, scratch_folder()) as folder, listing_at_end(folder):
        for each, path in used:
            for one in _maps_for(maps, each):
                written.append(_write(folder, one, each, path))
    return [each for each, _ in used], ActivationMaps(maps.folder, written)


def _check_layers(layers: Optional[Sequence[str]], basis: Basis) -> None:
    for layer in layers or ():
        if layer != basis.layer:
            raise OptionError(
                "the basis was made of layer '{}', not of '{}'".format(basis.layer, layer)
            )


def _fit_all(
    maps: ActivationMaps, layers: Sequence[str], number: int, method: str, output: Optional[str]
) -> List[Tuple[Basis, str]]:
    if not layers:
        raise OptionError(
            'components of which layers? {} has {}'.format(maps.folder, ', '.join(maps.layers))
        )
    if output is not None:
        check_basis_path(output)
        if len(layers) > 1:
            raise OptionError(
                'one file takes the basis of one layer, and there are {}: leave the name of the '
                'file out, or fit one layer at a time'.format(len(layers))
            )
    cohorts = [cohort_of(maps, layer) for layer in maps.layers_named(layers)]
    used = []
    for cohort in cohorts:
        found = fit(cohort, number, method)
        path = os.path.abspath(output or os.path.join(maps.folder, basis_name(found)))
        save_basis(found, path)
        used.append((found, path))
    return used


def in_lines(bases: Sequence[Basis], made: ActivationMaps) -> List[str]:
    """
    :param bases: that component maps were made with
    :param made: these maps
    :return: lines that say what was made, and how much of the variance it explains
    """
    lines = []
    for basis in bases:
        ones = [one for (_, layer), one in made.items() if layer == basis.map_name]
        shares = ', '.join('{:.1%}'.format(share) for share in basis.explained)
        if len(basis.explained) > 1:
            shares += '; together {:.1%}'.format(sum(basis.explained))
        lines.append(
            "layer '{}': {} of {}, fitted to {} samples of {} subjects, explained variance "
            '{}'.format(
                basis.layer,
                '{} {}'.format(len(basis.components), MAP_TYPES[basis.method].split(',')[0]),
                '{} channels'.format(len(basis.channels)),
                basis.samples,
                len(basis.subjects),
                shares,
            )
        )
        lines.append("maps of '{}': {} in {}".format(basis.map_name, len(ones), made.folder))
        lines.append('basis: {}'.format(ones[0].info['components']['basis']))
    return lines


def basis_name(basis: Basis) -> str:
    """
    :param basis: a basis
    :return: the default name of its file
    """
    return 'components_{}_{}{}'.format(layer_in_name(basis.layer), basis.method, SUFFIX)


def _maps_for(maps: ActivationMaps, basis: Basis) -> List[ActivationMap]:
    found = cohort_of(maps, basis.layer).maps
    for one in found:
        check_channels(basis, basis.layer, one.channels, "subject '{}'".format(one.subject))
        reduce = str(one.info.get('reduce') or 'none')
        if reduce != basis.reduce:
            raise OptionError(
                "layer '{}' of subject '{}' was written with activation_reduce = {}, and the basis "
                'was made with {}'.format(basis.layer, one.subject, reduce, basis.reduce)
            )
        there = maps.get((one.subject, basis.map_name))
        if there is not None and not there.info.get('components'):
            raise OptionError(
                "the network has a layer of the name '{}', which the component maps would replace: "
                'write its maps to another folder'.format(basis.map_name)
            )
    return found


def _write(folder: OutputFolder, one: ActivationMap, basis: Basis, path: str) -> Tuple[str, str]:
    info = one.info
    spec = _spec(one, info, basis)
    writer = MapWriter(folder, spec)
    # where the network itself gave no NaN, a NaN in the layer's map is a missing sample
    missing = not info.get('nan')
    try:
        for corner, block in _slabs(one, basis):
            lost = int(np.count_nonzero(np.isnan(block))) if missing else 0
            writer.write(corner, block, lost)
        named = os.path.relpath(path, folder.path)
        writer.finish(
            _kept(info)._replace(
                type=MAP_TYPES[basis.method],
                reduce=basis.method,
                pass_=info.get('pass'),
                components=basis.told(path if named.startswith(os.pardir) else named),
                also=[],
            )
        )
    except BaseException:
        writer.abandon()
        raise
    return one.subject, basis.map_name


def _kept(info: Sidecar) -> MapDescription:
    """Entries that the sidecar of a component map copies from that of its layer."""
    return MapDescription(
        tensor=info.get('tensor'),
        network=info.get('network'),
        checkpoint=info.get('checkpoint'),
        iteration=info.get('iteration'),
        source_images=info.get('source_images'),
        resolution=info.get('resolution'),
        stride=info.get('stride'),
        offset=info.get('offset'),
        period=info.get('period'),
        receptive_field=info.get('receptive_field'),
        margin=info.get('margin'),
        reference_shape=info.get('reference_shape'),
        exact=info.get('exact'),
        inexact_because=info.get('inexact_because'),
        stitch=info.get('stitch'),
        grid=info.get('grid'),
        windows=info.get('windows'),
        file_axcodes=info.get('file_axcodes'),
    )


def _spec(one: ActivationMap, info: Sidecar, basis: Basis) -> MapSpec:
    made_with = (info.get('versions') or {}).get('settings')
    axes = len(info.get('shape') or ())
    files = MapFiles(one.subject, one.layer, tuple(one.files), ())
    width, height, depth = one.data.shape[:3]
    return MapSpec(
        subject=one.subject,
        layer=basis.map_name,
        postfix=postfix_of(files),
        shape_xyz=(width, height, depth),
        channels=tuple(range(basis.outputs)),
        place=one.place,
        format=format_of_file(one.files[0]).name,
        layout={3: 'split', 5: '5d'}.get(axes, '4d'),
        settings=fingerprint({'map': made_with, 'basis': basis.digest}) if made_with else None,
    )


def _slabs(one: ActivationMap, basis: Basis) -> Iterator[Tuple[Tuple[int, int, int], np.ndarray]]:
    """Give blocks of whole z planes, (x, y, z, component) float32, each after its first voxel."""
    width, height = one.data.shape[:2]
    first = 0
    for found in in_workers(partial(apply_basis, basis), blocks_of(one)):
        depth = len(found) // (width * height)
        yield (0, 0, first), found.reshape((width, height, depth, basis.outputs), order='F')
        first += depth
