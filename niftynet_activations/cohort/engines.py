# -*- coding: utf-8 -*-
"""
Run a cohort on a Dask cluster, on this computer or on others.

A *task* is a few subjects, done by a separate process that a worker starts, so that a crash of that
process does not end the worker. When the worker itself is killed, the process ends too.
"""

import argparse
import contextlib
import io
import os
import sys
import time
from typing import Iterator, List, Optional, Sequence, Tuple

from tqdm import tqdm

from niftynet_activations.cohort.arguments import options_named
from niftynet_activations.cohort.clusters import open_cluster
from niftynet_activations.cohort.found_files import find_files
from niftynet_activations.cohort.handing_out import Draw, HandedOut
from niftynet_activations.cohort.lists import make_lists
from niftynet_activations.cohort.private_folder import remove_left_by_the_dead
from niftynet_activations.cohort.records import RECORDS, Journal, others_alive
from niftynet_activations.cohort.setting import chosen, read_setting, subjects_of, write_down
from niftynet_activations.cohort.stopping import stopping
from niftynet_activations.cohort.time_left import SECONDS_BETWEEN_LINES, Counts, progress_line
from niftynet_activations.host.left_out import LeftOut
from niftynet_activations.host.quiet import all_output_to
from niftynet_activations.running.progress import can_draw

JOBS = 'jobs'  # folder of the logs of SLURM jobs, in the folder of records


def run_on_engine(
    arguments: argparse.Namespace, wanted: Optional[Sequence[str]]
) -> Tuple[str, List[LeftOut]]:
    """
    :param arguments: of ``net_activations cohort``
    :param wanted: names of subjects; None: all
    :return: the folder of the maps, and the subjects that failed
    :raises ActivationError: if the config is wrong or there is no cluster
    """
    with all_output_to(io.StringIO()):
        setting = read_setting(arguments.conf, arguments.application, arguments.overrides)
        files = find_files(setting.config)
        everybody = subjects_of(setting, files)
    names = chosen(everybody, everybody if wanted is None else wanted)
    write_down(setting, everybody)
    with stopping(), open_cluster(
        arguments.workers,
        arguments.scheduler,
        None if arguments.slurm is None else options_named(arguments.slurm),
        arguments.gpus,
        len(names),
        os.path.join(setting.folder, RECORDS, JOBS),
    ) as cluster, _progress(len(names)) as progress:
        # while this journal is open, only this process makes the lists, and not those of tasks
        with contextlib.closing(Journal(setting.folder)) as journal:
            try:
                handed_out = HandedOut(setting, files, cluster, journal, progress)
                failed = handed_out.do(names, arguments.retries)
            finally:
                journal.close()
                make_lists(setting.folder)
                if not others_alive(setting.folder):
                    remove_left_by_the_dead(setting.folder)
    return setting.folder, [LeftOut(*each) for each in sorted(failed.items())]


@contextlib.contextmanager
def _progress(total: int) -> Iterator[Draw]:
    """A bar with the time left on a terminal, else a line now and then."""
    begun = told = time.monotonic()
    last = (0, 0)  # settled and failed, of the last line for all subjects
    if can_draw():
        with tqdm(total=total, unit='subject', file=sys.stderr) as bar:

            def draw(counts: Counts) -> None:
                # subjects that were complete before do not count for the time that is left
                bar.initial, bar.n = counts.settled - counts.made, counts.settled
                bar.set_postfix(failed=counts.failed)

            yield draw
        return

    def tell(counts: Counts) -> None:
        nonlocal told, last
        now = time.monotonic()
        complete = counts.settled == total and counts[:2] != last
        if complete or now - told >= SECONDS_BETWEEN_LINES:
            told, last = now, counts[:2]
            line = progress_line(counts, total, now - begun)
            sys.stderr.write('net_activations: {}\n'.format(line))

    yield tell
