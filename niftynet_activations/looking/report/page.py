# -*- coding: utf-8 -*-
"""
The HTML report of a folder of activation maps: one file that needs no other.

Vocabulary of this module:

page
    the report; one section for each subject and layer, subjects one after the other.
means
    of a section: the mean of each channel over each label, where a table of them exists.
glance
    the first table of the page: small pictures of all maps.

The page is written subject by subject, so that memory does not grow with their number.
"""

import copy
import itertools
import os
import shutil
import tempfile
from typing import Dict, List, Mapping, NamedTuple, Optional, Sequence, TextIO, Tuple

import jinja2
import pandas as pd

from niftynet_activations.errors import ReadError, WriteError
from niftynet_activations.looking import input_images
from niftynet_activations.looking.maps import ActivationMaps
from niftynet_activations.looking.reasons import meanings
from niftynet_activations.looking.report.best_channels import best_channels, read_units
from niftynet_activations.looking.report.choice import Choice, Key, channel_places, chosen_keys
from niftynet_activations.looking.report.glance import Group, Section, glance_rows
from niftynet_activations.looking.report.region_means import RegionTables, label_means
from niftynet_activations.looking.report.sections import make_section
from niftynet_activations.looking.report.spot import spot_for, spot_of_map
from niftynet_activations.store.files import replacing
from niftynet_activations.store.listing import find_segmentations

REPORT_NAME = 'report.html'
MOST_AT_A_GLANCE = 50  # subjects in the table of all maps; their pictures are held in memory
SUBJECTS_HERE = '<!-- subjects -->'  # place on the page where the subjects are put


class Given(NamedTuple):
    """What a folder holds besides its maps."""

    tables: RegionTables
    units: pd.DataFrame
    segmentations: Mapping[str, str]  # subject -> path


def write_report(
    folder: str,
    path: Optional[str] = None,
    modality: Optional[str] = None,
    choice: Optional[Choice] = None,
) -> str:
    """
    Write the report of a folder.

    :param folder: the folder that holds the maps (a run's ``activation_dir``)
    :param path: the page's file; ``report.html`` in the folder by default
    :param modality: which input the maps are drawn over: its section in the config, a part of its
        file's name, or its number from 1; the first where not given
    :param choice: what is shown; the argument ``modality`` replaces the choice's own
    :return: the page's path
    :raises OptionError: if a subject has no such input, or the folder nothing that was chosen
    :raises ReadError: if the folder holds no activations
    :raises WriteError: if the page cannot be written
    """
    maps = ActivationMaps(folder)
    path = path or os.path.join(maps.folder, REPORT_NAME)
    chosen = choice or Choice()
    if modality is not None:
        chosen = chosen._replace(modality=modality)
    try:
        with replacing(path) as whole, open(whole, 'w', encoding='utf-8') as page:
            folder_of_page = os.path.dirname(os.path.abspath(path))
            with tempfile.TemporaryFile('w+', encoding='utf-8', dir=folder_of_page) as subjects:
                start, end = _write_subjects(maps, chosen, subjects)
                subjects.seek(0)
                page.write(start)
                shutil.copyfileobj(subjects, page)
                page.write(end)
    except OSError as error:
        raise WriteError('the report {} cannot be written: {}'.format(path, error)) from error
    return path


def _write_subjects(maps: ActivationMaps, choice: Choice, target: TextIO) -> Tuple[str, str]:
    """
    Write the subjects one after the other into a file, so that memory holds one of them, and small
    pictures of the first ones. Give the text of the page before and after the subjects.
    """
    keys = chosen_keys(maps, choice)
    shown = [list(group) for _, group in itertools.groupby(keys, lambda key: key[0])]
    given = Given(
        RegionTables(maps.folder),
        read_units(maps.folder),
        find_segmentations(maps.folder, maps.subjects),
    )
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(os.path.join(os.path.dirname(__file__), 'templates')),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    template = environment.get_template('report_subject.html')
    beside: Dict[str, int] = {}
    first: List[Group] = []
    in_space = False
    for place, own in enumerate(shown):
        sections = _sections(maps, own, given, choice, beside)
        group: Group = {'subject': own[0][0], 'sections': sections}
        in_space = in_space or any(each['sided'] for each in sections)
        target.write(template.render(group=group, number=place + 1))
        if place < MOST_AT_A_GLANCE:
            first.append(group)
    text = environment.get_template('report.html').render(
        folder=os.path.basename(maps.folder),
        groups=[{'subject': own[0][0], 'layers': [key[1] for key in own]} for own in shown],
        rows=glance_rows(first) if len(keys) > 1 else [],
        seen=[group['subject'] for group in first],
        meanings=meanings(),
        in_space=in_space,
        unfinished=maps.unfinished,
        window_tables=[
            (subject, layer, os.path.basename(path))
            for (subject, layer), path in maps.window_tables.items()
        ],
        subjects_here=SUBJECTS_HERE,
    )
    start, _, end = text.partition(SUBJECTS_HERE)
    return start, end


def _sections(
    maps: ActivationMaps,
    keys: Sequence[Key],
    given: Given,
    choice: Choice,
    beside: Dict[str, int],
) -> List[Section]:
    """
    Make the sections of one subject, whose keys are given. ``beside`` keeps, for each layer, the
    channel that the table of all maps shows; the first subject's map sets it.
    """
    subject = keys[0][0]
    table = given.tables.of(subject)
    made: List[Section] = []
    sources: Dict[Tuple[str, int], input_images.Source] = {}
    spot = spot_for(given.segmentations.get(subject), choice.at)
    for key in keys:
        one = copy.copy(maps[key])  # a copy, so that what it caches is freed with it
        try:
            info = one.info
            names = input_images.input_names(info, maps.folder)
            number = input_images.choose_input(names, choice.modality)
            # Layers of one subject may name different inputs; each is read once.
            source = str(info.get('source_images')), number
            if source not in sources:
                sources[source] = input_images.read_source(info, maps.folder, number)
            picture = input_images.is_picture(info, maps.folder)
            spot = spot or spot_of_map(one)
            places = channel_places(one.channels, choice.channels)
            if not places:
                raise ReadError('the map has none of the chosen channels')
            section = make_section(
                one,
                sources[source],
                label_means(table, *key),
                picture,
                spot,
                places,
                beside.get(one.layer),
            )
            beside.setdefault(one.layer, section['glance_channel'])
            chosen = names[number] if number < len(names) else None
            best = best_channels(given.units, [one.layer])
            section.update(Section(inputs=names, input=chosen, picture=picture, best=best))
            made.append(section)
        except ReadError as error:
            made.append(
                {'layer': one.layer, 'subject': subject, 'error': str(error), 'sided': False}
            )
    return made
