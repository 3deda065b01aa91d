# -*- coding: utf-8 -*-
"""
The files at the top of the derivative dataset: its description, and the lists of its files.

``activations.csv``, ``layers.csv`` and ``inferred.csv`` are those of any folder of maps, with paths
relative to the dataset, so that it can be opened as such a folder. Processes that write into one
dataset add their rows one after the other.
"""

import contextlib
import csv
import io
import json
import os
import time
from pathlib import Path
from typing import Dict, Iterator, List, Mapping, Sequence

from niftynet_activations import __version__
from niftynet_activations.bids_app import names
from niftynet_activations.bids_app.dataset import DESCRIPTION, dataset_facts
from niftynet_activations.bids_app.derivatives import Published, write_whole
from niftynet_activations.cohort.lists import INFERRED
from niftynet_activations.errors import OptionError
from niftynet_activations.hints import JsonObject
from niftynet_activations.store import files, tables
from niftynet_activations.store.layer_order import in_network_order
from niftynet_activations.store.locks import FileLock

BIDS_VERSION = '1.10.0'
LOCK = '.net_activations-lists'
DESCRIPTIONS = 'descriptions.tsv'
PROGRAM = 'niftynet_activations'
IMAGE = 'NIFTYNET_ACTIVATIONS_IMAGE'  # environment variable: name and tag of the container image
IGNORED = '.bidsignore'
# file names that BIDS does not know, for .bidsignore
NO_RULE = (tables.ACTIVATIONS, tables.LAYERS, INFERRED) + (
    '*_{}.*'.format(names.MAPS),
    '*_{}.*'.format(names.OUTPUT),
    '*.zarr',
    '*.zarr/**',
    'group_*',
    'report.html',
    'activation_*',
    'components_*',
)
README = """# Activation maps of {network}

Made by niftynet_activations {version} (`net_activations_bids`), which lets a NiftyNet network
segment the images and keeps what its layers compute.

- `sub-*/**/*_desc-<layer>_activations.*`: the map of a layer, on the layer's own grid in the space
  of its inputs (`Sources` in its JSON file, which says all that is known of the map).
  `descriptions.tsv` tells the layer of each label.
- `*_dseg.nii.gz` or `*_probseg.nii.gz`: the network's own segmentation.
- `activations.csv` lists the maps, `layers.csv` the layers of the network: the folder can be opened
  with `niftynet_activations.open_activations`, `net_activations report` and
  `net_activations view`.
"""


def check_output(path: str) -> None:
    """
    :param path: of the output folder, which need not be there
    :raises OptionError: if it is a dataset of another kind
    """
    if os.path.exists(path) and not os.path.isdir(path):
        raise OptionError("'{}' is a file; expected a folder for the outputs".format(path))
    facts = dataset_facts(path)
    makers = facts.get('GeneratedBy')
    known = makers if isinstance(makers, list) else []
    if facts and not any(isinstance(each, dict) and each.get('Name') == PROGRAM for each in known):
        raise OptionError(
            "'{}' is a BIDS dataset that this program has not made: give another OUTPUT_DIR, such "
            'as derivatives/niftynet_activations'.format(path)
        )


def write_description(path: str, network: str, roots: Mapping[str, str]) -> None:
    """
    :param path: of the derivative dataset, made here
    :param network: its name
    :param roots: name of an input dataset -> its folder
    :raises WriteError: if it cannot be written
    """
    with files.disk_errors('writing {}'.format(path)):
        os.makedirs(path, exist_ok=True)
        links = {name: Path(root).as_uri() for name, root in roots.items()}
        content = {
            'Name': 'Activation maps of {}'.format(network),
            'BIDSVersion': BIDS_VERSION,
            'DatasetType': 'derivative',
            'GeneratedBy': [_maker(os.environ)],
            'SourceDatasets': [{'URL': url} for url in links.values()],
            'DatasetLinks': links,
        }
        write_whole(json.dumps(content, indent=1) + '\n', os.path.join(path, DESCRIPTION))
        readme = README.format(network=network, version=__version__)
        write_whole(readme, os.path.join(path, 'README.md'))
        write_whole('\n'.join(NO_RULE) + '\n', os.path.join(path, IGNORED))


def _maker(environment: Mapping[str, str]) -> JsonObject:
    maker: JsonObject = {'Name': PROGRAM, 'Version': __version__}
    image = environment.get(IMAGE)
    if image:
        apptainer = 'APPTAINER_CONTAINER' in environment or 'SINGULARITY_CONTAINER' in environment
        maker['Container'] = {'Type': 'apptainer' if apptainer else 'docker', 'Tag': image}
    return maker


def add_to_lists(path: str, published: Mapping[str, Published], layers: str) -> None:
    """
    :param path: of the derivative dataset
    :param published: subject -> its files with BIDS names; older rows of the same maps are removed
    :param layers: path of the cohort's ``layers.csv``
    :raises WriteError: if a list cannot be written
    """
    with files.disk_errors('writing the lists of {}'.format(path)), _alone(path):
        if os.path.isfile(layers):
            with open(layers, encoding='utf-8', newline='') as stream:
                write_whole(stream.read(), os.path.join(path, tables.LAYERS))
        new: List[tables.Row] = [row for each in published.values() for row in each.rows]
        gone = {(row['subject'], row['layer']) for row in new}
        old = tables.read_rows(os.path.join(path, tables.ACTIVATIONS))
        rows = [row for row in old if (row['subject'], row['layer']) not in gone]
        results = read_results(path)
        results.update({name: each.result for name, each in published.items() if each.result})
        _write(path, rows + new, results)


def write_lists(path: str, rows: Sequence[tables.Row], results: Mapping[str, str]) -> None:
    """
    :param path: of the derivative dataset
    :param rows: all of ``activations.csv``
    :param results: subject -> NiftyNet's own result, relative to the folder
    :raises WriteError: if a list cannot be written
    """
    with files.disk_errors('writing the lists of {}'.format(path)), _alone(path):
        _write(path, rows, results)


def _write(path: str, rows: Sequence[tables.Row], results: Mapping[str, str]) -> None:
    if rows:
        ordered = sorted(rows, key=lambda row: str(row['subject']))
        ordered = in_network_order(
            path, ordered, lambda row: (str(row['subject']), str(row['layer']))
        )
        write_whole(tables.activations_text(ordered), os.path.join(path, tables.ACTIVATIONS))
        write_whole(_descriptions(ordered), os.path.join(path, DESCRIPTIONS))
    if results:
        stream = io.StringIO()
        csv.writer(stream, lineterminator='\n').writerows(sorted(results.items()))
        write_whole(stream.getvalue(), os.path.join(path, INFERRED))


def _descriptions(rows: Sequence[tables.Row]) -> str:
    """The text of ``descriptions.tsv``, which says what the label of each ``desc-`` stands for."""
    found: Dict[str, str] = {}
    for row in rows:
        label = dict(names.entities_of(str(row['file']))).get('desc')
        if label:
            found['desc-' + label] = str(row['layer'])
    lines = ['{}\tLayer {}\n'.format(*each) for each in found.items()]
    return 'desc_id\tdescription\n' + ''.join(lines)


def read_results(path: str) -> Dict[str, str]:
    """
    :param path: of the derivative dataset
    :return: subject -> NiftyNet's own result, relative to the folder
    """
    listed = os.path.join(path, INFERRED)
    if not os.path.isfile(listed):
        return {}
    with open(listed, encoding='utf-8', newline='') as stream:
        return {row[0]: row[1] for row in csv.reader(stream) if len(row) > 1}


@contextlib.contextmanager
def _alone(path: str) -> Iterator[None]:
    lock = FileLock(os.path.join(path, LOCK))
    while not lock.take():
        time.sleep(0.05)
    try:
        yield
    finally:
        lock.release()
