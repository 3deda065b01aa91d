# -*- coding: utf-8 -*-
"""
The commands ``net_activations cohort`` and ``net_activations status``.
"""

import argparse
import os
import sys
from typing import Sequence, Tuple

from niftynet_activations.cohort.arguments import (
    listed_subjects,
    options_named,
    part_named,
    part_of_array,
)
from niftynet_activations.cohort.records import DONE, FAILED
from niftynet_activations.cohort.sbatch import array_script
from niftynet_activations.cohort.status import cohort_status, names_in, status_text
from niftynet_activations.errors import InputError, OptionError
from niftynet_activations.hints import Commands
from niftynet_activations.host.application_names import APPLICATION
from niftynet_activations.host.left_out import LeftOut, message

# all other words that begin with -- are NiftyNet's options, or this package's for a run
COHORT_OPTIONS: Tuple[str, ...] = ('--part', '--subjects', '--print-sbatch')
COHORT_OPTIONS += ('--workers', '--scheduler', '--slurm', '--gpus', '--retries')


def add_cohort_parsers(commands: Commands) -> None:
    """
    :param commands: what ``ArgumentParser.add_subparsers`` returned
    """
    cohort = commands.add_parser(
        'cohort',
        help='many subjects, in parts, by several processes or a cluster',
        description=run_cohort.__doc__,
        epilog="NiftyNet's own options and this package's override the config: "
        '--activation_layers penultimate --activation_dir maps',
    )
    cohort.add_argument('-c', '--conf', metavar='CONFIG', required=True, help="NiftyNet's config")
    cohort.add_argument('-a', '--application', default=APPLICATION, help='as for net_run')
    cohort.add_argument('--part', metavar='K/N', help='the K-th of N parts of the subjects')
    cohort.add_argument('--subjects', metavar='LIST', help='a file with a subject a line, or -')
    cohort.add_argument('--workers', type=int, metavar='N', help='N processes at a time')
    cohort.add_argument('--scheduler', metavar='ADDRESS', help='of a Dask cluster')
    cohort.add_argument(
        '--slurm', nargs='?', const='', metavar='NAME=VALUE,...', help='Dask workers as SLURM jobs'
    )
    cohort.add_argument(
        '--gpus', type=int, default=0, metavar='N', help='a task takes one of the N of its computer'
    )
    cohort.add_argument(
        '--retries', type=int, default=0, metavar='N', help='try what fails so often again'
    )
    cohort.add_argument(
        '--print-sbatch', action='store_true', help='write a script for sbatch, and run nothing'
    )
    cohort.set_defaults(run=run_cohort)
    status = commands.add_parser(
        'status', help='what became of each subject of a cohort', description=show_status.__doc__
    )
    status.add_argument('folder', metavar='DIR', help='the folder of the maps')
    status.add_argument(
        '--failed', action='store_true', help='only names of failed subjects, for --subjects'
    )
    status.set_defaults(run=show_status)


def run_cohort(arguments: argparse.Namespace) -> int:
    """
    Run inference over the subjects of a config, or a part of them. Any number of parts may write
    into one folder at the same time. A subject that is complete with the same settings is not read
    again, and one that fails does not stop the others. Inside a SLURM array the part follows from
    the task's number.
    """
    engines = [arguments.workers is not None, arguments.scheduler, arguments.slurm is not None]
    _check(arguments, sum(map(bool, engines[1:])))
    if arguments.print_sbatch:
        sys.stdout.write(array_script(arguments, options_named(arguments.slurm or '')))
        return 0
    os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '2')
    wanted = listed_subjects(arguments.subjects) if arguments.subjects else None
    if any(engines):
        from niftynet_activations.cohort.engines import run_on_engine

        return _tell(*run_on_engine(arguments, wanted))
    from niftynet_activations.cohort.found_files import find_files
    from niftynet_activations.cohort.part import do_subjects
    from niftynet_activations.cohort.setting import (
        chosen,
        part_of,
        read_setting,
        subjects_of,
        write_down,
    )

    part = part_named(arguments.part) if arguments.part else part_of_array(os.environ)
    setting = read_setting(arguments.conf, arguments.application, arguments.overrides)
    files = find_files(setting.config)
    everybody = subjects_of(setting, files)
    names = chosen(everybody, everybody if wanted is None else wanted)
    names = part_of(names, part or (1, 1))
    if not names:
        sys.stderr.write('net_activations: this part has no subject: there are fewer than parts\n')
        return 0
    write_down(setting, everybody)
    found = do_subjects(setting, files.of(names), names)
    for _ in range(arguments.retries):
        if found.failed:
            failed = sorted(found.failed)
            found = do_subjects(setting, files.of(failed), failed)._replace(
                elsewhere=found.elsewhere
            )
    if found.elsewhere:
        sys.stderr.write(
            'net_activations: other processes have {} of the subjects; net_activations status {} '
            'tells when they are done\n'.format(len(found.elsewhere), setting.folder)
        )
    return _tell(setting.folder, [LeftOut(*each) for each in sorted(found.failed.items())])


def show_status(arguments: argparse.Namespace) -> int:
    """
    Tell how many subjects are done, failed, running and missing, and why those that failed did.
    The exit status is 0 only if all are done, else 1.
    """
    subjects = cohort_status(arguments.folder)
    if arguments.failed:
        lines = names_in(subjects, FAILED)
    else:
        lines = [status_text(subjects)]
    sys.stdout.write(''.join(line + '\n' for line in lines))
    return 0 if all(each.state == DONE for each in subjects) else 1


def _check(arguments: argparse.Namespace, clusters: int) -> None:
    if clusters > 1:
        raise OptionError('--scheduler and --slurm are two clusters: give one of them')
    if arguments.part and (clusters or arguments.workers is not None):
        raise OptionError(
            '--part is for a process that does its part alone; with --workers, --scheduler or '
            '--slurm the subjects are handed out: leave it out'
        )
    if arguments.workers is not None and arguments.workers < 1:
        raise OptionError('--workers {}: expected 1 or more'.format(arguments.workers))
    for name in ('gpus', 'retries'):
        if getattr(arguments, name) < 0:
            raise OptionError('--{} {}: expected 0 or more'.format(name, getattr(arguments, name)))


def _tell(folder: str, failed: Sequence[LeftOut]) -> int:
    """
    :raises InputError: naming the subjects that failed, if some did
    """
    if failed:
        raise InputError(
            '{}; net_activations status {} lists all, and --failed gives the names for cohort '
            '--subjects'.format(message(failed), folder)
        )
    return 0
