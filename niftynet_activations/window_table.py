# -*- coding: utf-8 -*-
"""
Layers without spatial axes: one row of numbers a window, in a CSV file.
"""

import csv
import io
from typing import Any, List, NamedTuple, Sequence

import numpy as np

from niftynet_activations.output import naming
from niftynet_activations.output.folder import OutputFolder

PLACE_COLUMNS = ('x_start', 'y_start', 'z_start', 'x_end', 'y_end', 'z_end')

TablePlan = NamedTuple(
    'TablePlan',
    [
        ('key', str),  # of the output that the windows come in
        ('subject', str),
        ('layer', str),
        ('postfix', str),
        ('channels', Sequence[int]),
        ('window', Sequence[int]),  # size in voxels
    ],
)


class WindowTable(object):
    """
    Collects one subject's rows, and writes them when all have come.

    :param folder: an open output folder
    :param plan: what the table is of
    """

    def __init__(self, folder: OutputFolder, plan: TablePlan) -> None:
        self._folder, self._plan = folder, plan
        self._rows = []  # type: List[List[Any]]

    def write(self, start: Sequence[int], values: np.ndarray) -> None:
        """
        :param start: where the window starts, (x, y, z) in network-space voxels
        :param values: (channels,)
        """
        end = [first + size for first, size in zip(start, self._plan.window)]
        self._rows.append(list(start) + end + [repr(float(value)) for value in values])

    def finish(self) -> None:
        """
        Write the file, rows in the order of their places.

        :raises WriteError: if it cannot be written
        """
        plan = self._plan
        stream = io.StringIO()
        table = csv.writer(stream, lineterminator='\n')
        table.writerow(list(PLACE_COLUMNS) + ['c{}'.format(channel) for channel in plan.channels])
        table.writerows(sorted(self._rows, key=lambda row: row[: len(PLACE_COLUMNS)]))
        name = naming.stem(plan.layer, plan.subject, plan.postfix) + '.csv'
        self._folder.publish_text(stream.getvalue(), name)

    def abandon(self) -> None:
        """Forget the rows."""
        self._rows = []
