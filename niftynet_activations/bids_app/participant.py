# -*- coding: utf-8 -*-
"""
The level ``participant``: inputs are found in the dataset, a cohort runs them, and its files get
BIDS names.
"""

import argparse
import csv
import hashlib
import io
import os
import sys
from typing import Dict, Iterator, NamedTuple, Optional, Sequence

from niftynet_activations.bids_app.dataset import check_dataset, chosen_participants, open_layout
from niftynet_activations.bids_app.dataset_files import (
    add_to_lists,
    check_output,
    write_description,
)
from niftynet_activations.bids_app.derivatives import Places, Published, publish_unit
from niftynet_activations.bids_app.filters import filters_of, in_words, read_filters
from niftynet_activations.bids_app.names import label_of, labels_of
from niftynet_activations.bids_app.units import Found, find_units
from niftynet_activations.cohort.commands import run_cohort
from niftynet_activations.cohort.reading import read_subjects, results_of
from niftynet_activations.cohort.records import DONE, RECORDS, SUBJECTS
from niftynet_activations.errors import ActivationError, InputError, OptionError
from niftynet_activations.host.left_out import message
from niftynet_activations.host.quiet import all_output_to
from niftynet_activations.store import tables

WORK = '.net_activations'
FIXED = ('activation_dir', 'save_seg_dir')


class Prepared(NamedTuple):
    """What the run is to do."""

    config: str  # path of the config that the cohort runs with
    places: Places
    found: Found


def run_participants(arguments: argparse.Namespace) -> int:
    """
    :param arguments: of ``net_activations_bids``
    :return: exit status
    :raises ActivationError: if something is wrong with them, or a unit could not be done
    """
    os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '2')
    prepared = _prepare(arguments)
    error = None
    try:
        _run(arguments, prepared)
    except ActivationError as raised:
        error = raised
    finally:
        # also after an error, and for units that other processes have done
        _publish(prepared)
    left_out = prepared.found.left_out
    if left_out:
        told = message(left_out)
        raise InputError('{}; {}'.format(told, error) if error else told) from error
    if error:
        raise error
    return 0


def _prepare(arguments: argparse.Namespace) -> Prepared:
    root, output = os.path.abspath(arguments.bids_dir), os.path.abspath(arguments.output_dir)
    check_dataset(root)
    participants = chosen_participants(root, arguments.participant_label)
    filters = read_filters(arguments.bids_filter_file)
    roots = _roots(root, arguments.derivatives or [])
    check_output(output)
    _check_overrides(arguments.overrides)
    with all_output_to(io.StringIO()):
        from niftynet_activations.bids_app import run_config
        from niftynet_activations.host.config import image_sections, read_config

        config = read_config(arguments.config, arguments.overrides, arguments.application)
        run_config.check_options(config)
        image = image_sections(config)
        queries = filters_of(
            filters, run_config.file_sections(config), run_config.needed_sections(config)
        )
        layout = open_layout(root, participants, [each for each in roots.values() if each != root])
        found = find_units(layout, queries, image, participants, arguments.session_label)
        work = _work_folder(arguments.work_dir, root, output)
        path = run_config.write_inputs(
            os.path.join(work, 'inputs'), arguments.config, config, found.units
        )
    for section, query in queries.items():
        count = sum(section in unit.files for unit in found.units)
        sys.stderr.write(
            'net_activations_bids: [{}] {}: {} files\n'.format(section, in_words(query), count)
        )
    network = config.system['NETWORK'].name
    places = Places(output, os.path.join(work, 'maps'), roots, image, {}, network)
    return Prepared(path, places, found)


def _roots(root: str, derivatives: Sequence[str]) -> Dict[str, str]:
    """Name of a dataset, as in DatasetLinks -> its folder."""
    roots = {'raw': root}
    for each in derivatives:
        path = os.path.abspath(each)
        check_dataset(path)
        name = label_of(os.path.basename(path)) or 'derivatives'
        while name in roots:
            name += 'x'
        roots[name] = path
    return roots


def _check_overrides(overrides: Sequence[str]) -> None:
    for word in overrides:
        if word.lstrip('-').partition('=')[0] in FIXED:
            raise OptionError('{}: the BIDS App writes into OUTPUT_DIR; leave it out'.format(word))


def _work_folder(given: Optional[str], root: str, output: str) -> str:
    if given is None:
        return os.path.join(output, WORK)
    # the given folder may hold the work of several datasets
    digest = hashlib.sha256('\n'.join([root, output]).encode('utf-8')).hexdigest()[:12]
    return os.path.join(os.path.abspath(given), 'net_activations-' + digest)


def _run(arguments: argparse.Namespace, prepared: Prepared) -> None:
    on_engine = arguments.scheduler or arguments.workers is not None or arguments.slurm is not None
    folders = ['--{}={}'.format(name, prepared.places.maps) for name in FIXED]
    run_cohort(
        argparse.Namespace(
            conf=prepared.config,
            application=arguments.application,
            overrides=list(arguments.overrides) + folders,
            # not the part of a SLURM array: each of its tasks may be given its own participants
            part=arguments.part or (None if on_engine else '1/1'),
            subjects=None,
            workers=arguments.workers,
            scheduler=arguments.scheduler,
            slurm=arguments.slurm,
            gpus=arguments.gpus,
            retries=arguments.retries,
            print_sbatch=False,
        )
    )


def _publish(prepared: Prepared) -> None:
    places, units = prepared.places, {unit.name: unit for unit in prepared.found.units}
    if not os.path.isfile(os.path.join(places.maps, RECORDS, SUBJECTS)):
        return  # it ended before it began
    known_units = [each for each in read_subjects(places.maps) if each.name in units]
    done = list(results_of(each for each in known_units if each.state == DONE))
    if not done:
        return
    layers = os.path.join(places.maps, tables.LAYERS)
    known = list(_layers_in(layers))
    known += [str(row[tables.COLUMNS.index('layer')]) for _, result in done for row in result.rows]
    places = places._replace(labels=labels_of(list(dict.fromkeys(known))))
    write_description(places.output, places.network, places.roots)
    published: Dict[str, Published] = {}
    for each, result in done:
        published[each.name] = publish_unit(places, units[each.name], result)
    add_to_lists(places.output, published, layers)


def _layers_in(path: str) -> Iterator[str]:
    if os.path.isfile(path):
        with open(path, encoding='utf-8', newline='') as stream:
            for row in csv.DictReader(stream):
                yield row['name']
