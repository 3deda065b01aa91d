# -*- coding: utf-8 -*-
"""
The options of this package: names, defaults and checks, the same for every way in.

NiftyNet reads them as strings from a config or its command line; Python callers may give
values. Either way :func:`parse_options` checks them and returns one :class:`Options`.
"""

import difflib
from collections import OrderedDict
from typing import Any, Callable, Collection, Mapping, NamedTuple, Tuple

from niftynet_activations.capturing.channels import parse_channel_items
from niftynet_activations.capturing.selectors import split_selectors
from niftynet_activations.errors import OptionError
from niftynet_activations.stitching.stitcher import MODES
from niftynet_activations.store.existing import POLICIES
from niftynet_activations.store.spec import DTYPES, FORMATS, LAYOUTS

PREFIX = 'activation_'
SECTION = 'INFERENCE'

Option = NamedTuple('Option', [('default', str), ('parse', Callable[[str], Any]), ('help', str)])


def _one_of(allowed: Collection[str]) -> Callable[[str], str]:
    """A table may get another entry later, so it is looked at when a value comes."""

    def parse(text: str) -> str:
        if text not in allowed:
            raise OptionError('expected one of {}'.format(', '.join(allowed)))
        return text

    return parse


def _selectors(text: str) -> str:
    split_selectors(text)
    return text


def _channels(text: str) -> list:
    return parse_channel_items(text)


def _reducer(text: str) -> str:
    known = ('none',) + REDUCTIONS
    if text not in known and '.' not in text:
        raise OptionError(
            'expected one of {}, or module.function from an extension'.format(', '.join(known))
        )
    return text


def _text(text: str) -> str:
    return text


def _gibibytes(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < float('inf'):
        raise OptionError('expected a number of GiB above 0')
    return value


def _words(text: str) -> Tuple[str, ...]:
    return tuple(word.strip() for word in text.split(',') if word.strip())


def _truth(text: str) -> bool:
    words = {'yes': True, 'true': True, 't': True, 'y': True, '1': True}
    words.update({'no': False, 'false': False, 'f': False, 'n': False, '0': False})
    if text.lower() not in words:
        raise OptionError('expected True or False')
    return words[text.lower()]


REDUCTIONS = ('mean', 'max', 'l2', 'std', 'argmax')

OPTIONS = OrderedDict(
    [
        ('activation_layers', Option('penultimate', _selectors, 'which layers to save')),
        ('activation_channels', Option('all', _channels, 'which channels of them')),
        ('activation_reduce', Option('none', _reducer, 'one map from all channels')),
        (
            'activation_resolution',
            Option('native', _one_of(('native', 'input')), "the layer's own grid or the image's"),
        ),
        (
            'activation_stitch',
            Option('crop', _one_of(MODES), 'how windows overlap'),
        ),
        (
            'activation_grid',
            Option('niftynet', _one_of(('niftynet', 'aligned')), 'where windows start'),
        ),
        (
            'activation_format',
            Option('nii.gz', _one_of(FORMATS), 'the kind of file'),
        ),
        (
            'activation_layout',
            Option('4d', _one_of(LAYOUTS), 'how NIfTI files hold channels'),
        ),
        (
            'activation_dtype',
            Option('float32', _one_of(DTYPES), 'how values are stored'),
        ),
        ('activation_dir', Option('', _text, 'the folder; save_seg_dir where empty')),
        (
            'activation_existing',
            Option('overwrite', _one_of(POLICIES), 'what to do with old maps'),
        ),
        (
            'activation_pass',
            Option('windows', _one_of(('windows', 'whole')), 'windows, or the volume at once'),
        ),
        (
            'activation_segmentation',
            Option('', _one_of(('', 'windows', 'whole', 'none')), "NiftyNet's own output"),
        ),
        ('activation_memory', Option('2', _gibibytes, 'GiB that stitching may hold')),
        ('activation_tables', Option('', _words, 'label images for region tables')),
        ('activation_report', Option('False', _truth, 'write the HTML report')),
    ]
)

FIELDS = {'activation_pass': 'computed'}  # `pass` is a word of Python's own
Options = NamedTuple(  # type: ignore
    'Options', [(FIELDS.get(name, name[len(PREFIX) :]), Any) for name in OPTIONS]
)


def parse_options(given: Mapping[str, Any]) -> Any:
    """
    :param given: option name (with its prefix) -> value; strings, or anything whose string is
        what a config would hold; what is missing takes its default
    :return: an :class:`Options`, fields without the prefix; `activation_pass` is ``computed``
    :raises OptionError: for an unknown name or a value that is not allowed
    """
    for name in given:
        if name not in OPTIONS:
            near = difflib.get_close_matches(name, OPTIONS, n=1, cutoff=0.0)
            raise OptionError("unknown option '{}': did you mean '{}'?".format(name, near[0]))
    values = []
    for name, option in OPTIONS.items():
        text = str(given.get(name, option.default)).strip()
        try:
            values.append(option.parse(text))
        except OptionError as error:
            raise OptionError("{} = '{}': {}".format(name, text, error)) from None
    options = Options(*values)
    if not options.segmentation:
        options = options._replace(segmentation=options.computed)
    _check_together(options)
    return options


def _check_together(options: Any) -> None:
    """Refuse pairs of values that exclude each other."""
    _check_pass(options)
    zarr = options.format == 'zarr'
    if options.dtype == 'float16' and not zarr:
        raise OptionError(
            "activation_dtype = 'float16' needs activation_format = zarr; "
            'NIfTI has no such type: use float32, int16 or uint8'
        )
    if options.dtype in ('int16', 'uint8') and zarr:
        raise OptionError(
            "activation_dtype = '{}' is for NIfTI; with activation_format = zarr use "
            'float32 or float16'.format(options.dtype)
        )


def _check_pass(options: Any) -> None:
    if options.computed == 'windows':
        if options.segmentation != 'windows':
            raise OptionError(
                "activation_segmentation = '{}' needs activation_pass = whole; with windows it is "
                'windows'.format(options.segmentation)
            )
        return
    for name, value, allowed in (
        ('activation_grid', options.grid, 'niftynet'),
        ('activation_stitch', options.stitch, 'crop'),
    ):
        if value != allowed:
            raise OptionError(
                '{} = {} has no meaning with activation_pass = whole, which stitches nothing: leave '
                'it out, or use activation_pass = windows'.format(name, value)
            )
