# -*- coding: utf-8 -*-
"""
What TensorFlow or a network's own code says against a size, in a few words.

TensorFlow's sentences go on with the operation's definition, and tell where a template was made;
the name of the step, by which its layer is found in the list of layers, is the part that helps.
"""

import re

from niftynet_activations.host.networks import one_line, without_origin

# while a graph is built: "Negative dimension ... for '{{node worker_0/net/conv}} = Conv3D[...]"
# or, from TensorFlow 1, "... for 'worker_0/net/conv' (op: 'Conv3D') with input shapes: ..."
_BUILT = re.compile(r"\s*\bfor '(?:\{\{node )?(?P<step>[^'{}\s]+)")
# while it runs: "paddings must be less ...\n\t [[{{node worker_0/net/MirrorPad}}]]"
_RUN = re.compile(r'\s*\[\[(?:\{\{)?node (?P<step>[^\s{}\]]+)')
# TensorFlow 2 tells before it where the node was made, with this line as the last
_MADE = re.compile(r"(?s).*^Node: '[^\n]*\n", re.MULTILINE)
_SCOPE = re.compile(r'^worker_0/')
TRACEBACK = 'Traceback (most recent call last)'
MOST = 200  # characters that are told


def refusal(error: BaseException) -> str:
    """
    :param error: that building or running a network ended in
    :return: why, and at which step of the network, in one line
    """
    text = without_origin(str(error))
    found = [each for each in (_BUILT.search(text), _RUN.search(text)) if each is not None]
    if found:
        match = min(found, key=lambda each: each.start())
        # an error of a user's own function (tf.py_func) brings its traceback along
        said = _MADE.sub('', text[: match.start()]).partition(TRACEBACK)[0]
        step = _SCOPE.sub('', match.group('step'))
        return "{} (step '{}' of the network)".format(_short(' '.join(said.split())), step)
    if not text:
        return one_line(error)  # an assertion without a word: its place tells more
    return _short(' '.join(text.splitlines()[0].split()))


def _short(text: str) -> str:
    text = text.rstrip(' .,:')
    return text if len(text) <= MOST else text[:MOST].rsplit(' ', 1)[0] + ' ...'
