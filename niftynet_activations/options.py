# -*- coding: utf-8 -*-
"""
The options of this package: names, defaults and checks, the same for every way in.

NiftyNet reads them as strings from a config or its command line; Python callers may give
values. Either way :func:`parse_options` checks them and returns one :class:`Options`.
"""

import difflib
import re
from collections import OrderedDict
from typing import Callable, Collection, Dict, List, Mapping, NamedTuple, Tuple

from niftynet_activations.capturing.channels import ChannelItem, parse_channel_items
from niftynet_activations.capturing.selectors import name_pattern, split_selectors
from niftynet_activations.errors import OptionError, SelectionError
from niftynet_activations.stitching.stitcher import MODES
from niftynet_activations.store.existing import POLICIES
from niftynet_activations.store.formats.contract import DTYPES, LAYOUTS
from niftynet_activations.store.formats.table import FORMATS, check_options
from niftynet_activations.store.spec import NO_MAP

PREFIX = 'activation_'
SECTION = 'INFERENCE'


class Option(NamedTuple):
    """One option, as users meet it."""

    default: str
    parse: Callable[[str], object]  # raises OptionError
    help: str


def _one_of(allowed: Collection[str]) -> Callable[[str], str]:
    """
    A check that a value is one of those allowed. They are looked up when a value comes, since
    tables of formats and modes may have got another entry by then.
    """

    def parse(text: str) -> str:
        if text not in allowed:
            raise OptionError('expected one of {}'.format(', '.join(allowed)))
        return text

    return parse


def _selectors(text: str) -> str:
    if not text:
        raise OptionError(
            "expected names of layers; 'none' saves no map, and without the option it is "
            "'penultimate'"
        )
    for item in split_selectors(text):
        if ' ' in ' '.join(item.lstrip('! ').split()) and 're:' not in item:
            raise OptionError(
                "'{}' is no name of a layer: selectors are separated by commas".format(
                    ' '.join(item.split())
                )
            )
        name_pattern(item.lstrip('! '))  # raises for a regular expression that cannot be read
    return text


def _channels(text: str) -> List[ChannelItem]:
    if not text:
        raise OptionError(
            "expected indices and slices such as 0:8 or 0,3,5; without the option it is 'all'"
        )
    return parse_channel_items(text)


def _reducer(text: str) -> str:
    known = ('none',) + REDUCTIONS
    if text not in known and '.' not in text:
        raise OptionError(
            'expected one of {}, or module.function from an extension'.format(', '.join(known))
        )
    return text


def _folder(text: str) -> str:
    found = re.search(r'\$\w+|\$\{\w+\}', text)
    if found:
        raise OptionError(
            "'{}' is not replaced by its value in a config: write the path itself, or give it on "
            'the command line without quotation marks, where the shell replaces it'.format(
                found.group()
            )
        )
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
        ('activation_dir', Option('', _folder, 'the folder; save_seg_dir where empty')),
        (
            'activation_existing',
            Option('overwrite', _one_of(POLICIES), 'what to do with old maps'),
        ),
        ('activation_memory', Option('2', _gibibytes, 'GiB that stitching may hold')),
        ('activation_mask', Option('', str, 'an input section: samples where it is 0 are missing')),
        ('activation_tables', Option('', _words, 'label images for region tables')),
        ('activation_report', Option('False', _truth, 'write the HTML report')),
        ('activation_features', Option('', _words, 'statistics for a table of features')),
        ('activation_regions', Option('', str, 'label images whose labels are its regions')),
        ('activation_basis', Option('', _words, 'saved bases of component maps')),
        (
            'activation_pass',
            Option('windows', _one_of(('windows', 'whole')), 'windows, or the volume at once'),
        ),
        (
            'activation_segmentation',
            Option('', _one_of(('', 'windows', 'whole', 'none')), "NiftyNet's own output"),
        ),
    ]
)


FIELDS = {'activation_pass': 'pass_'}  # `pass` is a word of Python's own


class Options(NamedTuple):
    """The values of all options, checked; fields in the order of the table above."""

    layers: str  # selectors, separated by commas
    channels: List[ChannelItem]
    reduce: str
    resolution: str
    stitch: str
    grid: str
    format: str
    layout: str
    dtype: str
    dir: str  # empty: save_seg_dir
    existing: str
    memory: float  # GiB
    mask: str  # name of an input section; empty: no mask
    tables: Tuple[str, ...]
    report: bool
    features: Tuple[str, ...]
    regions: str  # empty: each subject is one
    basis: Tuple[str, ...]
    pass_: str  # `activation_pass`: windows or whole
    segmentation: str


def parse_options(given: Mapping[str, object]) -> Options:
    """
    :param given: option name (with its prefix) -> value; strings, or anything whose string is
        what a config would hold; what is missing takes its default
    :return: the options; fields without the prefix, ``pass_`` for `activation_pass`
    :raises OptionError: for an unknown name or a value that is not allowed
    """
    for name in given:
        if name not in OPTIONS:
            near = difflib.get_close_matches(name, OPTIONS, n=1, cutoff=0.0)
            raise OptionError("unknown option '{}': did you mean '{}'?".format(name, near[0]))
    values: Dict[str, object] = {}
    for name, option in OPTIONS.items():
        text = str(given.get(name, option.default)).strip()
        try:
            _check_spelling(name, text)
            values[FIELDS.get(name, name[len(PREFIX) :])] = option.parse(text)
        except (OptionError, SelectionError) as error:
            shown = ' '.join(text.split())
            raise type(error)("{} = '{}': {}".format(name, shown, error)) from None
    options = Options._make(values[field] for field in Options._fields)
    if not options.segmentation:
        options = options._replace(segmentation=options.pass_)
    _check_pass(options)
    _check_features(options)
    check_options(options.format, options.layout, options.dtype)
    return options


def _check_spelling(name: str, text: str) -> None:
    """
    Refuse comments, quotation marks and brackets, which NiftyNet's config takes for a part of the
    value.
    """
    # in activation_channels ';' separates items
    comment = re.search(r'(^|\s)[#]' if name == 'activation_channels' else r'(^|\s)[#;]', text)
    if comment:
        raise OptionError(
            "a comment stands on a line of its own: take '{}' away".format(
                text[comment.start() :].strip()
            )
        )
    if re.search(r'^["\']|["\']$', text):
        raise OptionError(
            'a value has no quotation marks: write {}'.format(
                re.sub(r'["\']', '', text.strip('()[] ')) or 'the value alone'
            )
        )
    listed = re.match(r'\(.*\)\Z|\[[^\]]*,[^\]]*\]\Z', text, re.DOTALL)
    if listed and name != 'activation_dir':
        raise OptionError('a value has no brackets: write {}'.format(text[1:-1].strip()))


def _check_features(options: Options) -> None:
    if options.regions and not options.features:
        raise OptionError(
            "activation_regions = '{}' says of which regions features are made, and none are "
            'wanted: name some in activation_features, such as mean,std'.format(options.regions)
        )
    if options.regions == 'segmentation' and options.segmentation == 'none':
        raise OptionError(
            'activation_regions = segmentation needs one, and activation_segmentation is none'
        )
    if options.format != NO_MAP:
        return
    if not options.features:
        raise OptionError(
            'activation_format = none keeps no map: name what is to be made of the maps in '
            'activation_features, such as mean,std, or choose another format'
        )
    for name, value in (('tables', options.tables), ('report', options.report)):
        if value:
            raise OptionError(
                'activation_{} is made from maps, and activation_format = none keeps none: choose '
                'another format, or take activation_features alone'.format(name)
            )


def _check_pass(options: Options) -> None:
    if options.segmentation == 'none' and 'segmentation' in options.tables:
        raise OptionError(
            'activation_tables = segmentation takes the segmentation that the run makes, and '
            'activation_segmentation = none makes none'
        )
    if options.pass_ == 'windows':
        if options.segmentation == 'whole':
            raise OptionError(
                'activation_segmentation = whole needs activation_pass = whole; with windows it is '
                'windows or none'
            )
        return
    for name, value, allowed in (
        ('activation_grid', options.grid, 'niftynet'),
        ('activation_stitch', options.stitch, 'crop'),
    ):
        if value != allowed:
            raise OptionError(
                '{} = {} has no meaning with activation_pass = whole, which stitches nothing: '
                'leave it out, or use activation_pass = windows'.format(name, value)
            )
