# -*- coding: utf-8 -*-
"""
Whether a map is exact, in one short sentence, and what the reasons mean.

A sidecar's ``inexact_because`` gives every reason with its numbers, for each axis. In the report
and the viewer the kind of reason is enough; the kinds, and what they mean, are listed here.
"""

from typing import List, NamedTuple, Tuple

from niftynet_activations.store.description import Sidecar


class Kind(NamedTuple):
    """A kind of reason: words that the sidecar's sentence holds, a sentence, and what it means."""

    words: str
    sentence: str
    meaning: str


KINDS: Tuple[Kind, ...] = (
    Kind(
        'depends on the window as a whole',
        'its values depend on each window as a whole',
        'The layer, or one in front of it, takes a mean or another statistic over the window '
        '(instance or batch normalisation, pooling over space). Windows of another size give other '
        'values. activation_pass = whole takes the statistic over the volume.',
    ),
    Kind(
        'voxels beyond their window',
        'some samples need voxels that their window does not hold',
        'Near the faces of a window the network sees its padding in place of the image. A larger '
        'border, a larger window or activation_pass = whole mends it.',
    ),
    Kind(
        'windows do not start on multiples of',
        "windows start between the network's steps",
        'A network that strides gives other values where a window starts at another phase of its '
        'steps. activation_grid = aligned starts all windows at one phase.',
    ),
    Kind(
        'the windows run over',
        'the windows cover another volume than one whole pass',
        'The volume has a size that the network cannot take as a whole; one pass runs over a few '
        'voxels more, and the windows do not. activation_grid = aligned lets them.',
    ),
    Kind(
        'are means of up to',
        'samples are means of several windows',
        'Overlapping windows are blended. activation_stitch = crop takes each sample from one '
        'window.',
    ),
    Kind(
        'no size near the volume suits the network',
        'no size near that of the volume suits the network',
        'A pass over the whole volume, with which to compare, is not possible.',
    ),
)
OTHER = 'other-reason'
CHANGED = ' INTERVENTION: the network was changed, {}.'


def exactness(info: Sidecar) -> Tuple[str, str, str]:
    """
    What the sidecar says of exactness, in words.

    :param info: the sidecar
    :return: ``yes``, ``no`` or ``unknown``; one short sentence; the name of the kind of reason,
        empty where there is none
    """
    word, sentence, kind = _of_values(info)
    changed = info.get('interventions') or ()
    told = ', '.join("'{}' by {}".format(each['layer'], each['function']) for each in changed)
    return word, '{}{}'.format(sentence, CHANGED.format(told) if changed else ''), kind


def _of_values(info: Sidecar) -> Tuple[str, str, str]:
    because = str(info.get('inexact_because') or '')
    if info.get('exact') is True:
        return 'yes', 'Exact: every sample equals one pass over the whole reference volume.', ''
    if info.get('exact') is False:
        word, text = 'no', 'Not exact'
    else:
        word, text = 'unknown', 'Not known whether exact'
    kinds = [kind for kind in KINDS if kind.words in because]
    if kinds:
        more = '' if len(kinds) == 1 else ', and {} more'.format(_reasons(len(kinds) - 1))
        return word, '{}: {}{}.'.format(text, kinds[0].sentence, more), name_of(kinds[0])
    if because:
        return word, '{}: {}.'.format(text, because.split('; ')[0].rstrip('.')), OTHER
    return word, '{}.'.format(text) if word == 'unknown' else 'Not exact: no reason is given.', ''


def _reasons(count: int) -> str:
    return '{} reason{}'.format(count, '' if count == 1 else 's')


def name_of(kind: Kind) -> str:
    """
    :param kind: one of KINDS
    :return: a name for links to what it means
    """
    return 'reason-{}'.format(KINDS.index(kind) + 1)


def meanings() -> List[Tuple[str, str, str]]:
    """
    :return: of each kind its name, its sentence and what it means
    """
    return [(name_of(kind), kind.sentence, kind.meaning) for kind in KINDS]
