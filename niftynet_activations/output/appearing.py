# -*- coding: utf-8 -*-
"""
How a complete map gets its names: its files, its rows in ``activations.csv``, its sidecar last.

All that takes room on the disk is written before the first name changes, so that a full disk
leaves the folder as it was. Whatever ends the program in between, there is no sidecar then.
"""

import os

from niftynet_activations.output import existing, files, naming, sidecar, tables


def publish_map(folder, spec, made, rows, content):
    """
    Let a map appear, in the place of what was there of it.

    :param folder: an open OutputFolder
    :param spec: the map's MapSpec
    :param made: list of (path of a complete scratch file, name that it is to get)
    :param rows: of ``activations.csv``, one a file
    :param content: dictionary of sidecar keys
    :raises OSError: the disk is full, or the like
    """
    for path, _ in made:
        files.flush(path)
    with folder.changing:
        gone = existing.others(folder.path, spec)
        table = folder.stage_text(tables.updated_text(folder.path, rows, gone))
        described = folder.stage_text(sidecar.to_text(content))
        for name in [naming.sidecar_name(spec)] + gone:
            files.remove(os.path.join(folder.path, name))
        ends = [(table, tables.ACTIVATIONS), (described, naming.sidecar_name(spec))]
        for path, name in list(made) + ends:
            files.rename(path, os.path.join(folder.path, name))
