# -*- coding: utf-8 -*-
"""
Which layers are saved: the selectors of ``activation_layers``. Only names are compared here;
TensorFlow is not needed.

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
from niftynet_activations.hints import Tensor

ALL, TOP, NONE = 'all', 'top', 'none'
LISTING_HINT = "'net_activations layers -c CONFIG' lists all names"

OPERATIONS_HINT = "'net_activations layers -c CONFIG op:**' lists all that can be chosen"
LAYERS_OPTION = 'activation_layers'
MOST_NAMED = 3  # so many names of each kind stand in a message


class Candidate(NamedTuple):
    """Something that can be saved."""

    name: str  # what selectors match and files are named after
    type: str  # the layer's class; empty for a tensor that no layer returned
    top: bool  # True where the network itself calls the layer
    tensor: Tensor


class OperationMatches(NamedTuple):
    """What an ``op:`` pattern matches."""

    found: List[Candidate]
    left_out: List[str]  # the name and the reason of each operation that no map can be made of


class Catalogue(object):
    """
    Everything that selectors choose from.

    :param layers: candidates of the layers, in the order of their calls
    :param words: word -> function without arguments giving its candidates
    :param operations: function of an ``op:`` pattern giving what it matches
    :param operation_names: function giving the names of all operations that ``op:`` can pick
    """

    def __init__(
        self,
        layers: Sequence[Candidate],
        words: Dict[str, Callable[[], List[Candidate]]],
        operations: Callable[[str], OperationMatches],
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

    def is_word(self, text: str) -> bool:
        """
        :param text: a selector
        :return: whether it is one of the words, such as ``all``
        """
        return text in self._words

    def matches(self, selector: str) -> List[Candidate]:
        """
        :param selector: one selector, without ``!``
        :return: what it picks, in the order of the calls. A second call gives the same list,
            since finding it may add operations to the graph
        :raises SelectionError: if it picks nothing, or is no valid expression
        """
        if selector not in self._answers:
            self._answers[selector] = self._find(selector)
        return self._answers[selector]

    def _find(self, selector: str) -> List[Candidate]:
        left_out: List[str] = []
        prefix, _, rest = selector.partition(':')
        if selector in self._words:
            found = self._words[selector]()
        elif prefix == 'op':
            found, left_out = self._operations(rest)
        elif prefix == 'type':
            found = [layer for layer in self.layers if layer.type == rest]
        else:
            pattern = name_pattern(selector)
            found = [layer for layer in self.layers if pattern.match(layer.name)]
        if not found and selector != NONE:
            raise SelectionError(self._nothing_matches(selector, left_out))
        return found

    def _nothing_matches(self, selector: str, left_out: List[str]) -> str:
        prefix, _, rest = selector.partition(':')
        if prefix == 'op':
            return self._no_operation_matches(selector, rest, left_out)
        if not self.layers:
            return (
                "the selector '{}' matches nothing: the network calls no layers of NiftyNet's; "
                '{}'.format(selector, self._choose_operations())
            )
        if selector in self._words:
            return (
                "the selector '{}' matches nothing: walking back from the logits no convolution "
                'layer of more than one output channel is met; name a layer ({}), or {}'.format(
                    selector, LISTING_HINT, self._choose_operations()
                )
            )
        if prefix == 'type':
            wanted, known = rest, sorted({layer.type for layer in self.layers})
        else:
            wanted = rest if prefix == 're' else selector
            known = [layer.name for layer in self.layers] + sorted(set(self._words) - {NONE})
        near = difflib.get_close_matches(wanted, known, n=MOST_NAMED, cutoff=0.3)
        return "the selector '{}' matches nothing; nearest: {}; {}".format(
            selector, ', '.join(near or known[:MOST_NAMED]), LISTING_HINT
        )

    def _choose_operations(self) -> str:
        """The end of a message, which proposes the operations nearest to the network's output."""
        names = self._operation_names()[-MOST_NAMED:]
        if not names:
            return 'none of its TensorFlow operations can be chosen either'
        return 'choose among its TensorFlow operations, for example {}; {}'.format(
            ', '.join('op:' + _short_name(name) for name in names), OPERATIONS_HINT
        )

    def _no_operation_matches(self, selector: str, wanted: str, left_out: List[str]) -> str:
        """
        A message that proposes operations of similar names. Only the last scopes are compared and
        shown, since full names are long and ``op:`` takes their ends.
        """
        scopes = wanted.count('/') + 1
        known = ['/'.join(name.split('/')[-scopes:]) for name in self._operation_names()]
        near = difflib.get_close_matches(wanted, sorted(set(known)), n=MOST_NAMED, cutoff=0.3)
        near = near or list(dict.fromkeys(known))[:MOST_NAMED]
        proposed = ', '.join('op:' + name for name in near) or 'none'
        if not left_out:
            return "the selector '{}' matches no operation; nearest: {}; {}".format(
                selector, proposed, OPERATIONS_HINT
            )
        more = len(left_out) - MOST_NAMED
        return (
            "the selector '{}' matches only what no map can be made of: {}{}; nearest: {}; "
            '{}'.format(
                selector,
                ', '.join(left_out[:MOST_NAMED]),
                ' and {} more'.format(more) if more > 0 else '',
                proposed,
                OPERATIONS_HINT,
            )
        )


def _short_name(operation: str) -> str:
    """An operation's own name and the scope that it lies in."""
    return '/'.join(operation.split('/')[-2:])


def select(text: str, catalogue: Catalogue, option: str = LAYERS_OPTION) -> List[Candidate]:
    """
    :param text: comma-separated selectors, in any order; a list of negated ones alone
        starts from ``all``
    :param catalogue: what there is to choose from
    :param option: where the selectors stand, for messages
    :return: the chosen candidates, each name once: layers in the order of their calls, then
        the rest in the order of the selectors; empty for ``none`` alone
    :raises SelectionError: if a selector matches nothing, or nothing is left
    """
    wanted, unwanted = split_negated(split_selectors(text))
    chosen: OrderedDict[str, Candidate] = OrderedDict()
    for selector in wanted:
        for candidate in _matches(selector, catalogue, option):
            chosen.setdefault(candidate.name, candidate)
    for selector in unwanted:
        for candidate in _matches(selector, catalogue, option):
            chosen.pop(candidate.name, None)
    if not chosen and wanted != [NONE]:
        raise SelectionError(
            "{}: '{}' leaves no layer: take away less, or write 'none'; {}".format(
                option, text, LISTING_HINT
            )
        )
    order = {layer.name: index for index, layer in enumerate(catalogue.layers)}
    return sorted(chosen.values(), key=lambda candidate: order.get(candidate.name, len(order)))


def _matches(selector: str, catalogue: Catalogue, option: str) -> List[Candidate]:
    try:
        return catalogue.matches(selector)
    except SelectionError as error:
        raise SelectionError('{}: {}'.format(option, error)) from error


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


def name_pattern(selector: str) -> Pattern[str]:
    """
    :param selector: a glob, or a regular expression behind ``re:``
    :return: compiled, to be used with ``match``; it takes whole names only
    :raises SelectionError: for an expression that cannot be compiled
    """
    if not selector.startswith('re:'):
        return re.compile(glob_expression(selector) + r'\Z')
    expression = selector[len('re:') :]
    try:
        re.compile(expression)  # compiled alone first, so that an error shows it as written
        return re.compile('(?:' + expression + r')\Z')
    except re.error as error:
        raise SelectionError(
            "the selector '{}' is no valid regular expression ({}): write \\ before a sign that is "
            'meant as it stands'.format(selector, error)
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


def operation_pattern(selector: str) -> Tuple[Pattern[str], int]:
    """
    :param selector: an ``op:`` selector's text behind the colon: a glob, ``:k`` for output k
    :return: a pattern for whole operation names that starts at any ``/``, and k (0 if not given)
    """
    glob, colon, output = selector.rpartition(':')
    if not (colon and output.isdigit()):
        glob, output = selector, '0'
    return re.compile('(?:.*/)?' + glob_expression(glob) + r'\Z'), int(output)
