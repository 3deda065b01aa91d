# -*- coding: utf-8 -*-
"""
Measure how long a user waits for the viewer and the report: ``python -m benchmarks.looking``.

Two folders are made. *Many maps*: 3 subjects, 10 layers, 64 channels each. *Large map*: one map of
80 channels of 240 x 240 x 155 samples, 2.9 GB, in each format. The viewer runs in a process of its
own and gets the requests of its page; with Chromium and selenium (``scripts/install_browser.sh``) a
real page is opened too. Memory is the peak of a process and its descendants, without pages of
mapped files. Processor seconds are those of the viewer: they are more reliable than wall time on a
machine that is also used for other work.
"""

import argparse
import contextlib
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from typing import Dict, Iterator, NamedTuple, Optional, Sequence, Tuple

from benchmarks.answers import make_folder, write_map
from benchmarks.memory import PeakMemory
from benchmarks.pages import in_browser
from benchmarks.waiting import Row, as_line, as_table, memory_row, timed
from niftynet_activations.looking.viewer.quick_maps import SUFFIX
from niftynet_activations.store.folder import OutputFolder
from niftynet_activations.store.tables import write_layers

SUBJECTS = ('one', 'two', 'three')
STEPS = (1, 1, 1, 2, 2, 2, 2, 4, 4, 4)  # distance of samples of each of the ten layers, mm
MANY_SHAPE, MANY_CHANNELS = (96, 112, 88), 64
LARGE_SHAPE, LARGE_CHANNELS = (240, 240, 155), 80
QUICK = 6  # with --quick all axes are divided by this
FORMATS = ('nii.gz', 'nii', 'zarr')
TURNS = 8  # how many channels are requested
COMMAND = 'import sys; from niftynet_activations.command_line import main; sys.exit(main())'


class Served(NamedTuple):
    """A viewer in a process of its own."""

    url: str
    seconds: float  # until it printed its address
    memory: PeakMemory
    pid: int

    def ask(self, path: str) -> Tuple[float, float]:
        """
        :param path: path of a request
        :return: seconds until the answer, and processor seconds of the viewer for it
        """
        before = processor_of(self.pid)
        seconds = timed(lambda: fetch(self.url + path))
        return seconds, processor_of(self.pid) - before


def processor_of(pid: int) -> float:
    """
    :param pid: of a process
    :return: seconds that its threads have used a processor
    """
    with open('/proc/{}/stat'.format(pid)) as line:
        numbers = line.read().rpartition(')')[2].split()
    return (int(numbers[11]) + int(numbers[12])) / os.sysconf('SC_CLK_TCK')


@contextlib.contextmanager
def serving(folder: str) -> Iterator[Served]:
    """
    :param folder: of maps
    :return: its viewer, which ends with the ``with`` statement
    """
    begun = time.time()
    child = subprocess.Popen(
        [sys.executable, '-c', COMMAND, 'view', folder], stdout=subprocess.PIPE, text=True
    )
    try:
        with PeakMemory(child.pid) as memory:
            assert child.stdout is not None
            url = child.stdout.readline().strip()
            yield Served(url, time.time() - begun, memory, child.pid)
    finally:
        child.terminate()
        child.wait()


def fetch(url: str) -> bytes:
    """
    :param url: an address of a local server
    :return: the answer
    """
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(url) as answer:
        return bytes(answer.read())


def make_many(folder: str, shorter: int = 1) -> None:
    """
    :param folder: output folder for maps of three subjects and ten layers
    :param shorter: number by which the lengths of all axes are divided
    """
    layers = ['layer_{}'.format(k) for k in range(len(STEPS))]
    with OutputFolder(folder) as output:
        write_layers(output, [dict(name=name, channels=MANY_CHANNELS) for name in layers])
        for subject in SUBJECTS:
            for name, step in zip(layers, STEPS):
                shape = [n // shorter // step for n in MANY_SHAPE]
                write_map(output, (subject, name), shape, MANY_CHANNELS, 'nii.gz', step)


def wait_for_many(folder: str) -> Iterator[Row]:
    """
    :param folder: folder that :func:`make_many` wrote
    :return: waiting times for the viewer and the report, one row each
    """
    with serving(folder) as served:
        yield Row('many maps', 'the viewer starts', [served.seconds])
        asked = [served.ask('api/catalogue.json') for _ in range(3)]
        yield _asked('many maps', 'list of all maps', asked)
        yield from in_browser('many maps', served.url)
        yield memory_row('many maps', 'memory of the viewer', served.memory.peak)
    report = os.path.join(folder, 'report.html')
    command = [sys.executable, '-c', COMMAND, 'report', folder]
    seconds = timed(lambda: subprocess.check_call(command, stdout=subprocess.DEVNULL))
    size = '{:.1f} MB'.format(os.path.getsize(report) / 1e6)
    yield Row('many maps', 'the report is written', [seconds], size)


def wait_for_large(folder: str, file_format: str, with_page: bool) -> Iterator[Row]:
    """
    :param folder: folder with one map
    :param file_format: of the map
    :param with_page: whether to open a page in a browser too
    :return: waiting times for the viewer, one row each
    """
    map_name = 'large map, {}'.format(file_format)
    with serving(folder) as served:

        def ask(name: str, channels: Sequence[int]) -> Row:
            asked = [served.ask('api/channel/0/0/{}.nii'.format(each)) for each in channels]
            return _asked(map_name, name, asked)

        yield ask('first channel', [0])._replace(note=_size(folder))
        yield ask('second channel', [LARGE_CHANNELS // 2])._replace(note=_size(folder))
        others = [(7 + 31 * turn) % LARGE_CHANNELS for turn in range(TURNS)]
        yield ask('another channel', others)
        yield memory_row(map_name, 'memory of the viewer', served.memory.peak)
        if with_page:
            yield from in_browser(map_name, served.url)
    with serving(folder) as served:
        asked = [served.ask('api/channel/0/0/{}.nii'.format(others[0]))]
        yield _asked(map_name, 'first channel when it is started again', asked)


def _asked(folder: str, name: str, asked: Sequence[Tuple[float, float]]) -> Row:
    seconds, processor = zip(*asked)
    return Row(folder, name, list(seconds), processor=processor)


def _size(folder: str) -> str:
    """Give the size of the map's files and of the index beside them, as text."""
    found: Dict[str, int] = {}
    for parent, _, names in os.walk(folder):
        for name in names:
            kind = 'index' if name.endswith(SUFFIX) else 'map'
            size = os.path.getsize(os.path.join(parent, name))
            found[kind] = found.get(kind, 0) + size
    return ', '.join('{} {:.0f} MB'.format(kind, size / 1e6) for kind, size in found.items())


def main(arguments: Optional[Sequence[str]] = None) -> int:
    """
    :param arguments: of the command line
    :return: exit status
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--quick', action='store_true', help='small maps: the figures say nothing')
    parser.add_argument('--formats', nargs='*', default=FORMATS, help='of the large map')
    parser.add_argument('--no-many', action='store_true', help='the large map alone')
    parser.add_argument(
        '--place', help='where maps are made and kept; those that are there are used'
    )
    options = parser.parse_args(arguments)
    with contextlib.ExitStack() as stack:
        place = options.place or stack.enter_context(tempfile.TemporaryDirectory(prefix='looking-'))
        rows = []
        for row in _measure(place, options):
            sys.stderr.write(as_line(row) + '\n')
            rows.append(row)
        sys.stdout.write(as_table(rows))
    return 0


def _measure(place: str, options: argparse.Namespace) -> Iterator[Row]:
    shorter = QUICK if options.quick else 1
    if not options.no_many:
        folder = os.path.join(place, 'many')
        if not os.path.isdir(folder):
            make_many(folder, shorter)
        yield from wait_for_many(folder)
    for file_format in options.formats:
        folder = os.path.join(place, file_format)
        if not os.path.isdir(folder):
            shape: Tuple[int, ...] = tuple(n // shorter for n in LARGE_SHAPE)
            make_folder(folder, shape, LARGE_CHANNELS, file_format)
            os.remove(os.path.join(folder, 'labels.nii.gz'))
        for name in os.listdir(folder):
            if name.endswith(SUFFIX):  # an old index: making it is part of the measurement
                os.remove(os.path.join(folder, name))
        yield from wait_for_large(folder, file_format, file_format == options.formats[0])


if __name__ == '__main__':
    sys.exit(main())
