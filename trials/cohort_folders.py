# -*- coding: utf-8 -*-
"""
What a folder of a cohort holds, to be compared with that of a single run.
"""

import glob
import os

from niftynet_activations.cohort.status import cohort_status


def contents(folder):
    """
    :return: file name -> its bytes, with the folder's own path taken out of lists
    """
    found = {}
    for path in glob.glob(os.path.join(str(folder), '*')):
        with open(path, 'rb') as stream:
            found[os.path.basename(path)] = stream.read().replace(str(folder).encode(), b'')
    return found


def states(folder):
    """
    :return: subject -> done, failed, running or missing
    """
    return {each.name: each.state for each in cohort_status(str(folder))}
