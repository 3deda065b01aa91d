# -*- coding: utf-8 -*-
"""
Facts about the machine of a benchmark, without which its figures mean nothing.
"""

import argparse
import collections
import datetime
import os
import platform
import sys
from typing import Dict

if sys.version_info >= (3, 8):
    from importlib.metadata import version
else:
    from importlib_metadata import version

CPU_INFO = '/proc/cpuinfo'


def facts(options: argparse.Namespace) -> Dict[str, str]:
    """
    :param options: of the command line: ``repeats`` and ``quick``
    :return: ordered dictionary, name -> text
    """
    found: Dict[str, str] = collections.OrderedDict()
    found['date'] = datetime.date.today().isoformat()
    found['TensorFlow'] = version('tensorflow')
    found['Python'] = platform.python_version()
    found['processor'] = '{}, {} cores'.format(processor(), len(os.sched_getaffinity(0)))
    found['runs of each'] = '{} in turn; medians, with the smallest and the largest'.format(
        options.repeats
    )
    found['(a), (b), (c)'] = (
        "net_segment alone; this package; NiftyNet's own aggregator given one more output"
    )
    if options.quick:
        found['note'] = 'small volumes, to try the benchmark out: the figures say nothing'
    return found


def processor() -> str:
    """
    :return: the processor's model from Linux' ``/proc/cpuinfo``, else its architecture
    """
    try:
        with open(CPU_INFO) as lines:
            names = [
                line.split(':', 1)[1].strip() for line in lines if line.startswith('model name')
            ]
    except FileNotFoundError:
        names = []
    return names[0] if names else platform.machine() or 'unknown'
