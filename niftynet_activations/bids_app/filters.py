# -*- coding: utf-8 -*-
"""
Which files of a dataset an input section takes.

A *filter* is a JSON object of BIDS entities, as in fMRIPrep's ``--bids-filter-file``. A value is a
text, a number, a list of these, ``null`` (the entity must not be there) or ``"*"`` (it must be
there, with any value). A section without a filter gets one by its name, if that is the BIDS suffix
of a kind of image: ``[T1]`` and ``[T1w]`` take ``{"suffix": "T1w"}``.
"""

import json
from typing import Dict, Optional, Sequence

from niftynet_activations.errors import OptionError
from niftynet_activations.hints import JsonObject

SUFFIXES = (
    'T1w T2w PDw T2starw FLAIR PDT2 angio UNIT1 T1map T2map T2starmap R1map R2map R2starmap PDmap '
    'Chimap MTRmap MTsat bold sbref dwi cbv asl m0scan pet ct'
).split()
SHORT = {'T1': 'T1w', 'T2': 'T2w', 'PD': 'PDw', 'T2star': 'T2starw'}
EXTENSIONS = ['.nii', '.nii.gz']
EXAMPLE = '{"T1": {"suffix": "T1w", "acquisition": "mprage"}}'

Filters = Dict[str, JsonObject]  # section -> entity -> value


def read_filters(path: Optional[str]) -> Filters:
    """
    :param path: of a JSON file; None: there is none
    :return: what it holds
    :raises OptionError: if it cannot be read, or is no object of objects
    """
    if path is None:
        return {}
    try:
        with open(path, encoding='utf-8') as stream:
            content = json.load(stream)
    except (OSError, ValueError) as error:
        raise OptionError(
            "--bids-filter-file '{}' cannot be read: {}".format(path, error)
        ) from error
    if not isinstance(content, dict) or not all(map(_is_filter, content.values())):
        raise OptionError(
            "--bids-filter-file '{}': expected an object with an object of entities for each input "
            'section, such as {}'.format(path, EXAMPLE)
        )
    return content


def _is_filter(query: object) -> bool:
    if not isinstance(query, dict):
        return False
    values = [value if isinstance(value, list) else [value] for value in query.values()]
    return all(each is None or isinstance(each, (str, int, float)) for each in sum(values, []))


def filters_of(given: Filters, sections: Sequence[str], needed: Sequence[str]) -> Filters:
    """
    :param given: of the filter file
    :param sections: all input sections of the config
    :param needed: the input sections that inference needs
    :return: section -> filter, in the order of the config; sections that have none and are not
        needed are left out
    :raises OptionError: if a needed section has none, or the file names another section
    """
    own = _by_section(given, sections)
    found: Filters = {}
    for section in sections:
        query = own.get(section)
        if query is None:
            suffix = _suffix_by_name(section)
            query = None if suffix is None else {'suffix': suffix}
        if query is not None:
            found[section] = dict({'extension': EXTENSIONS}, **query)
    lacking = [section for section in needed if section not in found]
    if lacking:
        raise OptionError(
            'section [{}] of the config has no filter, and its name is no suffix of BIDS: give '
            '--bids-filter-file with a JSON file such as {{"{}": {{"suffix": "T1w"}}}}'.format(
                '], ['.join(lacking), lacking[0]
            )
        )
    return found


def _by_section(given: Filters, sections: Sequence[str]) -> Filters:
    known = {section.lower(): section for section in sections}
    unknown = [name for name in given if name.lower() not in known]
    if unknown:
        raise OptionError(
            "--bids-filter-file: the config has no input section '{}'; it has {}".format(
                unknown[0], ', '.join(sections) or 'none'
            )
        )
    return {known[name.lower()]: query for name, query in given.items()}


def _suffix_by_name(section: str) -> Optional[str]:
    names = {name.lower(): name for name in SUFFIXES}
    names.update({short.lower(): suffix for short, suffix in SHORT.items()})
    return names.get(section.lower())


def in_words(query: JsonObject) -> str:
    """
    :param query: a filter
    :return: the same as JSON, without the file extensions that every filter has
    """
    return json.dumps({key: value for key, value in query.items() if value is not EXTENSIONS})
