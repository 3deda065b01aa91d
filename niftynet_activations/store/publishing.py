# -*- coding: utf-8 -*-
"""
How a complete map gets its names: its files, its rows in ``activations.csv``, its sidecar last.

All that takes room on the disk is written before the first name changes, so that a full disk
leaves the folder as it was. If the program ends in between, the map has no sidecar and counts as
unfinished.
"""

import contextlib
import os
from typing import Iterator, List, Sequence, Tuple

from niftynet_activations.store import existing, files, flushing, naming, sidecar, tables
from niftynet_activations.store.description import MapDescription
from niftynet_activations.store.folder import OutputFolder
from niftynet_activations.store.formats.contract import Made
from niftynet_activations.store.formats.table import file_names
from niftynet_activations.store.spec import MapSpec


def publish_map(
    folder: OutputFolder, spec: MapSpec, made: Made, description: MapDescription
) -> None:
    """
    Let a map appear, replacing the files of an older one.

    :param folder: an open OutputFolder
    :param spec: the map's MapSpec
    :param made: list of (path of a complete scratch file, name that it is to get)
    :param description: what the sidecar is to say
    :raises OSError: the disk is full, or the like
    """
    if not made:
        folder.publish_text(sidecar.to_text(description), naming.sidecar_name(spec))
        return
    for path, _ in made:
        flushing.flush(path)
    with folder.changing:
        gone = existing.others(folder.path, spec, folder.names())
        ends = [(folder.stage_text(sidecar.to_text(description)), naming.sidecar_name(spec))]
        if not folder.shared:
            rows = tables.rows_of(spec, description.exact)
            if folder.rows_at_end is None:
                table = folder.stage_text(tables.updated_text(folder.path, rows, gone))
                ends.insert(0, (table, tables.ACTIVATIONS))
            else:
                folder.rows_at_end.append((rows, gone))
        for name in [naming.sidecar_name(spec)] + gone:
            files.remove(os.path.join(folder.path, name))
        for path, name in list(made) + ends:
            files.rename(path, os.path.join(folder.path, name))


@contextlib.contextmanager
def listing_at_end(folder: OutputFolder) -> Iterator[None]:
    """
    List the maps that appear in the body of a ``with`` block in ``activations.csv`` once, when the
    body ends in whatever way: writing the list anew for each map takes long where there are many.

    :param folder: an open OutputFolder that is not shared
    :raises WriteError: the table is not one of ours, or cannot be written
    """
    tables.check_columns(os.path.join(folder.path, tables.ACTIVATIONS))
    added: List[Tuple[List[tables.Row], List[str]]] = []
    folder.rows_at_end = added
    try:
        yield
    finally:
        folder.rows_at_end = None
        if added:
            rows = [row for each, _ in added for row in each]
            gone = [name for _, names in added for name in names]
            with folder.changing:
                text = tables.updated_text(folder.path, rows, gone)
                folder.publish_text(text, tables.ACTIVATIONS)


def list_again(folder: OutputFolder, specs: Sequence[MapSpec]) -> None:
    """
    Write rows for complete maps that ``activations.csv`` does not list.

    :param folder: an open OutputFolder
    :param specs: their MapSpecs
    :raises WriteError: the table is not one of ours, or cannot be written
    """
    if folder.shared:
        return
    listed = {
        row['file'] for row in tables.read_rows(os.path.join(folder.path, tables.ACTIVATIONS))
    }
    rows: List[tables.Row] = []
    for spec in specs:
        if not listed.issuperset(file_names(spec)):
            info = sidecar.read(os.path.join(folder.path, naming.sidecar_name(spec)))
            rows += tables.rows_of(spec, info['exact'])
    if rows:
        with folder.changing:
            text = tables.updated_text(folder.path, rows)
            folder.publish_text(text, tables.ACTIVATIONS)
