# -*- coding: utf-8 -*-
"""
The chosen layers as tensors to fetch: in ordinary space, of the chosen channels, reduced.

Tensors inside a dilated block, where space has moved into the batch axis, are put back first, and
tensors whose axes a network has put into another order are turned back.
"""

from collections import defaultdict
from typing import TYPE_CHECKING, Dict, List, NamedTuple, Optional, Sequence, Tuple

from niftynet_activations.capturing.axis_order import in_ordinary_space
from niftynet_activations.capturing.catalogue import NetworkCatalogue
from niftynet_activations.capturing.channels import ChannelItem, channels_of, check_items
from niftynet_activations.capturing.hooked_layers import call_hooks
from niftynet_activations.capturing.recording import NetworkRecord
from niftynet_activations.capturing.reduction import pick_channels, reduce_channels
from niftynet_activations.capturing.selectors import Candidate, Catalogue, select
from niftynet_activations.capturing.window_tensors import WindowTensors, is_window_tensor
from niftynet_activations.errors import SelectionError
from niftynet_activations.hints import Tensor

if TYPE_CHECKING:
    from typing import TYPE_CHECKING, Protocol  # Python 3.7 has none
else:
    Protocol = object


class Choice(Protocol):
    """The options that say what is to be saved of a network."""

    @property
    def layers(self) -> str:
        """Selectors, separated by commas."""

    @property
    def channels(self) -> List[ChannelItem]:
        """The channels of each layer that are kept."""

    @property
    def reduce(self) -> str:
        """How the channels become one; ``none`` keeps them."""


class SavedLayer(NamedTuple):
    """
    A layer whose map is to be made.

    key: the name of the output in NiftyNet's collector.
    name, type: of the layer.
    source: the network's own tensor, or the one that a forward hook returned for it.
    spatial: the same with its axes in order: (batch, spatial axes ..., channels).
    fetched: float32, the chosen channels of ``spatial``, reduced.
    channels: the network's channel numbers that ``fetched`` is made of.
    also: names of the other layers that return the same tensor.
    lattice: a tensor of the network whose samples lie where the map's samples lie; None for
    ``fetched`` itself.
    """

    key: str
    name: str
    type: str
    source: Tensor
    spatial: Tensor
    fetched: Tensor
    channels: List[int]
    also: Tuple[str, ...] = ()
    lattice: Optional[Tensor] = None

    @property
    def located(self) -> Tensor:
        """The tensor whose geometry (read from the graph) says where the map's samples lie."""
        return self.fetched if self.lattice is None else self.lattice


def choose_layers(record: NetworkRecord, options: Choice) -> List[SavedLayer]:
    """
    :param record: the network, recorded while its graph was built
    :param options: such as :class:`niftynet_activations.options.Options`
    :return: what to fetch, in the order of the layers' calls
    :raises SelectionError: for a selector or channel list that picks what does not exist, or a
        forward hook that returns what cannot be saved
    :raises OptionError: for a reducer that does not exist
    """
    network = NetworkCatalogue(record)
    catalogue = network.for_selectors()
    chosen = select(options.layers, catalogue)
    check_items(options.channels, chosen, catalogue)
    _check_side_effects(network.window_tensors, chosen)
    hooked = call_hooks(record, catalogue)
    found = [each._replace(tensor=hooked.get(each.name, each.tensor)) for each in chosen]
    for candidate in found:
        _check_form(candidate)
    tensors = {candidate.tensor.name: candidate.tensor for candidate in found}
    ordinary = dict(zip(tensors, in_ordinary_space(list(tensors.values()), record)))
    names = _names_of_tensors(catalogue, hooked)
    saved: Dict[Tuple[str, Tuple[int, ...]], SavedLayer] = {}
    for candidate in found:
        spatial = ordinary[candidate.tensor.name]
        channels = channels_of(options.channels, candidate, catalogue, spatial.shape.as_list()[-1])
        # The outermost of several layers that return one tensor comes first: its map is theirs.
        same = (candidate.tensor.name, tuple(channels))
        if same not in saved:
            also = [name for name in names[candidate.tensor.name] if name != candidate.name]
            key = 'activation_{}'.format(len(saved))
            saved[same] = _saved_layer(key, candidate, spatial, channels, also, options)
    return list(saved.values())


def _names_of_tensors(catalogue: Catalogue, hooked: Dict[str, Tensor]) -> Dict[str, List[str]]:
    """Tensor name -> names of all layers for which it would be saved, the outermost first."""
    names: Dict[str, List[str]] = defaultdict(list)
    for layer in catalogue.layers:
        tensor: Tensor = hooked.get(layer.name, layer.tensor)
        names[tensor.name].append(layer.name)
    return names


def _saved_layer(
    key: str,
    candidate: Candidate,
    spatial: Tensor,
    channels: List[int],
    also: List[str],
    options: Choice,
) -> SavedLayer:
    picked = pick_channels(spatial, channels)
    fetched = reduce_channels(picked, options.reduce, candidate.name)
    return SavedLayer(
        key,
        candidate.name,
        candidate.type,
        candidate.tensor,
        spatial,
        fetched,
        channels,
        tuple(also),
    )


def _check_side_effects(tensors: WindowTensors, chosen: Sequence[Candidate]) -> None:
    """Refuse layers whose fetching would change the network, such as by writing a variable."""
    for candidate in chosen:
        effect = tensors.side_effect(candidate.tensor)
        if effect is not None:
            raise SelectionError(
                "layer '{}' cannot be saved: it {}; leave it out of activation_layers, with "
                "'!{}' where a pattern takes it".format(candidate.name, effect, candidate.name)
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
