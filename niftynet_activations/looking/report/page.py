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
from typing import Dict, List, Optional, Tuple

import jinja2
import pandas as pd

from niftynet_activations.errors import ReadError, WriteError
from niftynet_activations.hints import JsonObject
from niftynet_activations.looking import input_images
from niftynet_activations.looking.maps import ActivationMaps, open_activations
from niftynet_activations.looking.report.best_channels import best_channels, read_units
from niftynet_activations.looking.report.sections import make_section
from niftynet_activations.store.files import replacing, write_text

REPORT_NAME = 'report.html'
TABLE_PATTERN = 'activation_table_*.csv'


def write_report(folder: str, path: Optional[str] = None, modality: Optional[str] = None) -> str:
    """
    Write the report of a folder.

    :param folder: the folder that holds the maps (a run's ``activation_dir``)
    :param path: the page's file; ``report.html`` in the folder by default
    :param modality: which input the maps are drawn over: its section in the config, a part of its
        file's name, or its number from 1; the first where not given
    :return: the page's path
    :raises OptionError: if a subject has no such input
    :raises ReadError: if the folder holds no activations
    :raises WriteError: if the page cannot be written
    """
    maps = open_activations(folder)
    path = path or os.path.join(maps.folder, REPORT_NAME)
    text = render(maps, modality)
    try:
        with replacing(path) as whole:
            write_text(text, whole)
    except OSError as error:
        raise WriteError('the report {} cannot be written: {}'.format(path, error)) from error
    return path


def render(maps: ActivationMaps, modality: Optional[str] = None) -> str:
    """
    The page as text.

    :param maps: the maps
    :param modality: which input they are drawn over, as for :func:`write_report`
    :return: HTML
    """
    table, units = read_tables(maps.folder), read_units(maps.folder)
    groups: List[JsonObject] = [
        {'subject': subject, 'sections': _sections(maps, subject, table, units, modality)}
        for subject in maps.subjects
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
        in_space=any(not each['picture'] for group in groups for each in group['sections']),
        unfinished=maps.unfinished,
        window_tables=[
            (subject, layer, os.path.basename(path))
            for (subject, layer), path in maps.window_tables.items()
        ],
    )


def _sections(
    maps: ActivationMaps,
    subject: str,
    table: pd.DataFrame,
    units: pd.DataFrame,
    modality: Optional[str],
) -> List[JsonObject]:
    made: List[JsonObject] = []
    sources: Dict[Tuple[str, int], input_images.Source] = {}
    for key, one in maps.items():
        if key[0] != subject:
            continue
        try:
            info = one.info
            names = input_images.input_names(info, maps.folder)
            number = input_images.choose_input(names, modality)
            # Layers of one subject may name different inputs; each is read once.
            source = str(info.get('source_images')), number
            if source not in sources:
                sources[source] = input_images.read_source(info, maps.folder, number)
            picture = input_images.is_picture(info, maps.folder)
            section = make_section(one, sources[source], label_means(table, *key), picture)
            chosen = names[number] if number < len(names) else None
            best = best_channels(units, [one.layer])
            made.append(dict(section, inputs=names, input=chosen, picture=picture, best=best))
        except ReadError as error:
            made.append(
                {'layer': one.layer, 'subject': subject, 'error': str(error), 'picture': False}
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
