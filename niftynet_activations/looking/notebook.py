# -*- coding: utf-8 -*-
"""
The HTML that a Jupyter notebook shows for a map, or for all maps of a folder.
"""

import base64
import io
from html import escape
from typing import TYPE_CHECKING, Callable, Iterable, List, Tuple

import numpy as np

from niftynet_activations.errors import ActivationError
from niftynet_activations.looking.activation_map import ActivationMap
from niftynet_activations.looking.figures.figure import draw
from niftynet_activations.looking.maps import ActivationMaps

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DOTS_PER_INCH = 60
MOST_ROWS = 30  # of the table
MOST_LAYERS, MOST_CHANNELS = 3, 4  # of the picture
HEADER = ('subject', 'layer', 'samples', 'mm apart', 'channels', 'exact')
EXACT = {True: 'yes', False: 'no', None: 'not known'}
Row = Tuple[str, ...]


def map_html(one: ActivationMap, draw_it: 'Callable[[], Figure]') -> str:
    """
    :param one: a map
    :param draw_it: makes the picture of the map
    :return: HTML: three planes of its first channel over the input image, and a table of its facts
    """
    return _picture(draw_it) + _table([_row(one)])


def maps_html(maps: ActivationMaps) -> str:
    """
    :param maps: of one folder
    :return: HTML: channels of the first subject's first layers, and a row for each map
    """
    shown = list(maps.values())[:MOST_ROWS]
    html = escape(repr(maps))
    if not shown:
        return html
    first = [one for one in shown if one.subject == shown[0].subject][:MOST_LAYERS]
    channels = [list(range(min(MOST_CHANNELS, one.shape[3]))) for one in first]
    left = len(maps) - len(shown)
    more = '<p>and {} more</p>'.format(left) if left else ''
    picture = _picture(lambda: draw(first, channels, image=False))
    return html + picture + _table([_row(one) for one in shown]) + more


def _row(one: ActivationMap) -> Row:
    try:
        steps = np.sqrt((one.affine[:3, :3] ** 2).sum(axis=0))
        told = (
            _times(str(size) for size in one.shape[:3]),
            _times('{:.4g}'.format(step) for step in steps),
            str(one.shape[3]),
            _exactness(one),
        )
    except ActivationError as error:
        told = (str(error), '', '', '')
    return (one.subject, one.layer) + told


def _times(words: Iterable[str]) -> str:
    return ' × '.join(words)


def _exactness(one: ActivationMap) -> str:
    info = one.info
    because = info.get('inexact_because')
    return EXACT[info.get('exact')] + (': {}'.format(because) if because else '')


def _table(rows: List[Row]) -> str:
    head = ''.join('<th>{}</th>'.format(name) for name in HEADER)
    body = ''.join(
        '<tr>{}</tr>'.format(''.join('<td>{}</td>'.format(escape(cell)) for cell in row))
        for row in rows
    )
    return '<table><tr>{}</tr>{}</table>'.format(head, body)


def _picture(make: 'Callable[[], Figure]') -> str:
    """The picture as HTML, or, if it cannot be made, the reason."""
    try:
        figure = make()
    except ActivationError as error:
        return '<p>{}</p>'.format(escape(str(error)))
    stream = io.BytesIO()
    figure.savefig(stream, format='png', dpi=DOTS_PER_INCH)
    data = base64.b64encode(stream.getvalue()).decode('ascii')
    return '<p><img alt="slices" src="data:image/png;base64,{}"></p>'.format(data)
