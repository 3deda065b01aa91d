# -*- coding: utf-8 -*-
"""
What a folder of a cohort holds, to be compared with that of a single run.
"""

import glob
import os

from niftynet_activations.cohort.status import cohort_status


def contents(folder):
    """
    :return: file name -> its bytes; of lists of files and tables their lines in sorted order,
        without the folder's own path, since a single run lists maps in the order of their ends
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
    :return: subject -> done, failed, running or missing
    """
    return {each.name: each.state for each in cohort_status(str(folder))}
