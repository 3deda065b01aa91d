# -*- coding: utf-8 -*-
"""
Kill processes of a cohort at random moments, and check that nothing is lost or half written.

``python cohort_kills.py CONFIG SINGLE FOLDER KILLS [SEED]``: SINGLE is the folder of a complete
single run, FOLDER is made. Each process is a fork of this one, which has imported TensorFlow but
started no session; so no process spends time on the import, and a kill takes about as long as a run
of a few subjects. Two processes work at a time, on all subjects.
"""

import filecmp
import os
import random
import signal
import sys
import time

import inference_runs  # noqa: F401  imports NiftyNet
from cohort_folders import contents

from niftynet_activations.cohort.status import cohort_status
from niftynet_activations.command_line import main

LISTS = ('inferred.csv', 'activations.csv', 'layers.csv')


def start(words):
    """
    :param words: words of the command line
    :return: process id of a fork that runs the command
    """
    process = os.fork()
    if process:
        return process
    try:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.dup2(null, 2)
        os._exit(main(words))
    finally:
        os._exit(1)


def wrong_files(folder, single, complete):
    """
    :param folder: folder of the cohort
    :param single: folder of a single run
    :param complete: whether all files must exist
    :return: names of files that differ from those of the single run, or are missing
    """
    names = [name for name in os.listdir(folder) if not name.startswith('.')]
    wanted = os.listdir(single)
    # a sidecar is written again when the segmentation is there
    checked = [name for name in names if complete or not name.endswith('.json')]
    _, differ, errors = filecmp.cmpfiles(
        folder, single, [name for name in checked if name not in LISTS], shallow=False
    )
    missing = sorted(set(wanted) - set(names)) if complete else []
    return differ + errors + missing


def wait_for_work(folder, seconds=60):
    """
    :param folder: of the cohort
    :param seconds: the longest time to wait until a subject is running
    """
    deadline = time.time() + seconds
    while time.time() < deadline:
        try:
            if any(each.state == 'running' for each in cohort_status(folder)):
                return
        except OSError:
            pass  # the cohort has no records yet
        time.sleep(0.05)


def kill_and_look(config, single, folder, kills, seed=0):
    """
    :param config: path of the cohort's config
    :param single: folder of a single run
    :param folder: folder of the cohort
    :param kills: how many kills
    :param seed: seed of the random moments
    :return: how many subjects were done after each kill
    """
    chance, done = random.Random(seed), []
    words = ['cohort', '-c', config, '--save_seg_dir', folder, '--activation_layers', LAYER]
    running = [start(words)]
    for number in range(kills):
        running.append(start(words))
        if number % 2:
            wait_for_work(
                folder
            )  # else the start is killed, above all on a machine with more to do
        time.sleep(chance.uniform(0.0, 2.0))
        victim = running.pop(chance.randrange(len(running)))
        os.kill(victim, signal.SIGKILL)
        os.waitpid(victim, 0)
        wrong = wrong_files(folder, single, False) if os.path.isdir(folder) else []
        assert not wrong, wrong
        try:
            found = cohort_status(folder)
        except OSError:
            found = []
        done.append(sum(each.state == 'done' for each in found))
    for process in running:
        os.waitpid(process, 0)
    process = start(words)
    status = os.waitpid(process, 0)[1]
    assert status == 0, status
    wrong = wrong_files(folder, single, True)
    assert not wrong, wrong
    assert contents(folder) == contents(single)
    assert all(each.state == 'done' for each in cohort_status(folder))
    return done


LAYER = 'conv_input_bn_relu'

if __name__ == '__main__':
    given = sys.argv[1:4] + [int(each) for each in sys.argv[4:]]
    sys.stdout.write('done after each kill: {}\n'.format(kill_and_look(*given)))
