# -*- coding: utf-8 -*-
"""
``activation_basis``: layers of which a run writes a few component maps instead of all channels.

A saved basis (PCA, NMF or k-means) turns a sample's channels into components. This is done after
stitching, box by box before the writer, so that the map of all channels is written nowhere.
"""

from typing import List, NamedTuple, Optional, Sequence

from niftynet.io.misc_io import to_absolute_path

from niftynet_activations.capturing.fetched_layers import SavedLayer
from niftynet_activations.errors import OptionError
from niftynet_activations.store.basis import MAP_TYPES, Basis, check_channels, load_basis
from niftynet_activations.store.description import Known


class UsedBasis(NamedTuple):
    """A saved basis that a run applies."""

    path: str
    basis: Basis


def load_bases(paths: Sequence[str], model_dir: str) -> List[UsedBasis]:
    """
    :param paths: the words of ``activation_basis``
    :param model_dir: the folder that relative paths start from
    :return: the bases
    :raises ReadError: if one cannot be read
    :raises OptionError: if two are of one layer
    """
    used: List[UsedBasis] = []
    for path in paths:
        absolute = to_absolute_path(path, model_dir)
        basis = load_basis(absolute)
        for other in used:
            if other.basis.layer == basis.layer:
                raise OptionError(
                    "activation_basis: {} and {} are both of layer '{}'; give one of them".format(
                        other.path, absolute, basis.layer
                    )
                )
        used.append(UsedBasis(absolute, basis))
    return used


def check_bases(bases: Sequence[UsedBasis], layers: Sequence[SavedLayer], reduce: str) -> None:
    """
    :param bases: of the run
    :param layers: the chosen layers
    :param reduce: value of ``activation_reduce``
    :raises OptionError: if a basis does not fit what the run would write of its layer
    """
    chosen = {layer.name: layer for layer in layers}
    for path, basis in bases:
        layer = chosen.get(basis.layer)
        if layer is None:
            raise OptionError(
                "activation_basis = '{}': it is of layer '{}', which activation_layers does not "
                'choose: add it, or leave the basis out'.format(path, basis.layer)
            )
        if reduce != basis.reduce:
            raise OptionError(
                "activation_basis = '{}': it was made with activation_reduce = {}, and here it is "
                '{}'.format(path, basis.reduce, reduce)
            )
        check_channels(basis, layer.name, stored_channels(layer), 'this run')


def stored_channels(layer: SavedLayer) -> List[int]:
    """
    :param layer: a chosen one
    :return: the numbers of the channels that are fetched of it
    """
    stored = layer.fetched.shape.as_list()[-1]
    return layer.channels if stored == len(layer.channels) else list(range(stored))


def basis_of(bases: Sequence[UsedBasis], layer: SavedLayer) -> Optional[UsedBasis]:
    """
    :param bases: of the run
    :param layer: a chosen one
    :return: the basis of its component maps; None where its channels are written
    """
    return next((used for used in bases if used.basis.layer == layer.name), None)


def name_of_map(bases: Sequence[UsedBasis], layer: SavedLayer) -> str:
    """
    :param bases: of the run
    :param layer: a chosen one
    :return: the name that files, tables and sidecars have for the layer's maps
    """
    used = basis_of(bases, layer)
    return layer.name if used is None else used.basis.map_name


def told_of(used: UsedBasis) -> Known:
    """
    :param used: the basis of component maps
    :return: keys of the sidecar that differ from those of the layer's own map
    """
    return dict(
        type=MAP_TYPES[used.basis.method],
        reduce=used.basis.method,
        components=used.basis.told(used.path),
    )
