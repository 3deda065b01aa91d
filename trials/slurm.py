# -*- coding: utf-8 -*-
"""
A SLURM cluster of one node on this machine, started by root without systemd.
It needs Debian's packages slurm-wlm and munge. All its files lie in one folder, and it listens only
on free ports of the loopback address.
"""

import getpass
import os
import platform
import shutil
import signal
import socket
import subprocess
import time

CONF = """
ClusterName=trial
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={ports[0]}
SlurmdPort={ports[1]}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge/socket,cred_expire=5
GresTypes=gpu
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
JobAcctGatherType=jobacct_gather/none
SlurmdParameters=config_overrides
MpiDefault=none
ReturnToService=2
SlurmdTimeout=20
KillWait=3
SchedulerParameters=sched_interval=1,requeue_setup_env_fail
MailProg=/bin/true
NodeName={host} NodeAddr=127.0.0.1 CPUs=4 RealMemory=16000 Gres=gpu:2 State=UNKNOWN
PartitionName=trial Nodes={host} Default=YES MaxTime=INFINITE State=UP OverSubscribe=FORCE:4
"""
# two device files that stand for GPUs: SLURM only assigns them, and nothing opens them
GRES = """
Name=gpu File=/dev/null
Name=gpu File=/dev/zero
"""
PROGRAMS = ('munged', 'slurmctld', 'slurmd', 'sbatch', 'squeue', 'scontrol', 'scancel')


def missing():
    """
    :return: why no cluster can be started on this machine; empty if one can
    """
    for name in PROGRAMS:
        if not shutil.which(name, path=_path()):
            return 'no {}: apt-get install slurm-wlm munge'.format(name)
    return (
        '' if os.geteuid() == 0 else 'only root can start it by hand, this is ' + getpass.getuser()
    )


def _path():
    return os.environ.get('PATH', '') + ':/usr/sbin:/sbin'


class Cluster(object):
    """
    A cluster, from :meth:`start` to :meth:`stop`.

    :param folder: a ``pathlib.Path`` that is made
    """

    def __init__(self, folder):
        self.folder = folder
        self._running = {}
        for name in ('state', 'spool', 'munge'):
            (folder / name).mkdir(parents=True)
        sockets = [socket.socket() for _ in range(2)]
        for each in sockets:
            each.bind(('127.0.0.1', 0))
        ports = [each.getsockname()[1] for each in sockets]
        for each in sockets:
            each.close()
        host = platform.node().partition('.')[0]
        self._conf = folder / 'slurm.conf'
        self._conf.write_text(CONF.format(folder=folder, ports=ports, host=host))
        (folder / 'gres.conf').write_text(GRES)
        self.environment = dict(os.environ, SLURM_CONF=str(self._conf), PATH=_path())

    def start(self):
        """Start all daemons, and wait until the node is idle."""
        self._start_munge()
        self.start_daemon('slurmctld')
        self.start_daemon('slurmd')
        deadline = time.time() + 60
        while 'idle' not in self.run('sinfo', '-h', '-o', '%T', check=False):
            if time.time() > deadline:
                raise RuntimeError(self.logs())
            time.sleep(0.2)

    def _start_munge(self):
        """Start the authentication service munge as root, with its own key and folders."""
        munge = self.folder / 'munge'
        (munge / 'key').write_bytes(os.urandom(128))
        (munge / 'key').chmod(0o400)
        options = [
            '--foreground',
            '--force',
            '--socket={}/socket'.format(munge),
            '--key-file={}/key'.format(munge),
            '--log-file={}/log'.format(munge),
            '--pid-file={}/pid'.format(munge),
            '--seed-file={}/seed'.format(munge),
        ]
        self._spawn('munged', options)
        deadline = time.time() + 20
        while not (munge / 'socket').exists():
            if time.time() > deadline:
                raise RuntimeError(self.logs())
            time.sleep(0.1)

    def start_daemon(self, name):
        """
        :param name: slurmctld or slurmd
        """
        self._spawn(name, ['-D', '-f', str(self._conf)])

    def _spawn(self, name, options):
        said = open(str(self.folder / (name + '.said')), 'ab')
        with said:
            self._running[name] = subprocess.Popen(
                [name] + options, env=self.environment, stdout=said, stderr=said
            )

    def kill_daemon(self, name):
        """
        :param name: name of a daemon; it gets no time to end properly
        """
        process = self._running.pop(name)
        process.send_signal(signal.SIGKILL)
        process.wait()

    def run(self, *words, check=True):
        """
        :param words: a SLURM command
        :param check: whether it has to succeed
        :return: its output
        """
        done = subprocess.run(
            words, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        said = done.stdout.decode()
        if check and done.returncode:
            raise RuntimeError('{}: {}\n{}'.format(words, said, self.logs()))
        return said

    def wait(self, seconds):
        """
        :param seconds: the longest time until no job is left
        """
        deadline = time.time() + seconds
        while self.run('squeue', '-h', check=False).strip():
            if time.time() > deadline:
                raise RuntimeError(self.run('squeue', check=False) + self.logs())
            time.sleep(0.5)

    def logs(self):
        """
        :return: the ends of all logs
        """
        found = []
        for path in sorted(self.folder.glob('*.log')) + sorted(self.folder.glob('*.said')):
            found.append('{}:\n{}'.format(path.name, path.read_text(errors='replace')[-1500:]))
        return '\n'.join(found)

    def stop(self):
        """End all jobs and daemons."""
        self.run('scancel', '--quiet', '-u', 'root', '--signal=KILL', check=False)
        for name in ('slurmd', 'slurmctld', 'munged'):
            process = self._running.pop(name, None)
            if process is not None:
                process.terminate()
                try:
                    process.wait(10)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
