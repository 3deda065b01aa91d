# -*- coding: utf-8 -*-
"""
The HTML report of a folder of activation maps: one file that needs no other.

Vocabulary of this module:

page
    the report; one section for each subject and layer, subjects one after the other.
means
    of a section: the mean of each channel over each label, where a table of them exists.
"""

import glob
import os
from typing import Dict, List, Optional, Sequence, Tuple

import jinja2
import pandas as pd

from niftynet_activations.errors import ReadError, WriteError
from niftynet_activations.hints import JsonObject
from niftynet_activations.looking import input_images
from niftynet_activations.looking.maps import ActivationMaps
from niftynet_activations.looking.reasons import meanings
from niftynet_activations.looking.report.best_channels import best_channels, read_units
from niftynet_activations.looking.report.choice import Choice, Key, channel_places, chosen_keys
from niftynet_activations.looking.report.glance import glance_rows
from niftynet_activations.looking.report.sections import make_section
from niftynet_activations.looking.report.spot import spot_for, spot_of_map
from niftynet_activations.store.files import replacing, write_text

REPORT_NAME = 'report.html'
TABLE_PATTERN = 'activation_table_*.csv'


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
    :param choice: what is shown; ``modality`` wins over the one in it
    :return: the page's path
    :raises OptionError: if a subject has no such input, or the folder nothing that was chosen
    :raises ReadError: if the folder holds no activations
    :raises WriteError: if the page cannot be written
    """
    maps = ActivationMaps(folder)
    path = path or os.path.join(maps.folder, REPORT_NAME)
    chosen = choice or Choice()
    text = render(maps, chosen if modality is None else chosen._replace(modality=modality))
    try:
        with replacing(path) as whole:
            write_text(text, whole)
    except OSError as error:
        raise WriteError('the report {} cannot be written: {}'.format(path, error)) from error
    return path


def render(maps: ActivationMaps, choice: Choice) -> str:
    """
    The page as text.

    :param maps: the maps
    :param choice: what is shown
    :return: HTML
    :raises OptionError: if a subject has no such input, or the folder nothing that was chosen
    """
    table, units = read_tables(maps.folder), read_units(maps.folder)
    keys = chosen_keys(maps, choice)
    beside: Dict[str, int] = {}
    groups: List[JsonObject] = [
        {
            'subject': subject,
            'sections': _sections(maps, keys, subject, (table, units), choice, beside),
        }
        for subject in dict.fromkeys(subject for subject, _ in keys)
    ]
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(os.path.join(os.path.dirname(__file__), 'templates')),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template('report.html').render(
        folder=os.path.basename(maps.folder),
        groups=groups,
        rows=glance_rows(groups) if len(keys) > 1 else [],
        meanings=meanings(),
        in_space=any(each['sided'] for group in groups for each in group['sections']),
        unfinished=maps.unfinished,
        window_tables=[
            (subject, layer, os.path.basename(path))
            for (subject, layer), path in maps.window_tables.items()
        ],
    )


def _sections(
    maps: ActivationMaps,
    keys: Sequence[Key],
    subject: str,
    tables: Tuple[pd.DataFrame, pd.DataFrame],
    choice: Choice,
    beside: Dict[str, int],
) -> List[JsonObject]:
    """
    Sections of a subject, from the tables of regions and of units; ``beside`` takes the channel of
    each layer that is first shown.
    """
    table, units = tables
    made: List[JsonObject] = []
    sources: Dict[Tuple[str, int], input_images.Source] = {}
    spot = spot_for(maps.folder, subject, maps.subjects, choice.at)
    for key in keys:
        if key[0] != subject:
            continue
        one = maps[key]
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
            best = best_channels(units, [one.layer])
            made.append(dict(section, inputs=names, input=chosen, picture=picture, best=best))
        except ReadError as error:
            made.append(
                {'layer': one.layer, 'subject': subject, 'error': str(error), 'sided': False}
            )
    return made


def read_tables(folder: str) -> pd.DataFrame:
    """
    All region tables of a folder.

    :param folder: where they lie
    :return: their rows, with a column ``table`` that names the file; empty if there are none
    """
    frames = []
    for path in sorted(glob.glob(os.path.join(glob.escape(folder), TABLE_PATTERN))):
        frame = pd.read_csv(path, dtype={'subject': str, 'layer': str, 'label': str})
        frames.append(frame.assign(table=os.path.basename(path)))
    columns = ['subject', 'layer', 'channel', 'label', 'mean', 'table']
    return pd.concat(frames) if frames else pd.DataFrame(columns=columns)


def label_means(table: pd.DataFrame, subject: str, layer: str) -> List[JsonObject]:
    """
    The mean of each channel over each label, one entry per table.

    :param table: the rows of all tables
    :param subject: whose
    :param layer: of which layer
    :return: dictionaries of ``table``, ``channels``, and ``rows`` of label and texts
    """
    found = table[(table['subject'] == subject) & (table['layer'] == layer)]
    made = []
    for name, part in found.groupby('table', sort=True):
        wide = part.pivot_table(index='label', columns='channel', values='mean', sort=False)
        wide = wide.reindex(columns=sorted(wide.columns))
        rows = [
            {'label': label, 'means': ['{:.4g}'.format(value) for value in values]}
            for label, values in zip(wide.index, wide.to_numpy())
        ]
        made.append({'table': name, 'channels': [str(c) for c in wide.columns], 'rows': rows})
    return made
