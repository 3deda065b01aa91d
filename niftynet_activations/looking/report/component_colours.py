# -*- coding: utf-8 -*-
"""
Component maps as pictures in colours.

- principal components and non-negative factors: the first three components are red, green and blue.
  A colour is dark at the component's mean less two standard deviations and full at the mean plus
  two, limited to the component's smallest and largest value;
- clusters: each cluster has one of ten colours; from the eleventh cluster on they repeat.
"""

from typing import NamedTuple, Sequence, Tuple

import numpy as np

from niftynet_activations.looking.activation_map import ActivationMap
from niftynet_activations.looking.report.statistics import ChannelFacts, channel_facts
from niftynet_activations.store.description import Components

COLOURS = 3
DEVIATIONS = 2.0
# names and values of the colours, as in matplotlib's "tab10"
CLUSTERS: Sequence[Tuple[str, str]] = (
    ('blue', '1f77b4'),
    ('orange', 'ff7f0e'),
    ('green', '2ca02c'),
    ('red', 'd62728'),
    ('purple', '9467bd'),
    ('brown', '8c564b'),
    ('pink', 'e377c2'),
    ('grey', '7f7f7f'),
    ('olive', 'bcbd22'),
    ('cyan', '17becf'),
)


class Colouring(NamedTuple):
    """How a component map gets its colours, and a sentence that explains them on the page."""

    clusters: bool
    channels: int  # how many of them are read
    ranges: Sequence[Tuple[float, float]]  # dark and full, of each channel
    told: str


def colouring(components: Components, channels: Sequence[ChannelFacts]) -> Colouring:
    """
    :param components: the sidecar's entry ``components``
    :param channels: facts of the map's channels
    :return: the colours
    """
    number = int(components['number'])
    if components['method'] == 'kmeans':
        names = ', '.join(
            '{} {}'.format(place + 1, CLUSTERS[place][0])
            for place in range(min(number, len(CLUSTERS)))
        )
        again = ' and so on from blue' if number > len(CLUSTERS) else ''
        return Colouring(True, 1, [], 'Clusters: {}{}.'.format(names, again))
    shown = list(channels)[:COLOURS]
    told = ', '.join(
        '{} {}'.format(name, each.number) for name, each in zip(('red', 'green', 'blue'), shown)
    )
    shares = components.get('explained') or []
    if shares:
        kept = shares[: len(shown)] if len(shares) > 1 else shares
        told += '; {} of the variance'.format(
            ', '.join('{:.1%}'.format(share) for share in kept if share is not None)
        )
    return Colouring(
        False, len(shown), [_range(each) for each in shown], 'Components: {}.'.format(told)
    )


def _range(channel: ChannelFacts) -> Tuple[float, float]:
    low = max(channel.lowest, channel.mean - DEVIATIONS * channel.std)
    high = min(channel.highest, channel.mean + DEVIATIONS * channel.std)
    return (low, high) if high > low else (low, low + 1.0)


def in_colours(pictures: Sequence[np.ndarray], how: Colouring) -> np.ndarray:
    """
    :param pictures: of the first channels, (rows, columns) each, NaN outside of the map
    :param how: the colours
    :return: (rows, columns, 4): red, green, blue and opacity from 0 to 1; transparent where a
        channel is NaN
    """
    known = np.all([np.isfinite(each) for each in pictures], axis=0)
    made = np.zeros(known.shape + (4,))
    made[..., 3] = known
    if how.clusters:
        table = np.array([[int(code[k : k + 2], 16) for k in (0, 2, 4)] for _, code in CLUSTERS])
        numbers = np.where(known, pictures[0], 1).astype(int) - 1
        made[..., :3] = table[numbers % len(table)] / 255.0
        return made
    for colour, (picture, (low, high)) in enumerate(zip(pictures, how.ranges)):
        made[..., colour] = np.clip((np.where(known, picture, low) - low) / (high - low), 0, 1)
    return made


def colour_volume(one: ActivationMap) -> np.ndarray:
    """
    :param one: a component map
    :return: its colours, (x, y, z, 3) uint8, as in the report; black at missing samples
    """
    data = one.data.streaming()
    shown = 1 if one.info['components']['method'] == 'kmeans' else COLOURS
    volumes = [np.asarray(data[..., place]) for place in range(min(shown, data.shape[3]))]
    facts = [channel_facts(number, volume) for number, volume in zip(one.channels, volumes)]
    how = colouring(one.info['components'], facts)
    made = np.zeros(volumes[0].shape + (COLOURS,), np.uint8)
    for plane in range(made.shape[2]):
        picture = in_colours([volume[..., plane] for volume in volumes], how)
        made[:, :, plane] = np.round(255 * picture[..., :3] * picture[..., 3:])
    return made
