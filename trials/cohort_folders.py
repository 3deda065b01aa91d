# -*- coding: utf-8 -*-
"""
Contents of a cohort's folder, for comparison with the folder of a single run.
"""

import glob
import os

from niftynet_activations.cohort.status import cohort_status


def contents(folder):
    """
    :param folder: output folder of a run or cohort
    :return: file name -> its bytes; for lists and tables their sorted lines without the folder's
        path, since a single run lists maps in the order in which they are complete
    """
    found = {}
    for path in glob.glob(os.path.join(str(folder), '*')):
        with open(path, 'rb') as stream:
            name, text = os.path.basename(path), stream.read()
        if name.endswith('.csv') and name != 'layers.csv':
            text = b''.join(sorted(text.replace(str(folder).encode(), b'').splitlines(True)))
        found[name] = text
    return found


def states(folder):
    """
    :param folder: folder of a cohort
    :return: subject -> done, failed, running or missing
    """
    return {each.name: each.state for each in cohort_status(str(folder))}
