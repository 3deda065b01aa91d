# -*- coding: utf-8 -*-
"""
Which layers are saved: the selectors of ``activation_layers``, as plain string work.

- *candidate*: something that can be saved, with a name (a layer's output, an operation's
  output, or what a word stands for);
- *selector*: one item of the list: a glob on names (``*`` stays within a scope, ``**`` does
  not), ``re:`` a regular expression, ``type:`` a layer class, ``op:`` a glob on operations,
  or a word such as ``all``;
- *negated*: a selector behind ``!``, which takes away what it matches.
"""

import difflib
import re
from collections import OrderedDict
from typing import Callable, Dict, List, NamedTuple, Pattern, Sequence, Tuple

from niftynet_activations.errors import SelectionError

ALL, TOP, NONE = 'all', 'top', 'none'
LISTING_HINT = "'net_activations layers -c CONFIG' lists all names"

Candidate = NamedTuple(
    'Candidate',
    [
        ('name', str),  # what selectors match and files are named after
        ('type', str),  # the layer's class, '' for what no layer returned
        ('top', bool),  # True where the network itself calls the layer
        ('tensor', object),
    ],
)


class Catalogue(object):
    """
    Everything that selectors choose from.

    :param layers: candidates of the layers, in the order of their calls
    :param words: word -> function without arguments giving its candidates
    :param operations: function of an ``op:`` pattern giving its candidates
    :param operation_names: function giving the names of all operations that ``op:`` can pick
    """

    def __init__(
        self,
        layers: Sequence[Candidate],
        words: Dict[str, Callable[[], List[Candidate]]],
        operations: Callable[[str], List[Candidate]],
        operation_names: Callable[[], List[str]],
    ) -> None:
        self.layers = list(layers)
        self._operations = operations
        self._operation_names = operation_names
        self._words = dict(words)
        self._words[ALL] = lambda: list(self.layers)
        self._words[TOP] = lambda: [layer for layer in self.layers if layer.top]
        self._words[NONE] = list
        self._answers: Dict[str, List[Candidate]] = {}

    def matches(self, selector: str) -> List[Candidate]:
        """
        :param selector: one selector, without ``!``
        :return: what it picks, in the order of the calls; the same list when asked again, since
            an answer may cost operations in the graph
        :raises SelectionError: if it picks nothing, or is no valid expression
        """
        if selector not in self._answers:
            self._answers[selector] = self._find(selector)
        return self._answers[selector]

    def _find(self, selector: str) -> List[Candidate]:
        if selector in self._words:
            return self._words[selector]()
        prefix, _, rest = selector.partition(':')
        if prefix == 'op':
            found = self._operations(rest)
        elif prefix == 'type':
            found = [layer for layer in self.layers if layer.type == rest]
        else:
            pattern = name_pattern(selector)
            found = [layer for layer in self.layers if pattern.match(layer.name)]
        if not found:
            raise SelectionError(self._nothing_matches(selector, prefix, rest))
        return found

    def _nothing_matches(self, selector: str, prefix: str, rest: str) -> str:
        if prefix == 'type':
            wanted, known = rest, sorted({layer.type for layer in self.layers})
        elif prefix == 'op':
            return self._no_operation_matches(selector, rest)
        else:
            wanted = rest if prefix == 're' else selector
            known = [layer.name for layer in self.layers] + sorted(self._words)
        near = difflib.get_close_matches(wanted, known, n=3, cutoff=0.3) or known[:3]
        return "the selector '{}' matches nothing; nearest: {}; {}".format(
            selector, ', '.join(near), LISTING_HINT
        )

    def _no_operation_matches(self, selector: str, wanted: str) -> str:
        """Names of operations are long: those whose last scopes are near, as ``op:`` takes them."""
        scopes = wanted.count('/') + 1
        known = ['/'.join(name.split('/')[-scopes:]) for name in self._operation_names()]
        near = difflib.get_close_matches(wanted, sorted(set(known)), n=3, cutoff=0.3) or known[:3]
        return (
            "the selector '{}' matches no operation; nearest: {}; the last column of "
            "'net_activations layers -c CONFIG' lists those of the layers".format(
                selector, ', '.join('op:' + name for name in near)
            )
        )


def select(text: str, catalogue: Catalogue) -> List[Candidate]:
    """
    :param text: comma-separated selectors, in any order; a list of negated ones alone
        starts from ``all``
    :param catalogue: what there is to choose from
    :return: the chosen candidates, each name once: layers in the order of their calls, then
        the rest in the order of the selectors; empty for ``none`` alone
    :raises SelectionError: if a selector matches nothing, or nothing is left
    """
    wanted, unwanted = split_negated(split_selectors(text))
    chosen: OrderedDict[str, Candidate] = OrderedDict()
    for selector in wanted:
        for candidate in catalogue.matches(selector):
            chosen.setdefault(candidate.name, candidate)
    for selector in unwanted:
        for candidate in catalogue.matches(selector):
            chosen.pop(candidate.name, None)
    if not chosen and wanted != [NONE]:
        raise SelectionError(
            "activation_layers '{}' leaves no layer: take away less, or write 'none'; {}".format(
                text, LISTING_HINT
            )
        )
    order = {layer.name: index for index, layer in enumerate(catalogue.layers)}
    return sorted(chosen.values(), key=lambda candidate: order.get(candidate.name, len(order)))


def split_selectors(text: str, separator: str = ',') -> List[str]:
    """
    Split at separators outside of ``()``, ``[]`` and ``{}``.

    :param text: as the user wrote it
    :param separator: one character
    :return: the items, stripped, in order
    :raises SelectionError: if an item is empty
    """
    items, depth, start = [], 0, 0
    for position, character in enumerate(text):
        if character in '([{':
            depth += 1
        elif character in ')]}':
            depth = max(depth - 1, 0)
        elif character == separator and not depth:
            items.append(text[start:position])
            start = position + 1
    items.append(text[start:])
    items = [item.strip() for item in items]
    if not all(item.strip('! ') for item in items):
        raise SelectionError(
            "'{}' has an empty item; expected items separated by '{}'".format(text, separator)
        )
    return items


def split_negated(selectors: Sequence[str]) -> Tuple[List[str], List[str]]:
    """
    :param selectors: single selectors, some behind ``!``
    :return: what is wanted (``all`` where every selector is negated) and what is taken away
    """
    wanted = [item for item in selectors if not item.startswith('!')]
    unwanted = [item[1:].strip() for item in selectors if item.startswith('!')]
    return wanted or [ALL], unwanted


def name_pattern(selector: str) -> Pattern:
    """
    :param selector: a glob, or a regular expression behind ``re:``
    :return: compiled, to be used with ``match``; it takes whole names only
    :raises SelectionError: for an expression that cannot be compiled
    """
    if not selector.startswith('re:'):
        return re.compile(glob_expression(selector) + r'\Z')
    try:
        return re.compile('(?:' + selector[3:] + r')\Z')
    except re.error as error:
        raise SelectionError(
            "the selector '{}' is no valid regular expression: {}".format(selector, error)
        ) from error


_GLOB_TOKEN = re.compile(r'\*\*|\*|\?|\[!?\]?[^\]]*\]|.', re.DOTALL)
_GLOB_MEANING = {'**': '.*', '*': '[^/]*', '?': '[^/]'}


def glob_expression(glob: str) -> str:
    """
    :param glob: ``*`` and ``?`` do not cross ``/``, ``**`` does; ``[ab]`` and ``[!ab]`` are sets
    :return: the same as the text of a regular expression
    """

    def translate(token: str) -> str:
        if token in _GLOB_MEANING:
            return _GLOB_MEANING[token]
        if len(token) > 2 and token.startswith('['):
            inside = token[1:-1].replace('\\', '\\\\')
            return '[^' + inside[1:] + ']' if inside.startswith('!') else '[' + inside + ']'
        return re.escape(token)

    return ''.join(translate(token) for token in _GLOB_TOKEN.findall(glob))


def operation_pattern(selector: str) -> Tuple[Pattern, int]:
    """
    :param selector: an ``op:`` selector's text behind the colon: a glob, ``:k`` for output k
    :return: a pattern for whole operation names that starts at any ``/``, and k (0 if not given)
    """
    glob, colon, output = selector.rpartition(':')
    if not (colon and output.isdigit()):
        glob, output = selector, '0'
    return re.compile('(?:.*/)?' + glob_expression(glob) + r'\Z'), int(output)
