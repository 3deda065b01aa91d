# -*- coding: utf-8 -*-
"""
Measure how long a person waits for the viewer and the report: ``python -m benchmarks.looking``.

Two folders are made. *Many maps*: 3 subjects, 10 layers, 64 channels each. *Large map*: one of 80
channels of 240 x 240 x 155 samples, 2.9 GB, in each format. The viewer runs in a process of its own
and is asked as a page asks it; with Chromium and selenium (``scripts/install_browser.sh``) a real
page is opened too. Memory is the largest of a process and its descendants, without pages of mapped
files.
"""

import argparse
import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from typing import Callable, Dict, Iterator, List, NamedTuple, Optional, Sequence, Tuple

from benchmarks.answers import make_folder, write_map
from benchmarks.memory import PeakMemory
from niftynet_activations.hints import Browser
from niftynet_activations.store.folder import OutputFolder
from niftynet_activations.store.tables import write_layers

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, 'trials'))

import browsers  # noqa: E402

MEBI = 1 << 20
SUBJECTS = ('one', 'two', 'three')
STEPS = (1, 1, 1, 2, 2, 2, 2, 4, 4, 4)  # of the ten layers
MANY_SHAPE, MANY_CHANNELS = (96, 112, 88), 64
LARGE_SHAPE, LARGE_CHANNELS = (240, 240, 155), 80
QUICK = 6  # by which all axes are shorter with --quick
FORMATS = ('nii.gz', 'nii', 'zarr')
TURNS = 8  # channels that are asked for
WAIT = 600  # seconds for which a page may load
COMMAND = 'import sys; from niftynet_activations.command_line import main; sys.exit(main())'


class Row(NamedTuple):
    """One thing that a person waits for."""

    folder: str
    name: str
    seconds: List[float]  # of each try
    note: str = ''


class Served(NamedTuple):
    """A viewer in a process of its own."""

    url: str
    seconds: float  # until it told its address
    memory: PeakMemory


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
            yield Served(child.stdout.readline().strip(), time.time() - begun, memory)
    finally:
        child.terminate()
        child.wait()


def timed(action: Callable[[], object]) -> float:
    """
    :param action: anything
    :return: how long it took, seconds
    """
    begun = time.time()
    action()
    return time.time() - begun


def fetch(url: str) -> bytes:
    """
    :param url: of a local server
    :return: what it answers
    """
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(url) as answer:
        return bytes(answer.read())


def make_many(folder: str, shorter: int = 1) -> None:
    """
    :param folder: where maps of three subjects and ten layers are written
    :param shorter: by which all axes are divided
    """
    layers = ['layer_{}'.format(k) for k in range(len(STEPS))]
    with OutputFolder(folder) as output:
        write_layers(output, [dict(name=name, channels=MANY_CHANNELS) for name in layers])
        for subject in SUBJECTS:
            for name, step in zip(layers, STEPS):
                shape = [n // shorter // step for n in MANY_SHAPE]
                write_map(output, (subject, name), shape, MANY_CHANNELS, 'nii.gz', step)


def wait_for_many(folder: str) -> List[Row]:
    """
    :param folder: that :func:`make_many` has written
    :return: what a person waits for there
    """
    rows = []
    with serving(folder) as served:
        rows.append(Row('many maps', 'the viewer starts', [served.seconds]))
        catalogue = [timed(lambda: fetch(served.url + 'api/catalogue.json')) for _ in range(3)]
        rows.append(Row('many maps', 'list of all maps', catalogue))
        rows += in_browser('many maps', served.url)
        rows.append(_memory('many maps', 'memory of the viewer', served.memory.peak))
    report = os.path.join(folder, 'report.html')
    command = [sys.executable, '-c', COMMAND, 'report', folder]
    seconds = timed(lambda: subprocess.check_call(command, stdout=subprocess.DEVNULL))
    size = '{:.1f} MB'.format(os.path.getsize(report) / 1e6)
    rows.append(Row('many maps', 'the report is written', [seconds], size))
    return rows


def wait_for_large(folder: str, file_format: str, with_page: bool) -> List[Row]:
    """
    :param folder: with one map
    :param file_format: of the map
    :param with_page: open a page too
    :return: what a person waits for there
    """
    name = 'large map, {}'.format(file_format)
    with serving(folder) as served:

        def ask(channel: int) -> float:
            return timed(lambda: fetch('{}api/channel/0/0/{}.nii'.format(served.url, channel)))

        rows = [Row(name, 'first channel', [ask(0)], _size(folder))]
        rows.append(Row(name, 'second channel', [ask(LARGE_CHANNELS // 2)]))
        others = [(7 + 31 * turn) % LARGE_CHANNELS for turn in range(TURNS)]
        rows.append(Row(name, 'another channel', [ask(channel) for channel in others]))
        rows.append(_memory(name, 'memory of the viewer', served.memory.peak))
        if with_page:
            rows += in_browser(name, served.url)
    with serving(folder) as served:
        seconds = timed(lambda: fetch(served.url + 'api/channel/0/0/{}.nii'.format(others[0])))
        rows.append(Row(name, 'first channel when it is started again', [seconds]))
    return rows


def _size(folder: str) -> str:
    """How many bytes the files of the map take, and the index beside it."""
    found: Dict[str, int] = {}
    for parent, _, names in os.walk(folder):
        for name in names:
            kind = 'index' if name.endswith('.gzidx') else 'map'
            size = os.path.getsize(os.path.join(parent, name))
            found[kind] = found.get(kind, 0) + size
    return ', '.join('{} {:.0f} MB'.format(kind, size / 1e6) for kind, size in found.items())


def _memory(folder: str, name: str, size: int) -> Row:
    return Row(folder, name, [], '{:.0f} MiB'.format(size / MEBI))


def in_browser(folder: str, url: str) -> List[Row]:
    """
    :param folder: its name in the table
    :param url: of its viewer
    :return: what a person waits for in a page; empty without a browser
    """
    missing = browsers.what_is_missing()
    if missing:
        sys.stderr.write('{}\n'.format(missing))
        return []
    browser = browsers.open_browser()
    try:
        with PeakMemory(browser.service.process.pid) as memory:
            rows = _steps_in_browser(folder, url, browser)
    finally:
        browser.quit()
    return rows + [_memory(folder, 'memory of the browser', memory.peak)]


def _steps_in_browser(folder: str, url: str, browser: Browser) -> List[Row]:
    def choose(picker: str, entry: int) -> float:
        return timed(lambda: _choose(browser, picker, entry))

    rows = [Row(folder, 'page with three planes and 3-D', [timed(lambda: _open(browser, url))])]
    channels = [choose('channel', 5 * turn + 1) for turn in range(TURNS)]
    rows.append(Row(folder, 'another channel in the page', channels))
    if browser.execute_script("return document.getElementById('layer').options.length") > 1:
        layers = [choose('layer', layer) for layer in (4, 8, 1)]
        rows.append(Row(folder, 'another layer in the page', layers))
        rows.append(Row(folder, 'thumbnails of a layer', [timed(lambda: _open_strip(browser))]))
    return rows


def _open(browser: Browser, url: str) -> None:
    browser.get(url)
    _wait(browser, 'document.body.dataset.loaded')


def _choose(browser: Browser, picker: str, entry: int) -> None:
    before = browser.execute_script('return document.body.dataset.loaded')
    browser.execute_script(
        'const e = document.getElementById(arguments[0]); e.value = arguments[1];'
        "e.dispatchEvent(new Event('change', {bubbles: true}))",
        picker,
        str(entry),
    )
    _wait(browser, 'document.body.dataset.loaded !== "{}"'.format(before))


def _open_strip(browser: Browser) -> None:
    browser.execute_script("document.getElementById('strip').open = true")
    _wait(browser, "document.querySelector('#thumbnails button')")


def _wait(browser: Browser, script: str) -> None:
    end = time.time() + WAIT
    while not browser.execute_script('return Boolean({})'.format(script)):
        if time.time() > end:
            raise TimeoutError('not within {} s: {}'.format(WAIT, script))
        time.sleep(0.02)


def as_table(rows: Sequence[Row]) -> str:
    """
    :param rows: what was waited for
    :return: Markdown
    """
    lines = ['| folder | waited for | seconds | slowest | |', '| --- | --- | --- | --- | --- |']
    for row in rows:
        middle = '{:.2f}'.format(statistics.median(row.seconds)) if row.seconds else ''
        slowest = '{:.2f}'.format(max(row.seconds)) if len(row.seconds) > 1 else ''
        lines.append('| {} |'.format(' | '.join([*row[:2], middle, slowest, row.note])))
    return '\n'.join(lines) + '\n'


def main(arguments: Optional[Sequence[str]] = None) -> int:
    """
    :param arguments: of the command line
    :return: exit status
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--quick', action='store_true', help='small maps: the figures say nothing')
    parser.add_argument('--formats', nargs='*', default=FORMATS, help='of the large map')
    parser.add_argument('--no-many', action='store_true', help='the large map alone')
    options = parser.parse_args(arguments)
    rows: List[Row] = []
    shorter = QUICK if options.quick else 1
    with tempfile.TemporaryDirectory(prefix='looking-') as place:
        if not options.no_many:
            make_many(os.path.join(place, 'many'), shorter)
            rows += wait_for_many(os.path.join(place, 'many'))
        for file_format in options.formats:
            folder = os.path.join(place, file_format)
            shape: Tuple[int, ...] = tuple(n // shorter for n in LARGE_SHAPE)
            make_folder(folder, shape, LARGE_CHANNELS, file_format)
            os.remove(os.path.join(folder, 'labels.nii.gz'))
            rows += wait_for_large(folder, file_format, file_format == options.formats[0])
    sys.stdout.write(as_table(rows))
    return 0


if __name__ == '__main__':
    sys.exit(main())
