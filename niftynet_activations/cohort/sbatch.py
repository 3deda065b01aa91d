# -*- coding: utf-8 -*-
"""
The script of a SLURM array that runs a cohort, for users who submit it themselves.
"""

import argparse
import sys
from typing import Dict, List

from niftynet_activations.cohort.arguments import script_words

TASKS = 10  # of the array, where --workers is not given
# names of options as in Dask's jobs -> names of sbatch's options
OPTIONS = {'cores': 'cpus-per-task', 'memory': 'mem', 'walltime': 'time', 'queue': 'partition'}


def array_script(arguments: argparse.Namespace, options: Dict[str, str]) -> str:
    """
    :param arguments: of ``net_activations cohort``; ``workers`` is how many tasks the array has
    :param options: of the jobs: cores, memory, walltime, queue, or names of sbatch's own
    :return: the script
    """
    tasks = arguments.workers or TASKS
    asked = {'cpus-per-task': '2', 'mem': '8G', 'time': '04:00:00'}
    asked.update((OPTIONS.get(name, name), value) for name, value in options.items())
    asked['mem'] = asked['mem'].replace('iB', '').replace('B', '')
    if arguments.gpus:
        asked['gpus-per-task'] = '1'
    words: List[str] = [sys.executable, '-m', 'niftynet_activations.command_line', 'cohort']
    words += ['-c', arguments.conf, '-a', arguments.application]
    words += ['--subjects', arguments.subjects] if arguments.subjects else []
    words += ['--retries', str(arguments.retries)] if arguments.retries else []
    lines = ['#!/bin/sh', '#SBATCH --job-name=activations', '#SBATCH --array=1-{}'.format(tasks)]
    lines += ['#SBATCH --requeue', '#SBATCH --open-mode=append']
    lines += ['#SBATCH --output=activations-%A_%a.log']
    lines += ['#SBATCH --{}={}'.format(name, value) for name, value in sorted(asked.items())]
    lines += ['export OMP_NUM_THREADS="${SLURM_CPUS_PER_TASK:-1}"']
    lines += ['export TF_NUM_INTRAOP_THREADS="$OMP_NUM_THREADS" TF_NUM_INTEROP_THREADS=1']
    lines += ['# a task that is run again goes on where it was stopped']
    # the number of parts is fixed: SLURM's own count differs if only some tasks are submitted again
    part = '--part "$SLURM_ARRAY_TASK_ID/{}"'.format(tasks)
    lines += ['exec {} {} {}'.format(script_words(words), part, script_words(arguments.overrides))]
    return '\n'.join(line.rstrip() for line in lines) + '\n'
