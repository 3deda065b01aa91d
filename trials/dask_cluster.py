# -*- coding: utf-8 -*-
"""
A Dask cluster of several processes on this machine, started as by hand, and a look at its workers.

It needs the package ``distributed``. Each worker has a *nanny*, a process that restarts it when it
is killed.
"""

import os
import signal
import socket
import subprocess
import sys
import time

TASK = 'niftynet_activations.cohort.task'


class Cluster(object):
    """
    A scheduler and workers, from :meth:`start` to :meth:`stop`.

    :param folder: a ``pathlib.Path`` that is made, for logs and scratch files
    :param environment: environment variables of all processes
    """

    def __init__(self, folder, environment):
        folder.mkdir(parents=True)
        self.folder, self._environment = folder, environment
        with socket.socket() as free:
            free.bind(('127.0.0.1', 0))
            port = free.getsockname()[1]
        self.address = 'tcp://127.0.0.1:{}'.format(port)
        self._scheduler = ['dask_scheduler', '--host', '127.0.0.1', '--port', str(port)]
        self._running = {}

    def start(self, workers):
        """
        :param workers: name -> further words of its command line
        """
        self._spawn('scheduler', self._scheduler)
        deadline = time.time() + 120
        while not self._listens():
            if time.time() > deadline:
                raise RuntimeError((self.folder / 'scheduler.log').read_text())
            time.sleep(0.2)
        for name, words in workers.items():
            command = ['dask_worker', self.address, '--name', name, '--nthreads', '1']
            command += ['--memory-limit', '0', '--local-directory', str(self.folder / name)]
            self._spawn(name, command + list(words))

    def _listens(self):
        host, port = self.address.rpartition('/')[2].split(':')
        with socket.socket() as asked:
            return asked.connect_ex((host, int(port))) == 0

    def _spawn(self, name, words):
        with open(str(self.folder / (name + '.log')), 'wb') as log:
            self._running[name] = subprocess.Popen(
                [sys.executable, '-m', 'distributed.cli.' + words[0], '--no-dashboard'] + words[1:],
                env=self._environment,
                cwd=str(self.folder),
                stdout=log,
                stderr=log,
            )

    def tasks(self):
        """
        :return: name of a worker -> process ids of the worker and of the task that it runs now
        """
        parents, found = _processes()[0], {}
        for task in tasks():
            worker = parents.get(task)
            for name, process in self._running.items():
                if process.pid in (worker, parents.get(worker)):
                    found[name] = worker, task
        return found

    def kill_worker(self, name):
        """
        :param name: of a worker that has a task
        :return: whether it was killed; it gets no time to sign off at the scheduler
        """
        found = self.tasks().get(name)
        if found is None or found[0] == self._running[name].pid:
            return False
        os.kill(found[0], signal.SIGKILL)
        return True

    def stop(self):
        """End all processes."""
        for process in self._running.values():
            process.terminate()
        deadline = time.time() + 3
        for process in self._running.values():
            try:
                process.wait(max(0.1, deadline - time.time()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def tasks():
    """
    :return: process ids of all tasks on this machine
    """
    return [one for one, said in _processes()[1].items() if TASK in said.split()]


def variables_of(process):
    """
    :param process: process id
    :return: its environment; empty where it has ended
    """
    try:
        with open('/proc/{}/environ'.format(process), 'rb') as stream:
            pairs = stream.read().decode(errors='replace').split('\0')
    except OSError:
        return {}
    return dict(pair.split('=', 1) for pair in pairs if '=' in pair)


def _processes():
    said = subprocess.run(
        ['ps', '-ww', '-eo', 'pid,ppid,args'], stdout=subprocess.PIPE, check=True
    ).stdout
    rows = [line.split(None, 2) for line in said.decode(errors='replace').splitlines()[1:]]
    parents = {int(row[0]): int(row[1]) for row in rows}
    return parents, {int(row[0]): row[2] for row in rows if len(row) > 2}
