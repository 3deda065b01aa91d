# -*- coding: utf-8 -*-
"""
The chosen layers as tensors to fetch: in ordinary space, of the chosen channels, reduced.

Tensors inside a dilated block, where space has moved into the batch axis, are put back first, and
tensors whose axes a network has put into another order are turned back.
"""

from typing import Any, List, NamedTuple

from niftynet_activations.capturing.axis_order import in_ordinary_space
from niftynet_activations.capturing.catalogue import NetworkCatalogue, is_window_tensor
from niftynet_activations.capturing.channels import channels_of
from niftynet_activations.capturing.hooked_layers import call_hooks
from niftynet_activations.capturing.recording import NetworkRecord
from niftynet_activations.capturing.reduction import pick_channels, reduce_channels
from niftynet_activations.capturing.selectors import Candidate, Catalogue, select
from niftynet_activations.errors import SelectionError

SavedLayer = NamedTuple(
    'SavedLayer',
    [
        ('key', str),  # the name of the output in NiftyNet's collector
        ('name', str),
        ('type', str),
        ('source', Any),  # the network's own tensor, or what a forward hook gave for it
        ('spatial', Any),  # the same in ordinary space: (batch, spatial axes ..., channels)
        ('fetched', Any),  # float32, of the chosen channels, reduced
        ('channels', List[int]),  # the network's channel numbers that went in
    ],
)


def choose_layers(record: NetworkRecord, options: Any) -> List[SavedLayer]:
    """
    :param record: the network, recorded while its graph was built
    :param options: an :class:`niftynet_activations.options.Options`
    :return: what to fetch, in the order of the layers' calls
    :raises SelectionError: for a selector or channel list that picks what does not exist, or a
        forward hook that returns what cannot be saved
    :raises OptionError: for a reducer that does not exist
    """
    catalogue = NetworkCatalogue(record).for_selectors()
    chosen = select(options.layers, catalogue)
    hooked = call_hooks(record, catalogue)
    found = [each._replace(tensor=hooked.get(each.name, each.tensor)) for each in chosen]
    for candidate in found:
        _check_form(candidate)
    ordinary = in_ordinary_space([candidate.tensor for candidate in found], record.image)
    return [
        _saved_layer('activation_{}'.format(index), candidate, spatial, catalogue, options)
        for index, (candidate, spatial) in enumerate(zip(found, ordinary))
    ]


def _saved_layer(
    key: str, candidate: Candidate, spatial: Any, catalogue: Catalogue, options: Any
) -> SavedLayer:
    count = spatial.shape.as_list()[-1]
    channels = channels_of(options.channels, candidate, catalogue, count)
    picked = pick_channels(spatial, channels)
    fetched = reduce_channels(picked, options.reduce, candidate.name)
    return SavedLayer(
        key, candidate.name, candidate.type, candidate.tensor, spatial, fetched, channels
    )


def _check_form(candidate: Candidate) -> None:
    tensor = candidate.tensor
    if not is_window_tensor(tensor) or tensor.shape.as_list()[-1] is None:
        raise SelectionError(
            "layer '{}' cannot be saved: it returns {} of shape {}; expected numbers with a batch "
            'axis, any spatial axes and a known number of channels'.format(
                candidate.name, tensor.dtype.name, tensor.shape
            )
        )
