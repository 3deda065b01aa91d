# -*- coding: utf-8 -*-
"""
Finding the label image of each subject, by file names.

NiftyNet makes a subject's id of a file's name: it takes the searched word out, and every character
that is no letter, digit or underscore. So ``T1_pat0001.nii.gz`` found by ``T1`` has the id
``_pat0001``, and ``sub-01_T1.nii.gz`` has ``sub01_``. The *core* of an id is the id without the
underscores at its ends. A name *holds* an id if the core stands in it, not as a part of a longer
word.
"""

import csv
import glob
import os
import re
from typing import Dict, List, Mapping, Optional, Sequence, Set, Tuple

from niftynet_activations.errors import OptionError
from niftynet_activations.hints import Labels, LabelSource

IMAGES = ('.nii', '.nii.gz')
MAPS = 'activation_'  # what the names of this package's files begin with
LISTED = 5  # so many names stand in a message


def labels_by_subject(labels: Labels, subjects: Sequence[str]) -> Mapping[str, LabelSource]:
    """
    The label image of each subject, for all ways in which a user may give labels.

    :param labels: a nibabel image for all subjects, what :func:`find_labels` takes, or a mapping
        from subject to a path or nibabel image
    :param subjects: the subjects
    :return: subject -> path or image; only those that a given mapping has
    :raises OptionError: as :func:`find_labels`
    """
    if isinstance(labels, (str, os.PathLike)):
        return find_labels(os.fspath(labels), subjects)
    if isinstance(labels, Mapping):
        return labels
    return {subject: labels for subject in subjects}


def find_labels(path: str, subjects: Sequence[str]) -> Dict[str, str]:
    """
    :param path: one of: an image, for all subjects; a CSV with rows of subject and file; a folder
        of images, or of folders with one image each, that have the subjects' names in theirs; or a
        pattern of paths, such as ``data/*/*_seg.nii.gz``
    :param subjects: the subjects
    :return: one path per subject
    :raises OptionError: if there is no such file, or not one for each subject
    """
    if os.path.isfile(path):
        if path.lower().endswith('.csv'):
            return _listed(path, subjects)
        return {subject: path for subject in subjects}
    if os.path.isdir(path):
        levels, folder = [_images(path), _images_of_folders(path)], path
    elif glob.has_magic(path):
        found = glob.glob(path, recursive=True)
        levels = [sorted(name for name in found if os.path.isfile(name))]
        folder = _fixed_part(path)
    else:
        raise OptionError(
            '{} is neither a label image nor a folder, pattern or CSV of them'.format(path)
        )
    matched: Dict[str, List[str]] = {subject: [] for subject in subjects}
    for names in levels:
        below = _match([os.path.relpath(each, folder) for each in names], subjects)
        matched = {subject: matched[subject] or below[subject] for subject in subjects}
    return {subject: os.path.join(folder, _one(matched, subject, path)) for subject in subjects}


def _images(folder: str) -> List[str]:
    return [
        os.path.join(folder, name)
        for name in sorted(os.listdir(folder))
        if name.endswith(IMAGES) and not name.startswith(MAPS)
    ]


def _images_of_folders(folder: str) -> List[str]:
    below = [os.path.join(folder, name) for name in sorted(os.listdir(folder))]
    return [path for each in below if os.path.isdir(each) for path in _images(each)]


def _fixed_part(pattern: str) -> str:
    folder = os.path.dirname(pattern)
    while glob.has_magic(folder):
        folder = os.path.dirname(folder)
    return folder or '.'


def _listed(path: str, subjects: Sequence[str]) -> Dict[str, str]:
    """
    Read a CSV list like NiftyNet's own lists: a subject and a file in each row. A header is
    ignored.
    """
    with open(path, newline='') as stream:
        rows = [[cell.strip() for cell in row] for row in csv.reader(stream) if row]
    files: Dict[str, str] = {}
    for row in rows:
        if len(row) > 1 and files.setdefault(row[0], row[1]) != row[1]:
            raise OptionError(
                "{} names two files for subject '{}': {} and {}; expected one".format(
                    path, row[0], files[row[0]], row[1]
                )
            )
    cores = {_core(name): file for name, file in files.items()}
    found = {}
    for subject in subjects:
        file = files.get(subject) or cores.get(_core(subject))
        if file is None:
            raise OptionError(
                "{} has no row of subject '{}'; expected rows of subject and file, found {}".format(
                    path, subject, _some(sorted(files))
                )
            )
        places = [os.path.join(os.path.dirname(path), file), file]
        there = [place for place in places if os.path.isfile(place)]
        if not there:
            raise OptionError(
                "{} names '{}' for subject '{}', and there is no such file".format(
                    path, file, subject
                )
            )
        found[subject] = there[0]
    return found


def _core(subject: str) -> str:
    return re.sub(r'\W+', '', subject).strip('_')


def _match(names: Sequence[str], subjects: Sequence[str]) -> Dict[str, List[str]]:
    """Subject -> the files whose names hold its id."""
    by_core: Dict[str, List[str]] = {}
    for subject in subjects:
        by_core.setdefault(_core(subject), []).append(subject)
    held: Dict[str, List[str]] = {subject: [] for subject in subjects}
    for name in names:
        # each name is parsed once, whatever the number of subjects
        there = [each for part in _held_parts(name) for each in by_core.get(part, ())]
        for subject in dict.fromkeys(there):
            longer = [other for other in there if other != subject and names_it(other, subject)]
            if not longer:
                held[subject].append(name)
    if all(held.values()):
        return held
    glued = _by_one_word(names, [subject for subject in subjects if not held[subject]])
    return {subject: held[subject] or glued.get(subject, []) for subject in subjects}


def _held_parts(name: str) -> Set[str]:
    """Every core for which :func:`names_it` is true."""
    parts = set()
    for piece in re.split('({})'.format(re.escape(os.sep)), name):
        letters = [place for place, each in enumerate(piece) if re.match(r'\w', each)]
        starts = [
            n for n, place in enumerate(letters) if not _is_plain(piece[max(place - 1, 0) : place])
        ]
        ends = [n for n, place in enumerate(letters) if not _is_plain(piece[place + 1 : place + 2])]
        word = ''.join(piece[place] for place in letters)
        parts |= {word[start : end + 1] for start in starts for end in ends if start <= end}
    return parts


def _is_plain(letter: str) -> bool:
    return re.match('[0-9A-Za-z]', letter) is not None


def names_it(name: str, subject: str) -> bool:
    """
    Whether a name holds a subject's.

    :param name: a file's name
    :param subject: a subject's id
    :return: True for ``seg_12_x.nii`` and 12, or ``sub-01_x.nii`` and ``sub01_``; False for
        ``seg_123_x.nii`` and 12
    """
    core = _core(subject)
    if not core:
        return False
    # NiftyNet has removed other characters from an id, so they may stand between any two letters
    letters = r'[^\w{}]*'.format(re.escape(os.sep)).join(re.escape(each) for each in core)
    pattern = r'(?<![0-9A-Za-z]){}(?![0-9A-Za-z])'.format(letters)
    return re.search(pattern, name) is not None


def _by_one_word(names: Sequence[str], subjects: Sequence[str]) -> Dict[str, List[str]]:
    """
    Files whose names are an id and one word, the same for all: ``pat01seg.nii``, ``pat02seg.nii``.
    """
    words: Dict[Tuple[str, str], Dict[str, List[str]]] = {}
    # beside an id only letters may stand, so all digits of a name belong to the id
    with_digits: Dict[str, List[str]] = {}
    for subject in subjects:
        with_digits.setdefault(_digits(_core(subject)), []).append(subject)
    for name in names:
        stem = re.sub(r'\W+', '', _stem(name))
        for subject in with_digits.get(_digits(stem), ()):
            word = _word_beside(stem, _core(subject))
            if word is not None and (len(subjects) > 1 or _parted(_core(subject), *word)):
                words.setdefault(word, {}).setdefault(subject, []).append(name)
    whole = [found for found in words.values() if len(found) == len(subjects)]
    return whole[0] if len(whole) == 1 else {}


def _digits(text: str) -> str:
    return ''.join(each for each in text if each.isdigit())


def _stem(name: str) -> str:
    name = os.path.basename(name)
    for ending in sorted(IMAGES, key=len, reverse=True):
        if name.endswith(ending):
            return name[: -len(ending)]
    return name


def _word_beside(stem: str, core: str) -> Optional[Tuple[str, str]]:
    """The letters in front of an id and behind it; None if there are digits among them."""
    if not core or stem.count(core) != 1:
        return None
    before, _, after = stem.partition(core)
    return (before, after) if not any(each.isdigit() for each in before + after) else None


def _parted(core: str, before: str, after: str) -> bool:
    """
    Whether id and letters can be told apart, by a digit or ``_``: ``pat01seg``, not ``annabel``.
    """
    front = not before or before.endswith('_') or core[0].isdigit()
    return front and (not after or after.startswith('_') or core[-1].isdigit())


def _one(matched: Dict[str, List[str]], subject: str, path: str) -> str:
    found = matched[subject]
    if len(found) == 1:
        return found[0]
    raise OptionError(
        'expected one label image in {} with {} in its name, found {}{}; a pattern in quotation '
        "marks ('{}') or a CSV of subject and file says which".format(
            path,
            subject,
            len(found),
            ': ' + _some(found) if found else '',
            os.path.join(path if os.path.isdir(path) else os.path.dirname(path), '*seg*.nii.gz'),
        )
    )


def _some(names: Sequence[str]) -> str:
    return ', '.join(list(names[:LISTED]) + ['...'] * (len(names) > LISTED)) or 'none'
